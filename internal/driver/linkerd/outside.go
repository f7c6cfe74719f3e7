package linkerd

import (
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1alpha2 "sigs.k8s.io/gateway-api/apis/v1alpha2"

	"github.com/kubemate/kubemate/internal/driver"
	policyv1alpha1 "github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
)

// LabelMeshed is a label that the injector gives to pods with a proxy, and no others have.
const LabelMeshed = "linkerd.io/control-plane-ns"

// Kinds of the ways out. Of the routes Linkerd reads v1alpha2 only, whatever else is served.
const (
	kindEgressNetwork = "EgressNetwork"
	kindTLSRoute      = "TLSRoute"
	kindTCPRoute      = "TCPRoute"
)

var (
	tlsRoute = schema.GroupVersionKind{Group: gatewayv1alpha2.GroupName, Version: gatewayv1alpha2.GroupVersion.Version, Kind: kindTLSRoute}
	tcpRoute = schema.GroupVersionKind{Group: gatewayv1alpha2.GroupName, Version: gatewayv1alpha2.GroupVersion.Version, Kind: kindTCPRoute}
)

// outside writes what pods of a namespace may call outside of the cluster: an EgressNetwork for all addresses but the cluster's, where routes tell hosts
// apart, and one for each network that is allowed whole, where routes are by port. Linkerd goes by the smallest network that holds an address.
//
// The first sleeps, letting everything through, until its routes are accepted. The others do not: they may be younger than it, and what they let through
// asleep it had refused. Its name comes after theirs, so that it goes before them and never takes over what they let through.
func outside(namespace string, of *model.Outside) []driver.Object {
	w := wayOut{namespace: namespace, origins: []model.Origin{of.Origin.Object()}}
	for i := range of.Networks {
		if one := &of.Networks[i]; !one.InCluster {
			w.whole(one)
		}
	}
	w.network = "egress-rest"
	for i := range of.Hosts {
		w.host(&of.Hosts[i])
	}
	return append(w.objects, driver.Object{
		Object: w.capture(policyv1alpha1.TrafficDeny, nil), Origins: w.origins, Dormant: w.capture(policyv1alpha1.TrafficAllow, nil),
	})
}

// wayOut writes the objects of one namespace.
type wayOut struct {
	namespace string
	origins   []model.Origin
	// network is the name of the EgressNetwork at hand.
	network string
	objects []driver.Object
}

// capture is the EgressNetwork at hand. Its ports are none that Linkerd takes for opaque by default: there routes for TLS and HTTP would not be looked at.
func (w *wayOut) capture(policy string, networks []policyv1alpha1.Network) *policyv1alpha1.EgressNetwork {
	return &policyv1alpha1.EgressNetwork{
		TypeMeta: metav1.TypeMeta{APIVersion: policyV1alpha1, Kind: kindEgressNetwork},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: w.namespace, Name: w.network, Annotations: map[string]string{annotationOpaque: ""},
		},
		Spec: policyv1alpha1.EgressNetworkSpec{TrafficPolicy: policy, Networks: networks},
	}
}

// host writes the routes of a host, one for each port. They are named by their content and never edited, so that what stays allowed is never without.
func (w *wayOut) host(host *model.OutsideHost) {
	for _, port := range host.Ports {
		name := contentName("egress-"+hostLabel(host.Host), strconv.Itoa(int(port)), string(host.Protocol), host.Host)
		if host.Protocol == model.HostByTLS {
			w.route(w.plainRoute(tlsRoute, name, port, []any{host.Host}))
			continue
		}
		w.route(&v1beta3.HTTPRoute{
			TypeMeta:   metav1.TypeMeta{APIVersion: policyV1beta3, Kind: kindHTTPRoute},
			ObjectMeta: metav1.ObjectMeta{Namespace: w.namespace, Name: name},
			Spec: v1beta3.HTTPRouteSpec{
				Hostnames:  []string{host.Host},
				ParentRefs: []v1beta3.ParentRef{{Group: groupPolicy, Kind: kindEgressNetwork, Name: w.network, Port: port}},
				Rules: []v1beta3.HTTPRouteRule{{
					Matches:     []v1beta3.HTTPRouteMatch{{Path: writePath(root, nil)}},
					BackendRefs: []v1beta3.BackendRef{{Group: groupPolicy, Kind: kindEgressNetwork, Name: w.network, Namespace: w.namespace, Weight: 1}},
				}},
			},
		})
	}
}

// whole writes an EgressNetwork for one network, and its routes by port.
func (w *wayOut) whole(network *model.OutsideNetwork) {
	w.network = contentName("egress-network", network.CIDR)
	for _, port := range network.Ports {
		w.route(w.plainRoute(tcpRoute, w.network+"-"+strconv.Itoa(int(port)), port, nil))
	}
	w.objects = append(w.objects, driver.Object{
		Object: w.capture(policyv1alpha1.TrafficDeny, []policyv1alpha1.Network{{CIDR: network.CIDR}}), Origins: w.origins,
	})
}

func (w *wayOut) route(route client.Object) {
	w.objects = append(w.objects, driver.Object{Object: route, Origins: w.origins, Awaited: true})
}

// plainRoute is a route of the Gateway API that leads on to where a connection was going. The Go types are not used, because they cannot leave out their status.
func (w *wayOut) plainRoute(kind schema.GroupVersionKind, name string, port int32, hosts []any) client.Object {
	spec := map[string]any{
		"parentRefs": []any{map[string]any{"group": groupPolicy, "kind": kindEgressNetwork, "name": w.network, "port": int64(port)}},
		"rules": []any{map[string]any{"backendRefs": []any{map[string]any{
			"group": groupPolicy, "kind": kindEgressNetwork, "name": w.network, "namespace": w.namespace, "weight": int64(1),
		}}}},
	}
	if len(hosts) > 0 {
		spec["hostnames"] = hosts
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": kind.GroupVersion().String(), "kind": kind.Kind, "metadata": map[string]any{"namespace": w.namespace, "name": name}, "spec": spec,
	}}
}

// maxHostLabel is how much of a host stands in a name, for people.
const maxHostLabel = 40

// hostLabel is a host as part of a name.
func hostLabel(host string) string {
	label := strings.ReplaceAll(strings.Replace(host, "*.", "all-", 1), ".", "-")
	return strings.Trim(label[:min(len(label), maxHostLabel)], "-")
}
