package evaluate

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// More sources of sentences.
const (
	apiNetwork     = "kubernetes.io networking.k8s.io/v1 NetworkPolicy API reference"
	conceptNetwork = "kubernetes.io concepts/services-networking/network-policies"
	inboundBlocked = "linkerd.io common-errors/network-policy"
	transport      = "linkerd2 charts/linkerd-control-plane/values.yaml proxy.outboundTransportMode"
)

func networkPolicyOf(namespace, name, spec string) string {
	return "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: " + namespace + ", name: " + name + "}\nspec: " + spec
}

func TestNetworkPolicies(t *testing.T) {
	in := func(rules string) string {
		return networkPolicyOf("booksapp", "in", "{podSelector: {matchLabels: {app: authors}}, policyTypes: [Ingress], ingress: ["+rules+"]}")
	}
	out := func(rules string) string {
		return networkPolicyOf("booksapp", "out", "{podSelector: {matchLabels: {app: webapp}}, policyTypes: [Egress], egress: ["+rules+"]}")
	}
	team := "apiVersion: v1\nkind: Namespace\nmetadata: {name: elsewhere, labels: {team: red}}"
	deny := networkPolicyOf("booksapp", "deny", "{podSelector: {}}")
	get := func(from Caller) Call { return ask(from, "GET", "/authors.json") }
	old := Cluster{Transport: Transparent}
	onNode := func(p *corev1.Pod) { p.Spec.HostNetwork = true }
	check(t, documents, []example{
		{sentence: "Without a NetworkPolicy every packet may pass", source: conceptNetwork, call: get(far), want: Delivered},
		{sentence: "A pod that a policy selects is isolated", source: conceptNetwork, objects: []string{deny}, call: get(plain), want: Dropped, by: "NetworkPolicy booksapp/deny"},
		{sentence: "A pod that no policy selects is not isolated", source: conceptNetwork, objects: []string{networkPolicyOf("booksapp", "deny", "{podSelector: {matchLabels: {app: books}}}")}, call: get(plain), want: Delivered},
		{sentence: "A policy of another namespace selects nothing here", source: conceptNetwork, objects: []string{networkPolicyOf("other", "deny", "{podSelector: {}}")}, call: get(plain), want: Delivered},
		{sentence: "A policy about egress does not isolate for ingress", source: conceptNetwork, objects: []string{networkPolicyOf("booksapp", "out", "{podSelector: {}, policyTypes: [Egress], egress: [{}]}")}, call: get(far), want: Delivered},
		{sentence: "Without policyTypes a policy is about ingress", source: apiNetwork, objects: []string{networkPolicyOf("booksapp", "in", "{podSelector: {matchLabels: {app: authors}}}")}, call: get(plain), want: Dropped},
		{sentence: "Without policyTypes a policy with egress rules is about egress too", source: apiNetwork, objects: []string{networkPolicyOf("booksapp", "out", "{podSelector: {matchLabels: {app: webapp}}, egress: [{ports: [{port: 53}]}]}")}, call: get(webapp), want: Dropped},
		{sentence: "Policies are additive", source: conceptNetwork, objects: []string{deny, in("{from: [{podSelector: {matchLabels: {app: plain}}}]}")}, call: get(plain), want: Delivered},
		{sentence: "An empty rule allows everything", source: conceptNetwork, objects: []string{in("{}")}, call: get(outside), want: Delivered},
		{sentence: "A podSelector alone means the policy's namespace", source: apiNetwork, objects: []string{in("{from: [{podSelector: {matchLabels: {app: plain}}}]}")}, call: get(far), want: Dropped},
		{sentence: "A namespaceSelector alone means all pods of the namespaces", source: apiNetwork, objects: []string{team, in("{from: [{namespaceSelector: {matchLabels: {team: red}}}]}")}, call: get(far), want: Delivered},
		{sentence: "A namespaceSelector means no other namespace", source: apiNetwork, objects: []string{team, in("{from: [{namespaceSelector: {matchLabels: {team: red}}}]}")}, call: get(plain), want: Dropped},
		{sentence: "Every namespace has its name as a label", source: conceptNetwork, objects: []string{in("{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: elsewhere}}}]}")}, call: get(far), want: Delivered},
		{sentence: "Both selectors in one peer must match", source: conceptNetwork, objects: []string{team, in("{from: [{namespaceSelector: {matchLabels: {team: red}}, podSelector: {matchLabels: {app: webapp}}}]}")}, call: get(far), want: Dropped},
		{sentence: "Two peers are alternatives", source: conceptNetwork, objects: []string{team, in("{from: [{namespaceSelector: {matchLabels: {team: red}}}, {podSelector: {matchLabels: {app: webapp}}}]}")}, call: get(far), want: Delivered},
		{sentence: "An empty namespaceSelector means all namespaces", source: apiNetwork, objects: []string{in("{from: [{namespaceSelector: {}}]}")}, call: get(far), want: Delivered},
		{sentence: "Selectors mean pods, nothing outside", source: apiNetwork, objects: []string{in("{from: [{namespaceSelector: {}}]}")}, call: get(outside), want: Dropped},
		{sentence: "An ipBlock allows a network", source: apiNetwork, objects: []string{in("{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}")}, call: get(outside), want: Delivered},
		{sentence: "An ipBlock has exceptions", source: apiNetwork, objects: []string{in("{from: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.0/28]}}]}")}, call: get(outside), want: Dropped},
		{sentence: "A rule about a port allows that port", source: apiNetwork, objects: []string{in("{ports: [{port: 7001}]}")}, call: get(plain), want: Delivered},
		{sentence: "A rule about a port allows no other port", source: apiNetwork, objects: []string{in("{ports: [{port: 7002}]}")}, call: get(plain), want: Dropped},
		{sentence: "A rule about UDP allows no TCP", source: apiNetwork, objects: []string{in("{ports: [{port: 7001, protocol: UDP}]}")}, call: get(plain), want: Dropped},
		{sentence: "A rule about TCP without port allows all ports", source: apiNetwork, objects: []string{in("{ports: [{protocol: TCP}]}")}, call: get(plain), want: Delivered},
		{sentence: "A range of ports includes its ends", source: conceptNetwork, objects: []string{in("{ports: [{port: 7000, endPort: 7001}]}")}, call: get(plain), want: Delivered},
		{sentence: "A range of ports ends", source: conceptNetwork, objects: []string{in("{ports: [{port: 6000, endPort: 7000}]}")}, call: get(plain), want: Dropped},
		{sentence: "A named port is the container's", source: apiNetwork, objects: []string{in("{ports: [{port: service}]}")}, call: get(plain), want: Delivered},
		{sentence: "A named port that no container has allows nothing", source: apiNetwork, objects: []string{in("{ports: [{port: http}]}")}, call: get(plain), want: Dropped},
		{sentence: "Both sides must allow: the caller's does not", source: conceptNetwork, objects: []string{in("{}"), out("{to: [{podSelector: {matchLabels: {app: books}}}]}")}, call: get(webapp), want: Dropped, by: "NetworkPolicy booksapp/out"},
		{sentence: "Both sides must allow: the callee's does not", source: conceptNetwork, objects: []string{in("{from: [{podSelector: {matchLabels: {app: books}}}]}"), out("{}")}, call: get(webapp), want: Dropped, by: "NetworkPolicy booksapp/in"},
		{sentence: "Ports of egress are the callee's", source: apiNetwork, objects: []string{out("{to: [{podSelector: {matchLabels: {app: authors}}}], ports: [{port: service}]}")}, cluster: old, call: get(webapp), want: Delivered},
		{sentence: "A pod can always be reached from its own node", source: conceptNetwork, objects: []string{deny}, call: ask(kubelet, "GET", "/ping"), want: Delivered},
		{sentence: "A pod cannot block itself", source: conceptNetwork, objects: []string{deny}, call: get(Caller{Pod: authors(unmeshed)}).of(authors(unmeshed)), want: Delivered},
		{sentence: "Pods on their node's network are outside of policies", source: conceptNetwork, objects: []string{deny}, call: get(plain).of(authors(unmeshed, onNode)), want: Delivered},
		{sentence: "Meshed calls arrive at port 4143", source: inboundBlocked, objects: []string{in("{ports: [{port: 7001}]}")}, call: get(webapp), want: Dropped, by: "NetworkPolicy booksapp/in"},
		{sentence: "A policy that allows 4143 lets meshed calls pass", source: inboundBlocked, objects: []string{in("{ports: [{port: 4143}]}")}, call: get(webapp), want: Delivered},
		{sentence: "A policy that allows 4143 only drops plain callers", source: inboundBlocked, objects: []string{in("{ports: [{port: 4143}]}")}, call: get(plain), want: Dropped},
		{sentence: "Calls to a pod without proxy arrive at its port", source: inboundBlocked, objects: []string{in("{ports: [{port: 7001}]}")}, call: get(webapp).of(authors(unmeshed)), want: Delivered},
		{sentence: "Calls on a port that the caller skips arrive at that port", source: referenceProxy, objects: []string{in("{ports: [{port: 7001}]}")}, call: get(Caller{Pod: pod("booksapp", "webapp", "10.244.1.11", annotated(annotationSkipOut, "7001"))}), want: Delivered},
		{sentence: "What the caller skips is the port that it dials", source: referenceProxy, objects: []string{in("{ports: [{port: 7001}]}")}, call: dialing(get(Caller{Pod: pod("booksapp", "webapp", "10.244.1.11", annotated(annotationSkipOut, "7001"))}), 80), want: Dropped},
		{sentence: "Before 2.18 meshed calls arrive at the application's port", source: transport, cluster: old, objects: []string{in("{ports: [{port: 7001}]}")}, call: get(webapp), want: Delivered},
		{sentence: "Before 2.18 meshed calls of opaque ports arrive at 4143", source: transport, cluster: old, objects: []string{in("{ports: [{port: 7001}]}")}, call: get(webapp).of(authors(annotated(annotationOpaque, "7001"))), want: Dropped},
		{sentence: "The port of the proxy may be another", source: referenceProxy, objects: []string{in("{ports: [{port: 5143}]}")}, call: get(webapp).of(authors(annotated(annotationInboundPort, "5143"))), want: Delivered},
		{sentence: "The port of a proxy beside the containers has its name", source: apiNetwork, objects: []string{in("{ports: [{port: linkerd-proxy}]}")}, call: get(webapp).of(authors(proxyAs(false))), want: Delivered},
		{sentence: "The port of a proxy as native sidecar has its name too", source: "kubernetes.io concepts/workloads/pods/sidecar-containers", objects: []string{in("{ports: [{port: linkerd-proxy}]}")}, call: get(webapp).of(authors(proxyAs(true))), want: Delivered},
		{sentence: "The mesh decides about what the network lets pass", source: referencePol, objects: append([]string{in("{ports: [{port: 4143}]}")}, booksapp...), call: get(stranger), want: Forbidden, by: "HTTPRoute booksapp/authors-get"},
		{sentence: "The network decides about what the mesh would let pass", source: conceptNetwork, objects: append([]string{deny}, booksapp...), call: get(books), want: Dropped, by: "NetworkPolicy booksapp/deny"},
	})
}

func dialing(call Call, port int32) Call {
	call.Dialed = port
	return call
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	for _, text := range []string{
		networkPolicyOf("booksapp", "p", "{podSelector: {matchExpressions: [{key: a, operator: Near}]}}"),
		networkPolicyOf("booksapp", "p", "{podSelector: {}, egress: [{to: [{podSelector: {matchExpressions: [{key: a, operator: Near}]}}]}]}"),
		networkPolicyOf("booksapp", "p", "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: a, operator: Near}]}}]}]}"),
		object("v1beta3", "Server", "p", "{podSelector: {matchExpressions: [{key: a, operator: Near}]}, port: 1}"),
		object("v1beta3", "HTTPRoute", "p", routeSpec("{path: {type: RegularExpression, value: '('}}")),
		object("v1beta3", "Server", "p", "[]"),
	} {
		if w, err := New(read(t, nil, []string{text}), Cluster{}); err == nil {
			t.Errorf("read as %v: %s", w, text)
		} else {
			t.Log(err)
		}
	}
}
