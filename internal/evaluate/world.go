package evaluate

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1alpha2 "sigs.k8s.io/gateway-api/apis/v1alpha2"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

// Cluster is how Linkerd is installed. The zero value is its defaults.
type Cluster struct {
	// TrustDomain that identities end with. Empty: "cluster.local".
	TrustDomain string
	// ControlPlaneNamespace is part of every identity. Empty: "linkerd".
	ControlPlaneNamespace string
	// DefaultPolicy for ports without Server, where the pod says nothing (proxy.defaultInboundPolicy). Empty: "all-unauthenticated".
	DefaultPolicy string
	// Networks of the cluster's pods and Services (clusterNetworks). Nil: Linkerd's default, all private ones.
	Networks []netip.Prefix
	// ProbeNetworks are where probes may come from (policyController.probeNetworks). Nil: everywhere. Empty: nowhere.
	ProbeNetworks []netip.Prefix
	// EgressNamespace is where EgressNetworks for all namespaces stand (egress.globalEgressNetworkNamespace). Empty: "linkerd-egress".
	EgressNamespace string
	// Transport of calls between proxies. Empty: TransportHeader.
	Transport Transport
	// Acceptance of routes. Empty: AcceptedByStatus.
	Acceptance Acceptance
}

// Transport is which port a proxy calls another proxy on (proxy.outboundTransportMode).
type Transport string

const (
	// TransportHeader is the default since 2.18: every meshed call arrives at the proxy's own port.
	TransportHeader Transport = "transport-header"
	// Transparent is the default until 2.17: meshed calls arrive at the application's port, but for opaque ones.
	Transparent Transport = "transparent"
)

// Acceptance is when a route takes part.
type Acceptance string

const (
	// AcceptedByStatus follows Linkerd: a route takes part once its status says that it is accepted.
	AcceptedByStatus Acceptance = "Status"
	// AcceptedAlways takes objects as they will be once Linkerd has looked at them, for objects that are only planned.
	AcceptedAlways Acceptance = "Always"
)

// World is all that decides about calls. It is never changed, and safe for concurrent use.
type World struct {
	cluster    Cluster
	namespaces map[string]map[string]string
	spaces     map[string]*space
}

// space is the objects of one namespace.
type space struct {
	networkPolicies []*networkPolicy
	servers         []*server
	routes          []*route
	authorizations  []*v1beta1.ServerAuthorization
	policies        []*v1alpha1.AuthorizationPolicy
	meshTLS         map[string]*v1alpha1.MeshTLSAuthentication
	networks        map[string]*v1alpha1.NetworkAuthentication
	egress          []*egressNetwork
}

// New reads objects: Namespaces, for their labels, NetworkPolicies, and the policy of Linkerd, each as its Go type or unstructured. Other kinds
// mean nothing here and are passed over. The error names an object that cannot be what it says it is.
func New(objects []client.Object, cluster Cluster) (*World, error) {
	cluster.TrustDomain = cmp.Or(cluster.TrustDomain, "cluster.local")
	cluster.ControlPlaneNamespace = cmp.Or(cluster.ControlPlaneNamespace, "linkerd")
	cluster.EgressNamespace = cmp.Or(cluster.EgressNamespace, "linkerd-egress")
	cluster.DefaultPolicy = cmp.Or(cluster.DefaultPolicy, allUnauthenticated)
	cluster.Transport = cmp.Or(cluster.Transport, TransportHeader)
	cluster.Acceptance = cmp.Or(cluster.Acceptance, AcceptedByStatus)
	if cluster.Networks == nil {
		cluster.Networks = privateNetworks
	}
	if cluster.ProbeNetworks == nil {
		cluster.ProbeNetworks = everywhere
	}
	w := &World{cluster: cluster, namespaces: map[string]map[string]string{}, spaces: map[string]*space{}}
	for _, object := range objects {
		typed, err := decode(object)
		if err != nil {
			return nil, fmt.Errorf("reading %s %s/%s: %w", object.GetObjectKind().GroupVersionKind().Kind, object.GetNamespace(), object.GetName(), err)
		}
		if err := w.add(typed); err != nil {
			return nil, fmt.Errorf("reading %T %s/%s: %w", typed, object.GetNamespace(), object.GetName(), err)
		}
	}
	for _, s := range w.spaces {
		s.sort()
	}
	return w, nil
}

func (w *World) add(object client.Object) error {
	s := w.space(object.GetNamespace())
	var err error
	switch o := object.(type) {
	case *corev1.Namespace:
		w.namespaces[o.Name] = o.Labels
	case *networkingv1.NetworkPolicy:
		var policy *networkPolicy
		policy, err = newNetworkPolicy(o)
		s.networkPolicies = append(s.networkPolicies, policy)
	case *v1beta1.Server:
		err = s.addServer(o.ObjectMeta, o.Spec.PodSelector, v1beta3.ServerSpec{Port: o.Spec.Port, ProxyProtocol: o.Spec.ProxyProtocol})
	case *v1beta3.Server:
		err = s.addServer(o.ObjectMeta, o.Spec.PodSelector, o.Spec)
	case *v1beta3.HTTPRoute:
		err = s.addRoute(policyRoute(o))
	case *gatewayv1.HTTPRoute:
		err = s.addRoute(gatewayRoute(o))
	case *gatewayv1.GRPCRoute:
		err = s.addRoute(grpcRoute(o))
	case *gatewayv1alpha2.TLSRoute:
		err = s.addRoute(tlsRoute(o), nil)
	case *gatewayv1alpha2.TCPRoute:
		err = s.addRoute(tcpRoute(o), nil)
	case *v1alpha1.EgressNetwork:
		err = s.addEgressNetwork(o)
	case *v1beta1.ServerAuthorization:
		s.authorizations = append(s.authorizations, o)
	case *v1alpha1.AuthorizationPolicy:
		s.policies = append(s.policies, o)
	case *v1alpha1.MeshTLSAuthentication:
		s.meshTLS[o.Name] = o
	case *v1alpha1.NetworkAuthentication:
		s.networks[o.Name] = o
	}
	return err
}

func (s *space) addRoute(r *route, err error) error {
	if err == nil {
		s.routes = append(s.routes, r)
	}
	return err
}

func (w *World) space(namespace string) *space {
	s := w.spaces[namespace]
	if s == nil {
		s = &space{meshTLS: map[string]*v1alpha1.MeshTLSAuthentication{}, networks: map[string]*v1alpha1.NetworkAuthentication{}}
		w.spaces[namespace] = s
	}
	return s
}

// nothing stands for a namespace without objects.
var nothing = &space{}

// in finds the objects of a namespace.
func (w *World) in(namespace string) *space {
	if s := w.spaces[namespace]; s != nil {
		return s
	}
	return nothing
}

// sort puts what competes into the order in which Linkerd looks at it, and the rest into the order of names.
func (s *space) sort() {
	slices.SortFunc(s.servers, func(a, b *server) int { return older(&a.meta, &b.meta) })
	slices.SortFunc(s.routes, func(a, b *route) int {
		return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.ref.Group, b.ref.Group), cmp.Compare(a.ref.Kind, b.ref.Kind), cmp.Compare(a.ref.Name, b.ref.Name))
	})
	slices.SortFunc(s.networkPolicies, func(a, b *networkPolicy) int { return cmp.Compare(a.ref.Name, b.ref.Name) })
	slices.SortFunc(s.egress, func(a, b *egressNetwork) int { return older(&a.meta, &b.meta) })
	slices.SortFunc(s.authorizations, func(a, b *v1beta1.ServerAuthorization) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(s.policies, func(a, b *v1alpha1.AuthorizationPolicy) int { return cmp.Compare(a.Name, b.Name) })
}

func older(a, b *metav1.ObjectMeta) int {
	return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), cmp.Compare(a.Name, b.Name))
}
