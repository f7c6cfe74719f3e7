package evaluate

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// May says whether a call arrives at the application: past the NetworkPolicies of both sides, and past the callee's proxy.
func (w *World) May(call Call) Answer {
	from := w.peer(call)
	free, ok := w.network(call, from)
	if !ok {
		return free
	}
	switch {
	case !meshed(call.To):
		return free.without("no proxy")
	case portListed(call.To, annotationSkipIn, call.Port):
		return free.without("a proxy that leaves the port alone (" + annotationSkipIn + ")")
	case from.address.IsLoopback():
		return Answer{Outcome: Delivered, By: Ref{Kind: "default authorization", Name: "localhost"}, Reason: "The proxy allows everything from the pod itself."}
	}
	return w.inbound(call, from)
}

// without is the answer where only NetworkPolicies count.
func (a Answer) without(what string) Answer {
	a.Outcome = Delivered
	if a.By.Kind == "" {
		a.By = Ref{Kind: "default", Name: "no policy"}
		a.Reason = "The callee has " + what + " and no NetworkPolicy that is about the call, so that nothing decides."
		return a
	}
	a.Reason = a.By.String() + " allows the packets, and the callee has " + what + "."
	return a
}

// inbound is what the callee's proxy decides.
func (w *World) inbound(call Call, from peer) Answer {
	governing, protocol := w.serverOf(call.To, call.Port), w.protocolOf(call.To, call.Port)
	if refusal, ok := speaks(governing, protocol, call.Request, from); !ok {
		return refusal
	}
	request := call.Request
	if protocol == protocolOpaque || protocol == protocolTLS {
		request = nil
	}
	if governing == nil {
		return w.byDefaultPolicy(call, request, from)
	}
	routes := w.routesOf(governing, protocol)
	if request == nil || len(routes) == 0 {
		return w.withoutRoutes(call, request, governing, from)
	}
	return w.withRoutes(request, governing, routes, from)
}

// speaks says whether the proxy understands the caller. A hint that says HTTP is taken at its word; only calls between proxies may carry the
// other version.
func speaks(governing *server, protocol string, request *Request, from peer) (Answer, bool) {
	wrong := ""
	switch {
	case protocol != protocolHTTP1 && protocol != protocolHTTP2 && protocol != protocolGRPC:
	case request == nil:
		wrong = "the connection carries no HTTP"
	case from.identity != "":
	case protocol == protocolHTTP1 && request.HTTP2:
		wrong = "the plain-text caller speaks HTTP/2"
	case protocol != protocolHTTP1 && !request.HTTP2:
		wrong = "the plain-text caller speaks HTTP/1"
	}
	if wrong == "" {
		return Answer{}, true
	}
	return Answer{Outcome: Refused, By: governing.ref, Reason: fmt.Sprintf("%s expects %s, and %s.", governing.ref, protocol, wrong)}, false
}

// byDefaultPolicy decides about a port that no Server governs.
func (w *World) byDefaultPolicy(call Call, request *Request, from peer) Answer {
	if answer, ok := w.probe(call, request, from); ok {
		return answer
	}
	policy, by := w.defaultOf(call.To, call.Port)
	if found, ok := w.byDefault(policy, by, from); ok {
		return delivered(found)
	}
	return Answer{Outcome: closed(request), By: by, Reason: fmt.Sprintf("No Server governs port %d, and the default policy %s does not allow %s.", call.Port, policy, from.words())}
}

// withoutRoutes decides about connections, and about requests to a Server without routes: then the probes of the kubelet are allowed.
func (w *World) withoutRoutes(call Call, request *Request, governing *server, from peer) Answer {
	grpc := governing.protocol == protocolGRPC
	if grpc && !isCall(request) {
		return Answer{Outcome: NotFound, By: governing.ref, Reason: fmt.Sprintf("%s expects gRPC, and the request is no call of it.", governing.ref)}
	}
	if answer, ok := w.probe(call, request, from); ok && !grpc {
		return answer
	}
	if found, ok := w.onServer(governing, from); ok {
		return delivered(found)
	}
	return Answer{Outcome: closed(request), By: governing.ref, Reason: denied(governing.ref, "port "+governing.port.String(), from)}
}

// isCall says whether a request is a call of gRPC.
func isCall(request *Request) bool {
	_, ok := (&match{grpc: &grpcMatch{}}).rankGRPC(request)
	return ok
}

// withRoutes decides about a request to a Server that has routes: the most specific route alone counts, and what is granted on the Server.
func (w *World) withRoutes(request *Request, governing *server, routes []*route, from peer) Answer {
	chosen, index := find(routes, request)
	if chosen == nil {
		return Answer{Outcome: NotFound, By: governing.ref, Reason: fmt.Sprintf("%s has routes, and none is for %s %s.", governing.ref, request.Method, request.Path)}
	}
	found, ok := w.onRoute(chosen, from)
	if !ok {
		found, ok = w.onServer(governing, from)
	}
	switch {
	case !ok:
		return Answer{Outcome: Forbidden, By: chosen.object(), Reason: denied(chosen.object(), request.Method+" "+request.Path, from)}
	case chosen.rules[index].redirect:
		return Answer{Outcome: Redirected, By: chosen.object(), Reason: fmt.Sprintf("%s answers %s %s with a redirect.", chosen.object(), request.Method, request.Path)}
	}
	return delivered(found)
}

// routesOf are the routes in force on a Server: HTTPRoutes where it speaks HTTP, GRPCRoutes where it speaks gRPC.
func (w *World) routesOf(s *server, protocol string) []*route {
	kind := kindHTTPRoute
	if protocol == protocolGRPC {
		kind = kindGRPCRoute
	}
	var found []*route
	for _, r := range w.in(s.meta.Namespace).routes {
		if r.ref.Kind == kind && r.on(s.meta.Name, w.cluster.Acceptance) {
			found = append(found, r)
		}
	}
	return found
}

// probe allows what the kubelet asks for, to everybody in the networks where probes come from.
func (w *World) probe(call Call, request *Request, from peer) (Answer, bool) {
	if request == nil || request.Method != "GET" || !contains(w.cluster.ProbeNetworks, from.address) || !slices.Contains(probes(call.To, call.Port), request.Path) {
		return Answer{}, false
	}
	return Answer{
		Outcome: Delivered, By: Ref{Kind: "default authorization", Name: "probe"},
		Reason: fmt.Sprintf("GET %s is a probe of the pod, and no route is on port %d.", request.Path, call.Port),
	}, true
}

// probes are the paths of a pod's HTTP probes on a port.
func probes(pod *corev1.Pod, port int32) []string {
	var paths []string
	for container := range containers(pod) {
		for _, probe := range []*corev1.Probe{container.LivenessProbe, container.ReadinessProbe, container.StartupProbe} {
			if probe == nil || probe.HTTPGet == nil || probedPort(container, probe.HTTPGet.Port) != port {
				continue
			}
			path, _, _ := strings.Cut(probe.HTTPGet.Path, "?")
			if path == "" {
				path = "/"
			}
			paths = append(paths, path)
		}
	}
	return paths
}

// probedPort is the number of a probe's port, whose name is looked up in its own container only. 0: there is none.
func probedPort(container *corev1.Container, port intstr.IntOrString) int32 {
	if port.Type == intstr.Int {
		return port.IntVal
	}
	for _, declared := range container.Ports {
		if strings.EqualFold(declared.Name, port.StrVal) && isTCP(declared) {
			return declared.ContainerPort
		}
	}
	return 0
}

func delivered(by permission) Answer {
	reason := by.by.String() + " " + by.words + "."
	if by.audit == Audited {
		reason = by.by.String() + " only audits, and nothing else allows the caller."
	}
	return Answer{Outcome: Delivered, Audit: by.audit, By: by.by, Reason: reason}
}

// closed is what a caller meets that is not allowed.
func closed(request *Request) Outcome {
	if request == nil {
		return Refused
	}
	return Forbidden
}
