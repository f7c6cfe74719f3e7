package evaluate

import (
	"fmt"
	"net/netip"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Departure is a TCP connection of a pod to an address outside of the cluster.
type Departure struct {
	From *corev1.Pod
	// To is the address and the port that the pod dials: no pod's, and no Service's.
	To netip.AddrPort
	// TLS says that the connection begins with a TLS handshake, which asks for ServerName. Empty: for none.
	TLS        bool
	ServerName string
	// Request is sent in plain text. Nil, without TLS: bytes that are neither.
	Request *Request
}

// Leave says whether a connection leaves the cluster: the packets for the NetworkPolicies of the pod, and what is spoken for its proxy.
func (w *World) Leave(d Departure) Answer {
	address := d.To.Addr().Unmap()
	answer, passes := w.side(d.From, outward, wire{number: int32(d.To.Port())}, end{address: address})
	if !passes {
		return answer
	}
	if !meshed(d.From) || portListed(d.From, annotationSkipOut, int32(d.To.Port())) {
		answer.Outcome = Delivered
		answer.Reason = fmt.Sprintf("No proxy looks at what pod %s/%s sends to port %d.", d.From.Namespace, d.From.Name, d.To.Port())
		return answer
	}
	network := w.captures(d.From.Namespace, address)
	if network == nil {
		answer.Outcome = Delivered
		answer.Reason = "No EgressNetwork holds the address " + address.String() + "."
		return answer
	}
	return w.ask(network, d)
}

// captures is the EgressNetwork that counts for an address: of the pod's namespace, if it has any, else of the one for all. Of several the one with the
// smallest network that holds the address, then the oldest. Nil: none holds it.
func (w *World) captures(namespace string, address netip.Addr) *egressNetwork {
	candidates := w.in(namespace).egress
	if len(candidates) == 0 {
		candidates = w.in(w.cluster.EgressNamespace).egress
	}
	var found *egressNetwork
	for _, one := range candidates {
		size, holds := one.holds(address, w.cluster.Networks)
		if !holds {
			continue
		}
		if found == nil {
			found = one
			continue
		}
		if least, _ := found.holds(address, w.cluster.Networks); size.Cmp(least) < 0 {
			found = one
		}
	}
	return found
}

// ask goes by the routes of an EgressNetwork for the port. A proxy is told one kind of them: gRPC before HTTP before TLS before TCP.
func (w *World) ask(network *egressNetwork, d Departure) Answer {
	byKind := w.routesOut(network, d)
	switch opaque := network.opaque(d.To.Port()); {
	case !opaque && len(byKind[kindGRPCRoute]) > 0:
		return network.byHTTP(byKind[kindGRPCRoute], d)
	case !opaque && len(byKind[kindHTTPRoute]) > 0:
		return network.byHTTP(byKind[kindHTTPRoute], d)
	case !opaque && len(byKind[kindTLSRoute]) > 0:
		return network.byTLS(byKind[kindTLSRoute], d)
	case len(byKind[kindTCPRoute]) > 0:
		return network.through(byKind[kindTCPRoute][0], 0) // the oldest
	}
	return network.rest(d)
}

// byHTTP chooses among requests. What is no HTTP is bytes, for which no route is.
func (n *egressNetwork) byHTTP(routes []*route, d Departure) Answer {
	if d.Request == nil || d.TLS {
		return n.rest(Departure{TLS: d.TLS})
	}
	if found, index := find(routes, d.Request); found != nil {
		return n.through(found, index)
	}
	return n.rest(d)
}

// byTLS chooses by server name. What asks for none is refused whatever the policy.
func (n *egressNetwork) byTLS(routes []*route, d Departure) Answer {
	if !d.TLS || d.ServerName == "" {
		return Answer{Outcome: Refused, By: n.object(), Reason: "Routes for TLS of " + n.object().String() + " take nothing without a server name."}
	}
	var best *route
	most := -1
	for _, one := range routes {
		if rank, ok := one.host(strings.ToLower(d.ServerName)); ok && rank > most {
			best, most = one, rank
		}
	}
	if best != nil {
		return n.through(best, 0)
	}
	return n.rest(d)
}

// through is what a route does: it leads on, where its backend is the EgressNetwork itself.
func (n *egressNetwork) through(r *route, index int) Answer {
	for _, backend := range r.rules[index].backends {
		if !isKind(backend.group, backend.kind, groupPolicy, kindEgressNetwork) || backend.name != n.meta.Name || backend.namespace != "" && backend.namespace != n.meta.Namespace {
			return Answer{Outcome: Refused, By: r.object(), Reason: r.object().String() + " leads to another backend than its own " + n.object().String() + "."}
		}
	}
	return Answer{Outcome: Delivered, By: r.object(), Reason: r.object().String() + " lets it through."}
}

// rest is what happens to what no route is for.
func (n *egressNetwork) rest(d Departure) Answer {
	switch {
	case !n.denies:
		return Answer{Outcome: Delivered, By: n.object(), Reason: n.object().String() + " lets through what no route is for."}
	case d.Request != nil && !d.TLS:
		return Answer{Outcome: Forbidden, By: n.object(), Reason: n.object().String() + " denies what no route is for."}
	}
	return Answer{Outcome: Refused, By: n.object(), Reason: n.object().String() + " denies what no route is for."}
}
