package linkerd

import (
	"cmp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// everywhere is all networks.
var everywhere = []string{"0.0.0.0/0", "::/0"}

// callers are the clients of some grants, sorted by how Linkerd knows them.
type callers struct {
	// any lets everybody through; the rest is then empty.
	any bool
	// identities of ServiceAccounts and Namespaces.
	identities []v1alpha1.IdentityRef
	// open are networks without, meshed are networks with any mesh identity.
	open, meshed []string
}

// gather joins the clients of grants, sorted and without duplicates.
func gather(grants []*model.Grant) callers {
	var who callers
	for _, grant := range grants {
		for _, caller := range grant.Clients {
			who.add(caller)
		}
	}
	if who.any {
		return callers{any: true}
	}
	slices.SortFunc(who.identities, func(a, b v1alpha1.IdentityRef) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	who.identities = slices.Compact(who.identities)
	slices.Sort(who.open)
	who.open = slices.Compact(who.open)
	slices.Sort(who.meshed)
	who.meshed = slices.DeleteFunc(slices.Compact(who.meshed), func(cidr string) bool { return slices.Contains(who.open, cidr) })
	return who
}

func (w *callers) add(caller model.Client) {
	switch caller.Kind {
	case model.ClientAny:
		w.any = true
	case model.ClientServiceAccount:
		w.identities = append(w.identities, v1alpha1.IdentityRef{Kind: "ServiceAccount", Namespace: caller.Namespace, Name: caller.Name})
	case model.ClientNamespace: // a Namespace is cluster-wide: its reference must not name a namespace
		w.identities = append(w.identities, v1alpha1.IdentityRef{Kind: "Namespace", Name: caller.Namespace})
	case model.ClientNetwork:
		if caller.Unauthenticated {
			w.open = append(w.open, caller.CIDR)
		} else {
			w.meshed = append(w.meshed, caller.CIDR)
		}
	}
}

// key is equal for equal callers.
func (w *callers) key() string {
	if w.any {
		return "any"
	}
	var b strings.Builder
	for _, ref := range w.identities {
		b.WriteString(ref.Kind + "/" + ref.Namespace + "/" + ref.Name + " ")
	}
	return b.String() + "open " + strings.Join(w.open, " ") + " meshed " + strings.Join(w.meshed, " ")
}

// meshTLS writes an authentication by identity and refers to it.
func (g *guard) meshTLS(spec v1alpha1.MeshTLSAuthenticationSpec) v1alpha1.AuthenticationRef {
	words := append(append(make([]string, 0, 32), kindMeshTLSAuthentication), spec.Identities...)
	for _, ref := range spec.IdentityRefs {
		words = append(words, ref.Kind, ref.Namespace, ref.Name)
	}
	ref, written := g.authentication(kindMeshTLSAuthentication, words)
	if !written {
		g.add(&v1alpha1.MeshTLSAuthentication{
			TypeMeta:   metav1.TypeMeta{APIVersion: policyV1alpha1, Kind: kindMeshTLSAuthentication},
			ObjectMeta: g.meta(ref.Name), Spec: spec,
		})
	}
	return ref
}

// network writes an authentication by network and refers to it.
func (g *guard) network(cidrs []string) v1alpha1.AuthenticationRef {
	ref, written := g.authentication(kindNetworkAuthentication, append([]string{kindNetworkAuthentication}, cidrs...))
	if written {
		return ref
	}
	networks := make([]v1alpha1.Network, len(cidrs))
	for i, cidr := range cidrs {
		networks[i].CIDR = cidr
	}
	g.add(&v1alpha1.NetworkAuthentication{
		TypeMeta:   metav1.TypeMeta{APIVersion: policyV1alpha1, Kind: kindNetworkAuthentication},
		ObjectMeta: g.meta(ref.Name), Spec: v1alpha1.NetworkAuthenticationSpec{Networks: networks},
	})
	return ref
}

// authentication refers to the authentication whose content the words are, and says whether it is written already.
func (g *guard) authentication(kind string, words []string) (ref v1alpha1.AuthenticationRef, written bool) {
	ref = v1alpha1.AuthenticationRef{Group: groupPolicy, Kind: kind, Name: contentName(g.service, words...)}
	if slices.Contains(g.authentications, ref) {
		return ref, true
	}
	g.authentications = append(g.authentications, ref)
	return ref, false
}
