package access

import (
	"math/rand/v2"
	"net/netip"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/internal/evaluate"
)

// callers are everybody who calls.
var callers = []evaluate.Caller{
	{Pod: meshed("web", "shop", "10.244.1.1")},
	{Pod: meshed("web", "cart", "10.244.2.1")},
	{Pod: meshed("ops", "x", "10.244.1.2")},
	{Pod: meshed("other", "shop", "10.244.3.1")},
	{Pod: meshed("other", "far", "10.250.0.1")},
	{Pod: plain("web", "shop", "10.244.1.3")},
	{Pod: plain("ops", "x", "10.244.3.2")},
	{Pod: labelled(plain("traefik", "edge", "10.244.5.1"))},
	{Pod: labelled(plain("traefik", "edge", "10.244.5.2"))},
	{Pod: labelled(plain("traefik", "dashboard", "10.244.5.3"))},
	{Pod: labelled(meshed("traefik", "meshed", "10.244.5.4"))},
	{Address: netip.MustParseAddr("192.168.7.1")},
	{Address: netip.MustParseAddr("203.0.113.9")},
	{Address: netip.MustParseAddr("2001:db8::9")},
	{Address: netip.MustParseAddr("198.51.100.9")},
}

func plain(namespace, account, address string) *corev1.Pod {
	pod := meshed(namespace, account, address)
	delete(pod.Labels, labelMeshed)
	return pod
}

// drawCall makes a call that the callee's application could answer: what it is declared to speak is spoken. The kubelet sends probes.
func drawCall(random *rand.Rand, s scene, from []evaluate.Caller) evaluate.Call {
	call := evaluate.Call{From: from[random.IntN(len(from))], To: s.pods[random.IntN(len(s.pods))], Port: pick[int32](random, 8080, 8080, 8080, 8080, 8080, 9090, 9090, 3306, 7000)}
	if random.IntN(8) == 0 {
		return probing(call)
	}
	declared := declaredProtocol(s, call)
	if declared == "tcp" || declared == "" && random.IntN(8) == 0 {
		return call
	}
	call.Request = &evaluate.Request{
		Method: pick(random, "GET", "GET", "POST", "PUT"),
		Path:   pick(random, "/", "/a", "/a/", "/a/b", "/a/b/c", "/ab", "/healthz", "/b.S/M", "/b.S/N"),
		HTTP2:  declared == "kubernetes.io/h2c",
	}
	if random.IntN(4) == 0 {
		call.Request.Method, call.Request.Path = "POST", pick(random, "/b.S/M", "/b.S/N", "/b.T/M")
	}
	return call
}

// probing makes the call one of the kubelet's probes, where there is one.
func probing(call evaluate.Call) evaluate.Call {
	call.From, call.Port = evaluate.Caller{Node: true}, 8080
	call.Request = &evaluate.Request{Method: "GET", Path: "/", Headers: map[string][]string{"user-agent": {"kube-probe/1.36"}}}
	if probe := call.To.Spec.Containers[0].ReadinessProbe; probe != nil {
		call.Request.Path = probe.HTTPGet.Path
	}
	return call
}

// declaredProtocol is what a Service that leads to the port says of it.
func declaredProtocol(s scene, call evaluate.Call) string {
	declared := ""
	for _, service := range s.snapshot.Services {
		if !selects(service.Spec.Selector, call.To.Labels) {
			continue
		}
		for _, number := range numbersOf(service, call) {
			for _, port := range service.Spec.Ports {
				if port.Port == number && port.AppProtocol != nil {
					declared = *port.AppProtocol
				}
			}
		}
	}
	return declared
}
