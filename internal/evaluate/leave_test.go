package evaluate

import (
	"net/netip"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Sources of what is said of the ways out.
const (
	egressReference = "linkerd.io reference/egress-network"
	egressIndex     = "linkerd2 policy-controller/k8s/index/src/outbound/index/egress_network.rs"
	egressOutbound  = "linkerd2 policy-controller/grpc/src/outbound.rs"
	egressOpaque    = "linkerd2 policy-controller/k8s/index/src/outbound/index.rs reindex egress networks"
	egressTLS       = "linkerd2-proxy linkerd/app/outbound/src/tls, linkerd/tls/src/server/required_sni.rs"
	egressStatus    = "linkerd2 policy-controller/k8s/status/src/index.rs network_condition, make_egress_net_patch"
	egressAdmission = "linkerd2 policy-controller/runtime/src/admission.rs"
	egressBackend   = "linkerd2 policy-controller/grpc/src/outbound/tls.rs convert_backend"
)

func egressOf(namespace, name, spec string) string {
	return "apiVersion: policy.linkerd.io/v1alpha1\nkind: EgressNetwork\nmetadata: {namespace: " + namespace + ", name: " + name + ", annotations: {config.linkerd.io/opaque-ports: \"\"}}\nspec: " + spec
}

func wayOutOf(kind, name, parent, spec string) string {
	version := "gateway.networking.k8s.io/v1alpha2"
	if kind == kindHTTPRoute {
		version = "policy.linkerd.io/v1beta3"
	}
	return "apiVersion: " + version + "\nkind: " + kind + "\nmetadata: {namespace: shop, name: " + name + "}\nspec: {parentRefs: [{group: policy.linkerd.io, kind: EgressNetwork, " + parent + "}], " + spec + "}"
}

func leavingPod(labels map[string]string, annotations map[string]string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", Labels: labels, Annotations: annotations}}
}

func TestLeavingTheCluster(t *testing.T) {
	inMesh := leavingPod(map[string]string{labelControlPlane: "linkerd"}, nil)
	skips := leavingPod(map[string]string{labelControlPlane: "linkerd"}, map[string]string{annotationSkipOut: "443"})
	bare := leavingPod(nil, nil)
	deny, allow := egressOf("shop", "egress", "{trafficPolicy: Deny}"), egressOf("shop", "egress", "{trafficPolicy: Allow}")
	leadsOn := "rules: [{backendRefs: [{group: policy.linkerd.io, kind: EgressNetwork, name: egress}]}]"
	partner := wayOutOf(kindTLSRoute, "partner", "name: egress, port: 443", "hostnames: [api.partner.example], "+leadsOn)
	below := wayOutOf(kindTLSRoute, "below", "name: egress, port: 443", "hostnames: ['*.partner.example'], "+leadsOn)
	plainHost := wayOutOf(kindHTTPRoute, "plain", "name: egress, port: 80", "hostnames: [mirror.example], rules: [{matches: [{path: {type: PathPrefix, value: /}}], backendRefs: [{group: policy.linkerd.io, kind: EgressNetwork, name: egress, namespace: shop, weight: 1}]}]")
	bytes := wayOutOf(kindTCPRoute, "bytes", "name: egress, port: 443", leadsOn)
	to := func(text string) netip.AddrPort { return netip.MustParseAddrPort(text) }
	tls := func(from *corev1.Pod, name string) Departure {
		return Departure{From: from, To: to("203.0.113.7:443"), TLS: true, ServerName: name}
	}
	http := func(host string) Departure {
		return Departure{From: inMesh, To: to("203.0.113.7:80"), Request: &Request{Method: "GET", Path: "/", Host: host}}
	}
	for _, one := range []struct {
		sentence, source string
		objects          []string
		cluster          Cluster
		departure        Departure
		want             Outcome
		by               string
	}{
		{"Without an EgressNetwork everything leaves", egressReference, nil, Cluster{}, tls(inMesh, "a.example"), Delivered, ""},
		{"Allow lets through what no route is for", egressReference, []string{allow}, Cluster{}, tls(inMesh, "a.example"), Delivered, "EgressNetwork shop/egress"},
		{"Deny closes connections", egressReference, []string{deny}, Cluster{}, tls(inMesh, "a.example"), Refused, "EgressNetwork shop/egress"},
		{"Deny answers requests with 403", egressReference, []string{deny}, Cluster{}, http("a.example"), Forbidden, "EgressNetwork shop/egress"},
		{"A pod without a proxy asks no EgressNetwork", egressReference, []string{deny}, Cluster{}, tls(bare, "a.example"), Delivered, ""},
		{"A port that is skipped goes past the proxy", egressReference, []string{deny}, Cluster{}, tls(skips, "a.example"), Delivered, ""},
		{"A TLSRoute lets its host through", egressReference, []string{deny, partner}, Cluster{}, tls(inMesh, "api.partner.example"), Delivered, "TLSRoute shop/partner"},
		{"Server names have no case", egressTLS, []string{deny, partner}, Cluster{}, tls(inMesh, "API.partner.example"), Delivered, ""},
		{"A TLSRoute is for its hosts only", egressReference, []string{deny, partner}, Cluster{}, tls(inMesh, "other.example"), Refused, ""},
		{"A TLSRoute is for its port only", egressReference, []string{deny, partner}, Cluster{}, Departure{From: inMesh, To: to("203.0.113.7:8443"), TLS: true, ServerName: "api.partner.example"}, Refused, ""},
		{"A wildcard is any number of labels", egressTLS, []string{deny, below}, Cluster{}, tls(inMesh, "a.b.partner.example"), Delivered, ""},
		{"A wildcard is not the name itself", egressTLS, []string{deny, below}, Cluster{}, tls(inMesh, "partner.example"), Refused, ""},
		{"Without a server name no TLSRoute is for a connection", egressTLS, []string{deny, partner}, Cluster{}, tls(inMesh, ""), Refused, ""},
		{"Plain text on a port with TLSRoutes is refused, also where all is allowed", egressTLS, []string{allow, partner}, Cluster{}, Departure{From: inMesh, To: to("203.0.113.7:443"), Request: &Request{Method: "GET", Path: "/", Host: "api.partner.example"}}, Refused, ""},
		{"An HTTPRoute lets its host through", egressReference, []string{deny, plainHost}, Cluster{}, http("mirror.example"), Delivered, "HTTPRoute shop/plain"},
		{"An HTTPRoute is for its hosts only", egressReference, []string{deny, plainHost}, Cluster{}, http("other.example"), Forbidden, ""},
		{"TLS on a port with HTTPRoutes is bytes", egressOutbound, []string{deny, plainHost}, Cluster{}, Departure{From: inMesh, To: to("203.0.113.7:80"), TLS: true, ServerName: "mirror.example"}, Refused, ""},
		{"HTTPRoutes hide the TLSRoutes of the port", egressOutbound, []string{deny, partner, strings.Replace(plainHost, "port: 80", "port: 443", 1)}, Cluster{}, tls(inMesh, "api.partner.example"), Refused, ""},
		{"TLSRoutes hide the TCPRoutes of the port", egressOutbound, []string{deny, partner, bytes}, Cluster{}, tls(inMesh, "other.example"), Refused, ""},
		{"A TCPRoute lets bytes through", egressReference, []string{deny, bytes}, Cluster{}, Departure{From: inMesh, To: to("203.0.113.7:443")}, Delivered, "TCPRoute shop/bytes"},
		{"A route without a port is for none", egressAdmission, []string{deny, strings.Replace(partner, ", port: 443", "", 1)}, Cluster{}, tls(inMesh, "api.partner.example"), Refused, ""},
		{"A route that leads to another EgressNetwork leads nowhere", egressBackend, []string{deny, strings.Replace(partner, "name: egress}]}]", "name: other}]}]", 1)}, Cluster{}, tls(inMesh, "api.partner.example"), Refused, "TLSRoute shop/partner"},
		{"The networks of the cluster are not captured", egressReference, []string{deny}, Cluster{}, Departure{From: inMesh, To: to("10.1.2.3:443"), TLS: true, ServerName: "a.example"}, Delivered, ""},
		{"What the cluster's networks are is said at installation", egressReference, []string{deny}, Cluster{Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}}, Departure{From: inMesh, To: to("10.1.2.3:443")}, Refused, ""},
		{"Networks that are named capture nothing else", egressReference, []string{egressOf("shop", "egress", "{trafficPolicy: Deny, networks: [{cidr: 198.51.100.0/24}]}")}, Cluster{}, tls(inMesh, "a.example"), Delivered, ""},
		{"The smallest network counts", egressIndex, []string{deny, egressOf("shop", "small", "{trafficPolicy: Allow, networks: [{cidr: 203.0.113.0/24}]}")}, Cluster{}, tls(inMesh, "a.example"), Delivered, "EgressNetwork shop/small"},
		{"An exception is not captured", egressIndex, []string{egressOf("shop", "egress", "{trafficPolicy: Deny, networks: [{cidr: 203.0.113.0/24, except: [203.0.113.7/32]}]}")}, Cluster{}, tls(inMesh, "a.example"), Delivered, ""},
		{"Of equal networks the first name counts", egressIndex, []string{egressOf("shop", "b", "{trafficPolicy: Allow}"), egressOf("shop", "a", "{trafficPolicy: Deny}")}, Cluster{}, tls(inMesh, "a.example"), Refused, "EgressNetwork shop/a"},
		{"EgressNetworks for all count where the namespace has none", egressIndex, []string{egressOf("linkerd-egress", "all", "{trafficPolicy: Deny}")}, Cluster{}, tls(inMesh, "a.example"), Refused, "EgressNetwork linkerd-egress/all"},
		{"Any EgressNetwork of the namespace hides those for all", egressIndex, []string{egressOf("linkerd-egress", "all", "{trafficPolicy: Deny}"), egressOf("shop", "egress", "{trafficPolicy: Deny, networks: [{cidr: 198.51.100.0/24}]}")}, Cluster{}, tls(inMesh, "a.example"), Delivered, ""},
		{"Those of other namespaces never count", egressIndex, []string{egressOf("other", "egress", "{trafficPolicy: Deny}")}, Cluster{}, tls(inMesh, "a.example"), Delivered, ""},
		{"A default opaque port looks at no TLSRoute", egressOpaque, []string{strings.Replace(deny, `, annotations: {config.linkerd.io/opaque-ports: ""}`, "", 1), strings.Replace(partner, "443", "5432", 1)}, Cluster{}, Departure{From: inMesh, To: to("203.0.113.7:5432"), TLS: true, ServerName: "api.partner.example"}, Refused, ""},
		{"An empty list of opaque ports has none", egressOpaque, []string{deny, strings.Replace(partner, "443", "5432", 1)}, Cluster{}, Departure{From: inMesh, To: to("203.0.113.7:5432"), TLS: true, ServerName: "api.partner.example"}, Delivered, ""},
		{"A route takes part once its status says so", egressStatus, []string{deny, partner}, Cluster{Acceptance: AcceptedByStatus}, tls(inMesh, "api.partner.example"), Refused, ""},
		{"Routes for networks of the cluster are not accepted, and the EgressNetwork denies all the same", egressStatus, []string{egressOf("shop", "egress", "{trafficPolicy: Deny, networks: [{cidr: 10.20.0.0/16}]}"), bytes}, Cluster{}, Departure{From: inMesh, To: to("10.20.0.1:443")}, Refused, "EgressNetwork shop/egress"},
		{"A NetworkPolicy drops before the proxy is asked", conceptNetwork, []string{allow, networkPolicyOf("shop", "closed", "{podSelector: {}, policyTypes: [Egress]}")}, Cluster{}, tls(inMesh, "a.example"), Dropped, "NetworkPolicy shop/closed"},
		{"Where the NetworkPolicy lets through the EgressNetwork still denies", egressReference, []string{deny, networkPolicyOf("shop", "open", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}]}]}")}, Cluster{}, tls(inMesh, "a.example"), Refused, "EgressNetwork shop/egress"},
		{"A named port means nothing outside", apiNetwork, []string{networkPolicyOf("shop", "named", "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: https}]}]}")}, Cluster{}, tls(bare, "a.example"), Dropped, ""},
		{"Selectors mean pods, nothing outside", apiNetwork, []string{networkPolicyOf("shop", "pods", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}")}, Cluster{}, tls(bare, "a.example"), Dropped, ""},
	} {
		t.Run(one.sentence, func(t *testing.T) {
			if one.cluster.Acceptance == "" {
				one.cluster.Acceptance = AcceptedAlways
			}
			w, err := New(read(t, nil, one.objects), one.cluster)
			if err != nil {
				t.Fatal(err)
			}
			got := w.Leave(one.departure)
			if got.Outcome != one.want || one.by != "" && got.By.String() != one.by {
				t.Errorf("%s: %s by %s (%s)\nwant %s by %s", one.source, got.Outcome, got.By, got.Reason, one.want, one.by)
			}
			if !strings.HasSuffix(got.Reason, ".") || strings.Count(got.Reason, ". ") > 0 {
				t.Errorf("the reason is no sentence: %q", got.Reason)
			}
		})
	}
}
