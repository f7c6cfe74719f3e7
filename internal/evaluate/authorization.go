package evaluate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta1"
)

// permission is an authorization that lets a caller through, and whether that is logged.
type permission struct {
	by    Ref
	audit Audit
	words string
}

// onServer finds what allows a caller everything on a Server: authorizations of the Server or of its Namespace, else its accessPolicy.
func (w *World) onServer(s *server, from peer) (permission, bool) {
	found, ok := w.granted(s, from)
	if !ok {
		return w.byDefault(s.access, s.ref, from)
	}
	if s.access == policyAudit {
		found.audit = MayBeAudited
	}
	return found, true
}

// granted finds the authorization of a Server, or of its Namespace, that lets a caller through.
func (w *World) granted(s *server, from peer) (permission, bool) {
	here := w.in(s.meta.Namespace)
	for _, one := range here.authorizations {
		if authorizes(one, s) && w.client(one, from) {
			return permission{by: Ref{"ServerAuthorization", one.Namespace, one.Name}, words: "allows the caller"}, true
		}
	}
	for _, one := range here.policies {
		target := one.Spec.TargetRef
		whole := isKind(target.Group, target.Kind, groupPolicy, kindServer) && target.Name == s.meta.Name || isKind(target.Group, target.Kind, "", "Namespace")
		if whole && w.required(one, from) {
			return policyPermission(one), true
		}
	}
	return permission{}, false
}

// onRoute finds what allows a caller the requests of a route, apart from what allows everything on its Server.
func (w *World) onRoute(r *route, from peer) (permission, bool) {
	for _, one := range w.in(r.namespace).policies {
		target := one.Spec.TargetRef
		if isKind(target.Group, target.Kind, r.ref.Group, r.ref.Kind) && strings.EqualFold(target.Name, r.ref.Name) && w.required(one, from) {
			return policyPermission(one), true
		}
	}
	return permission{}, false
}

func policyPermission(policy *v1alpha1.AuthorizationPolicy) permission {
	words := "allows the caller"
	if len(policy.Spec.RequiredAuthenticationRefs) == 0 {
		words = "requires no authentication, so that it allows everybody"
	}
	return permission{by: Ref{"AuthorizationPolicy", policy.Namespace, policy.Name}, words: words}
}

// byDefault is what a default policy, or the accessPolicy of a Server, allows.
func (w *World) byDefault(policy string, by Ref, from peer) (permission, bool) {
	allowed := permission{by: by, words: "is " + policy + " for callers whom nothing else allows"}
	if policy == policyAudit {
		allowed.audit = Audited
	}
	inCluster := contains(w.cluster.Networks, from.address)
	switch policy {
	case allUnauthenticated, policyAudit:
		return allowed, true
	case allAuthenticated:
		return allowed, from.identity != ""
	case clusterUnauthenticated:
		return allowed, inCluster
	case clusterAuthenticated:
		return allowed, inCluster && from.identity != ""
	}
	return permission{}, false
}

func authorizes(authorization *v1beta1.ServerAuthorization, s *server) bool {
	which := authorization.Spec.Server
	if which.Name != "" {
		return which.Name == s.meta.Name
	}
	if which.Selector == nil {
		return true
	}
	selector, err := metav1.LabelSelectorAsSelector(which.Selector)
	return err == nil && selector.Matches(labels.Set(s.meta.Labels))
}

// client says whether a ServerAuthorization is about a caller. One that lists nobody is ignored; without networks the cluster's own are meant.
func (w *World) client(authorization *v1beta1.ServerAuthorization, from peer) bool {
	who := authorization.Spec.Client
	near := len(who.Networks) == 0 && contains(w.cluster.Networks, from.address)
	for _, network := range who.Networks {
		near = near || contained(network.CIDR, network.Except, from.address)
	}
	switch {
	case !near:
		return false
	case who.Unauthenticated:
		return true
	case who.MeshTLS == nil:
		return false
	case who.MeshTLS.UnauthenticatedTLS:
		return from.identity != ""
	}
	for _, account := range who.MeshTLS.ServiceAccounts {
		namespace := account.Namespace
		if namespace == "" {
			namespace = authorization.Namespace
		}
		if from.identity == w.accountIdentity(namespace, account.Name) {
			return true
		}
	}
	return identified(who.MeshTLS.Identities, from.identity)
}

// required says whether all that a policy requires is true of a caller. A policy that names what is not there, or two of a kind, is ignored.
func (w *World) required(policy *v1alpha1.AuthorizationPolicy, from peer) bool {
	refs := policy.Spec.RequiredAuthenticationRefs
	identities, networks := 0, 0
	for _, ref := range refs {
		namespace := ref.Namespace
		if namespace == "" {
			namespace = policy.Namespace
		}
		holds := false
		switch {
		case isKind(ref.Group, ref.Kind, groupPolicy, "MeshTLSAuthentication"):
			identities++
			authn := w.in(namespace).meshTLS[ref.Name]
			holds = authn != nil && w.meshTLS(authn, from)
		case isKind(ref.Group, ref.Kind, groupPolicy, "NetworkAuthentication"):
			networks++
			authn := w.in(namespace).networks[ref.Name]
			holds = authn != nil && near(authn.Spec.Networks, from.address)
		case isKind(ref.Group, ref.Kind, "", "ServiceAccount"):
			identities++
			holds = from.identity == w.accountIdentity(namespace, ref.Name)
		}
		if !holds {
			return false
		}
	}
	return identities <= 1 && networks <= 1
}

func near(networks []v1alpha1.Network, address netip.Addr) bool {
	return slices.ContainsFunc(networks, func(n v1alpha1.Network) bool { return contained(n.CIDR, n.Except, address) })
}

// meshTLS says whether a caller has one of the identities. A reference to anything but a ServiceAccount or a Namespace spoils the whole.
func (w *World) meshTLS(authn *v1alpha1.MeshTLSAuthentication, from peer) bool {
	identities := slices.Clone(authn.Spec.Identities)
	for _, ref := range authn.Spec.IdentityRefs {
		switch {
		case isKind(ref.Group, ref.Kind, "", "ServiceAccount"):
			namespace := ref.Namespace
			if namespace == "" {
				namespace = authn.Namespace
			}
			identities = append(identities, w.accountIdentity(namespace, ref.Name))
		case isKind(ref.Group, ref.Kind, "", "Namespace"):
			identities = append(identities, w.accountIdentity(ref.Name, "*"))
		default:
			return false
		}
	}
	return identified(identities, from.identity)
}

// identified says whether an identity is one of a list: "*" is every one, "*.suffix" all that end so; the ids of SPIFFE only match exactly.
func identified(allowed []string, identity string) bool {
	if identity == "" {
		return false
	}
	return slices.ContainsFunc(allowed, func(one string) bool {
		suffix, wild := strings.CutPrefix(one, "*")
		wild = wild && (suffix == "" || suffix[0] == '.') && !strings.HasPrefix(identity, "spiffe://")
		return one == identity || wild && strings.HasSuffix(identity, suffix)
	})
}

// isKind compares kinds the way Linkerd does, in any case; Kubernetes' own group may be called core.
func isKind(group, kind, wantGroup, wantKind string) bool {
	if wantGroup == "" && strings.EqualFold(group, "core") {
		group = ""
	}
	return strings.EqualFold(group, wantGroup) && strings.EqualFold(kind, wantKind)
}

func denied(by Ref, what string, from peer) string {
	return fmt.Sprintf("%s allows %s to nobody like %s.", by, what, from.words())
}

func (p peer) words() string {
	if p.identity != "" {
		return p.identity
	}
	return "the plain-text caller " + p.address.String()
}
