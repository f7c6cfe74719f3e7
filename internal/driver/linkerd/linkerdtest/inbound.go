package linkerdtest

import (
	"net/netip"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

// Caller is what a proxy knows of a client.
type Caller struct {
	// Namespace and ServiceAccount of the mesh identity. Empty: the client is not meshed.
	Namespace, ServiceAccount string
	Address                   netip.Addr
}

// Inbound is the policy of one pod's port: a Server, its routes and who may call.
type Inbound struct {
	Server *v1beta3.Server
	// Routes with the Server as parent, in the order of their age.
	Routes   []*v1beta3.HTTPRoute
	policies []*v1alpha1.AuthorizationPolicy
	meshTLS  map[string]*v1alpha1.MeshTLSAuthentication
	networks map[string]*v1alpha1.NetworkAuthentication
}

// NewInbound sorts the objects of one namespace for a Server.
func NewInbound(objects []client.Object, server string) *Inbound {
	in := &Inbound{meshTLS: map[string]*v1alpha1.MeshTLSAuthentication{}, networks: map[string]*v1alpha1.NetworkAuthentication{}}
	for _, object := range objects {
		switch o := object.(type) {
		case *v1beta3.Server:
			if o.Name == server {
				in.Server = o
			}
		case *v1beta3.HTTPRoute:
			if slices.ContainsFunc(o.Spec.ParentRefs, func(ref v1beta3.ParentRef) bool { return ref.Kind == "Server" && ref.Name == server && ref.Port == 0 }) {
				in.Routes = append(in.Routes, o)
			}
		case *v1alpha1.AuthorizationPolicy:
			in.policies = append(in.policies, o)
		case *v1alpha1.MeshTLSAuthentication:
			in.meshTLS[o.Name] = o
		case *v1alpha1.NetworkAuthentication:
			in.networks[o.Name] = o
		}
	}
	return in
}

// Allows says whether a request is let through. Probes are the paths that the kubelet asks for, which Linkerd knows from the pod.
func (in *Inbound) Allows(caller Caller, request Request, probes []string) bool {
	whole := in.granted("Server", in.Server.Name, caller)
	if len(in.Routes) == 0 {
		return whole || request.Method == "GET" && slices.Contains(probes, request.Path)
	}
	route, _ := Find(in.Routes, request)
	return route != nil && (whole || in.granted("HTTPRoute", route.Name, caller)) // without a route: not found, for everybody
}

func (in *Inbound) granted(kind, name string, caller Caller) bool {
	return slices.ContainsFunc(in.policies, func(policy *v1alpha1.AuthorizationPolicy) bool {
		target := policy.Spec.TargetRef
		if target.Group != "policy.linkerd.io" || target.Kind != kind || target.Name != name {
			return false
		}
		for _, ref := range policy.Spec.RequiredAuthenticationRefs {
			if !in.holds(ref, caller) {
				return false
			}
		}
		return true // an empty list too
	})
}

func (in *Inbound) holds(ref v1alpha1.TargetRef, caller Caller) bool {
	if authn := in.meshTLS[ref.Name]; ref.Kind == "MeshTLSAuthentication" && authn != nil {
		return meshed(authn, caller)
	}
	if authn := in.networks[ref.Name]; ref.Kind == "NetworkAuthentication" && authn != nil {
		return slices.ContainsFunc(authn.Spec.Networks, func(network v1alpha1.Network) bool {
			return netip.MustParsePrefix(network.CIDR).Contains(caller.Address)
		})
	}
	return false // what is missing makes Linkerd ignore the policy
}

func meshed(authn *v1alpha1.MeshTLSAuthentication, caller Caller) bool {
	if caller.ServiceAccount == "" {
		return false
	}
	identity := caller.ServiceAccount + "." + caller.Namespace + ".serviceaccount.identity.linkerd.cluster.local"
	for _, allowed := range authn.Spec.Identities {
		if allowed == "*" || allowed == identity || strings.HasPrefix(allowed, "*.") && strings.HasSuffix(identity, allowed[1:]) {
			return true
		}
	}
	for _, ref := range authn.Spec.IdentityRefs {
		if ref.Kind == "Namespace" && ref.Name == caller.Namespace ||
			ref.Kind == "ServiceAccount" && ref.Namespace == caller.Namespace && ref.Name == caller.ServiceAccount {
			return true
		}
	}
	return false
}
