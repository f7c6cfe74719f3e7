package traefik

import (
	"fmt"
	"time"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/internal/model"
)

// schemes that Traefik speaks to pods. Without one it speaks TLS when the port is 443 or its name begins with "https", else HTTP/1.
var schemes = map[model.Protocol]string{model.ProtocolUnknown: "", model.ProtocolHTTP: "http", model.ProtocolH2C: "h2c"}

// split adds the TraefikService of a line and gives its name. There is one also when a single backend takes all, so that the labels of
// Traefik's metrics name the backend from the first step of a release to the last.
//
// A backend without a share is left out, it must not stand here with weight 0: Traefik builds every child, and on a gateway without
// allowEmptyServices a single child that has no endpoints, whatever its weight, takes the whole TraefikService away, and 404 is the answer
// to everybody. compose names only backends that have ready endpoints, or stable.
func (w *routeWriter) split(route model.Route, match []string) (string, error) {
	if len(route.Split) == 0 {
		return "", fmt.Errorf("edge %s: %s: a line of the routing table has no split", w.edge.Name, w.route.YAMLPath)
	}
	var children []traefikio.Service
	for _, share := range route.Split {
		if share.Weight <= 0 {
			return "", fmt.Errorf("edge %s: %s: the backend %s has the weight %d", w.edge.Name, w.route.YAMLPath, share.Backend, share.Weight)
		}
		w.checkConnection(share.Backend)
		child, err := w.child(share)
		if err != nil {
			return "", err
		}
		children = append(children, child)
	}
	name := w.splitName(w.route, match)
	object := &traefikio.TraefikService{
		TypeMeta: typeMeta(kindTraefikService), ObjectMeta: w.meta(name),
		Spec: traefikio.TraefikServiceSpec{Weighted: &traefikio.WeightedRoundRobin{Services: children, Sticky: w.sticky()}},
	}
	if w.route.Retain != nil && !route.Match.All() {
		object.Annotations = map[string]string{annotationLine: lineOfMatch}
	}
	return name, w.add(object, w.route.Retain, route)
}

// connection is how a Service and port is spoken to.
type connection struct {
	protocol model.Protocol
	timeout  time.Duration
}

// child is a backend of a split. Traefik has one load balancer for a Service and port, whoever names it, and the last definition wins for all
// (traefik#11257): nothing is set here that could differ between two lines, and what could between two routes is checked.
func (w *routeWriter) child(share model.Share) (traefikio.Service, error) {
	weight := int(share.Weight)
	if w.route.Upstream != nil {
		return w.partner(share, &weight)
	}
	transport, err := w.transport(w.route.Timeout)
	return traefikio.Service{LoadBalancerSpec: traefikio.LoadBalancerSpec{
		Kind: "Service", Name: share.Backend, Port: intstr.FromInt32(w.route.Port), Scheme: schemes[w.route.Protocol], Weight: &weight,
		ServersTransport: transport, NativeLB: w.nativeLB(),
	}}, err
}

// checkConnection finds a Service and port that another route of the edge says to be spoken to in another way.
func (w *routeWriter) checkConnection(backend string) {
	port := fmt.Sprintf("port %d of the Service %s", w.route.Port, backend)
	mine := connection{w.route.Protocol, w.route.Timeout}
	other, known := w.spoken[port]
	w.spoken[port] = mine
	switch {
	case !known || other == mine:
	case other.protocol != mine.protocol:
		w.refuse(w.route.YAMLPath, fmt.Errorf("%s speaks %q here and %q in another route, Traefik speaks one; declare one appProtocol for both",
			port, mine.protocol, other.protocol))
	default:
		w.refuse(w.route.YAMLPath, fmt.Errorf("timeout: %s has %s here and %s in another route, Traefik knows one; give both the same",
			port, mine.timeout, other.timeout))
	}
}

// transport adds the ServersTransport for a timeout, once, and gives its name. Empty: Traefik's own serves.
func (w *edgeWriter) transport(timeout time.Duration) (string, error) {
	if timeout == 0 {
		return "", nil
	}
	if name, known := w.transports[timeout]; known {
		return name, nil
	}
	bound := intstr.FromString(wholeUnits(timeout))
	name := objectName(w.edge.Name, "transport", "transport", w.namespace, w.edge.Name, bound.StrVal)
	w.transports[timeout] = name
	return name, w.add(&traefikio.ServersTransport{
		TypeMeta: typeMeta(kindServersTransport), ObjectMeta: w.meta(name),
		Spec: traefikio.ServersTransportSpec{ForwardingTimeouts: &traefikio.ForwardingTimeouts{ResponseHeaderTimeout: &bound}},
	}, nil)
}

// sticky keeps clients with a child of the split. Nil: it does not.
func (w *routeWriter) sticky() *dynamic.Sticky {
	if w.route.Sticky == nil {
		return nil
	}
	return &dynamic.Sticky{Cookie: &dynamic.Cookie{
		Name: w.route.Sticky.Cookie, MaxAge: int(w.route.Sticky.MaxAge / time.Second), Secure: w.edge.TLS != nil, HTTPOnly: true, SameSite: "lax",
	}}
}

func (w *edgeWriter) splitName(route *model.EdgeRoute, match []string) string {
	identity := append([]string{"split", w.namespace, w.edge.Name, route.Service}, routeIdentity(route)...)
	return objectName(w.edge.Name, route.Service, append(identity, match...)...)
}

// reference to a TraefikService.
func reference(name string) traefikio.Service {
	return traefikio.Service{LoadBalancerSpec: traefikio.LoadBalancerSpec{Kind: kindTraefikService, Name: name}}
}
