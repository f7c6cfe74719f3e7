package evaluate

import (
	"net/netip"
	"testing"
)

func address(text string) netip.Addr { return netip.MustParseAddr(text) }

// Sources of the sentences.
const (
	featurePolicy  = "linkerd.io features/server-policy"
	referencePol   = "linkerd.io reference/authorization-policy"
	taskPerRoute   = "linkerd.io tasks/configuring-per-route-policy"
	taskRestrict   = "linkerd.io tasks/restricting-access"
	referenceProxy = "linkerd.io reference/proxy-configuration"
	index          = "linkerd2 policy-controller/k8s/index/src/inbound/index.rs"
	indexServer    = "linkerd2 policy-controller/k8s/index/src/inbound/server.rs"
	indexSAZ       = "linkerd2 policy-controller/k8s/index/src/inbound/server_authorization.rs"
	indexRoutes    = "linkerd2 policy-controller/k8s/index/src/inbound/routes.rs"
	indexWorkload  = "linkerd2 policy-controller/k8s/index/src/inbound/workload.rs"
	indexDefaults  = "linkerd2 policy-controller/k8s/index/src/defaults.rs"
	indexStatus    = "linkerd2 policy-controller/k8s/index/src/inbound/routes.rs accepted_by_server, k8s/status/src/index.rs"
	indexTLS       = "linkerd2 policy-controller/k8s/index/src/inbound/meshtls_authentication.rs, cluster_info.rs"
	grpcOrder      = "linkerd2 policy-controller/grpc/src/inbound/http.rs"
	grpcProtocol   = "linkerd2 policy-controller/grpc/src/inbound.rs"
	proxyMatch     = "linkerd2-proxy linkerd/http/route/src/lib.rs, http/match/path.rs"
	proxyGRPC      = "linkerd2-proxy linkerd/http/route/src/grpc/match.rs"
	proxyHost      = "linkerd2-proxy linkerd/http/route/src/http/match/host.rs"
	proxyPolicy    = "linkerd2-proxy linkerd/app/inbound/src/policy.rs is_tls_authorized"
	proxyServer    = "linkerd2-proxy linkerd/proxy/server-policy/src/lib.rs"
	proxyNetwork   = "linkerd2-proxy linkerd/proxy/server-policy/src/authz/network.rs"
	proxyDetect    = "linkerd2-proxy linkerd/app/inbound/src/detect.rs"
	proxyHTTP      = "linkerd2-proxy linkerd/app/inbound/src/policy/http.rs"
	issue10775     = "github.com/linkerd/linkerd2/issues/10775"
	issue13676     = "github.com/linkerd/linkerd2/issues/13676"
)

// meta writes the head of a document.
func object(version, kind, name, rest string) string {
	return "apiVersion: policy.linkerd.io/" + version + "\nkind: " + kind + "\nmetadata: {namespace: booksapp, name: " + name + "}\nspec: " + rest
}

func serverSpec(more string) string {
	return "{podSelector: {matchLabels: {app: authors}}, port: service" + more + "}"
}

func routeSpec(matches string) string {
	return "{parentRefs: [{group: policy.linkerd.io, kind: Server, name: authors}], rules: [{matches: [" + matches + "]}]}"
}

func policySpec(kind, name, refs string) string {
	return "{targetRef: {group: policy.linkerd.io, kind: " + kind + ", name: " + name + "}, requiredAuthenticationRefs: [" + refs + "]}"
}

const (
	refBooks   = "{group: policy.linkerd.io, kind: MeshTLSAuthentication, name: readers}"
	refPods    = "{group: policy.linkerd.io, kind: NetworkAuthentication, name: pods}"
	refAll     = "{group: policy.linkerd.io, kind: NetworkAuthentication, name: everywhere}"
	refWebapp  = "{kind: ServiceAccount, name: webapp}"
	refMissing = "{group: policy.linkerd.io, kind: MeshTLSAuthentication, name: missing}"
	sazWebapp  = "{server: {name: authors}, client: {meshTLS: {serviceAccounts: [{name: webapp}]}}}"
	pathGet    = "{path: {value: /authors.json}, method: GET}, {path: {value: /authors/, type: PathPrefix}, method: GET}"
)

// documents are the objects of the documentation's example: https://linkerd.io/2-edge/tasks/configuring-per-route-policy/
var documents = map[string]string{
	"server":             object("v1beta3", "Server", "authors", serverSpec("")),
	"server by number":   object("v1beta3", "Server", "authors", "{podSelector: {matchLabels: {app: authors}}, port: 7001}"),
	"server opaque":      object("v1beta3", "Server", "authors", serverSpec(", proxyProtocol: opaque")),
	"server HTTP/1":      object("v1beta3", "Server", "authors", serverSpec(", proxyProtocol: HTTP/1")),
	"server HTTP/2":      object("v1beta3", "Server", "authors", serverSpec(", proxyProtocol: HTTP/2")),
	"server gRPC":        object("v1beta3", "Server", "authors", serverSpec(", proxyProtocol: gRPC")),
	"server audit":       object("v1beta3", "Server", "authors", serverSpec(", accessPolicy: audit")),
	"server meshed":      object("v1beta3", "Server", "authors", serverSpec(", accessPolicy: all-authenticated")),
	"old server":         object("v1beta1", "Server", "authors", serverSpec(", proxyProtocol: unknown")),
	"route get":          object("v1beta3", "HTTPRoute", "authors-get", routeSpec(pathGet)),
	"route all":          object("v1beta3", "HTTPRoute", "authors-all", routeSpec("{path: {type: PathPrefix, value: /}}")),
	"route probe":        object("v1beta3", "HTTPRoute", "authors-probe", routeSpec("{path: {type: Exact, value: /ping}, method: GET}")),
	"policy get":         object("v1alpha1", "AuthorizationPolicy", "authors-get", policySpec("HTTPRoute", "authors-get", refBooks)),
	"policy probe":       object("v1alpha1", "AuthorizationPolicy", "authors-probe", policySpec("HTTPRoute", "authors-probe", refAll)),
	"policy all":         object("v1alpha1", "AuthorizationPolicy", "authors-all", policySpec("HTTPRoute", "authors-all", refBooks)),
	"policy webapp":      object("v1alpha1", "AuthorizationPolicy", "authors", policySpec("Server", "authors", refWebapp)),
	"policy namespace":   object("v1alpha1", "AuthorizationPolicy", "booksapp", "{targetRef: {kind: Namespace, name: booksapp}, requiredAuthenticationRefs: ["+refWebapp+"]}"),
	"policy nobody asks": object("v1alpha1", "AuthorizationPolicy", "open", policySpec("Server", "authors", "")),
	"policy both":        object("v1alpha1", "AuthorizationPolicy", "both", policySpec("Server", "authors", refBooks+", "+refPods)),
	"policy missing":     object("v1alpha1", "AuthorizationPolicy", "broken", policySpec("Server", "authors", refMissing)),
	"readers": object("v1alpha1", "MeshTLSAuthentication", "readers",
		"{identities: [books.booksapp.serviceaccount.identity.linkerd.cluster.local, webapp.booksapp.serviceaccount.identity.linkerd.cluster.local]}"),
	"readers by reference":  object("v1alpha1", "MeshTLSAuthentication", "readers", "{identityRefs: [{kind: ServiceAccount, name: books}, {kind: ServiceAccount, name: webapp}]}"),
	"readers by namespace":  object("v1alpha1", "MeshTLSAuthentication", "readers", "{identityRefs: [{kind: Namespace, name: booksapp}]}"),
	"readers by suffix":     object("v1alpha1", "MeshTLSAuthentication", "readers", "{identities: ['*.booksapp.serviceaccount.identity.linkerd.cluster.local']}"),
	"readers are the mesh":  object("v1alpha1", "MeshTLSAuthentication", "readers", "{identities: ['*']}"),
	"readers by trust":      object("v1alpha1", "MeshTLSAuthentication", "readers", "{identities: ['spiffe://root.linkerd.cluster.local/vm']}"),
	"readers of other kind": object("v1alpha1", "MeshTLSAuthentication", "readers", "{identityRefs: [{kind: ServiceAccount, name: books}, {kind: Group, name: webapp}]}"),
	"everywhere":            object("v1alpha1", "NetworkAuthentication", "everywhere", "{networks: [{cidr: 0.0.0.0/0}, {cidr: '::/0'}]}"),
	"pods":                  object("v1alpha1", "NetworkAuthentication", "pods", "{networks: [{cidr: 10.244.0.0/16, except: [10.244.2.0/24]}]}"),
	"saz webapp":            object("v1beta1", "ServerAuthorization", "authors", sazWebapp),
}

// booksapp is the example of the documentation at its end.
var booksapp = []string{"server", "route get", "policy get", "readers", "route probe", "policy probe", "everywhere"}

func TestDefaultPolicies(t *testing.T) {
	annotation := annotated
	to := func(from Caller, policy string) Call {
		return ask(from, "GET", "/authors.json").of(authors(annotation(annotationDefault, policy)))
	}
	small := Cluster{Networks: []netip.Prefix{netip.MustParsePrefix("10.244.0.0/22")}}
	check(t, documents, []example{
		{sentence: "By default all traffic is allowed", source: featurePolicy, call: ask(outside, "GET", "/authors.json"), want: Delivered, by: "default inbound policy all-unauthenticated"},
		{sentence: "all-authenticated allows meshed clients", source: featurePolicy, call: to(stranger, "all-authenticated"), want: Delivered, by: "Pod booksapp/authors"},
		{sentence: "all-authenticated allows meshed clients only", source: featurePolicy, call: to(plain, "all-authenticated"), want: Forbidden, by: "Pod booksapp/authors"},
		{sentence: "cluster-authenticated allows meshed clients of the same cluster", source: referencePol, call: to(webapp, "cluster-authenticated"), want: Delivered},
		{sentence: "cluster-authenticated allows no plain client of the cluster", source: referencePol, call: to(plain, "cluster-authenticated"), want: Forbidden},
		{sentence: "cluster-authenticated allows no client from outside its networks", source: referencePol, cluster: small, call: to(Caller{Pod: pod("elsewhere", "far", "10.250.0.1")}, "cluster-authenticated"), want: Forbidden},
		{sentence: "cluster-unauthenticated allows plain clients of the same cluster", source: referencePol, call: to(plain, "cluster-unauthenticated"), want: Delivered},
		{sentence: "cluster-unauthenticated allows nobody from outside", source: referencePol, call: to(outside, "cluster-unauthenticated"), want: Forbidden},
		{sentence: "deny prohibits any traffic to a meshed pod", source: featurePolicy, call: to(webapp, "deny"), want: Forbidden},
		{sentence: "Traffic that is no HTTP is denied by refusing the connection", source: featurePolicy, call: connect(webapp).of(authors(annotation(annotationDefault, "deny"))), want: Refused},
		{sentence: "audit allows and flags", source: featurePolicy, call: to(outside, "audit"), want: Delivered, audit: Audited},
		{sentence: "The cluster-wide default can be set at installation", source: referencePol, cluster: Cluster{DefaultPolicy: "deny"}, call: ask(webapp, "GET", "/"), want: Forbidden, by: "default inbound policy deny"},
		{sentence: "The pod's annotation overrides the cluster's default", source: referencePol, cluster: Cluster{DefaultPolicy: "deny"}, call: to(plain, "all-unauthenticated"), want: Delivered},
		{sentence: "An annotation that means nothing is ignored", source: indexWorkload, cluster: Cluster{DefaultPolicy: "deny"}, call: to(webapp, "all_authenticated"), want: Forbidden},
		{sentence: "Policy can only be enforced on meshed pods", source: featurePolicy, objects: []string{"server"}, call: ask(outside, "GET", "/").of(authors(unmeshed)), want: Delivered, by: "default no policy"},
		{sentence: "Probes are authorized where no Server is configured", source: featurePolicy, cluster: Cluster{DefaultPolicy: "deny"}, call: ask(kubelet, "GET", "/ping"), want: Delivered, by: "default authorization probe"},
		{sentence: "Only the exact paths of probes are authorized", source: index + " default_inbound_http_routes", cluster: Cluster{DefaultPolicy: "deny"}, call: ask(kubelet, "GET", "/ping/more"), want: Forbidden},
		{sentence: "Only GET is authorized for probes", source: index + " default_inbound_http_routes", cluster: Cluster{DefaultPolicy: "deny"}, call: ask(kubelet, "POST", "/ping"), want: Forbidden},
		{
			sentence: "Probes may be limited to networks", source: index + " default_inbound_http_routes",
			cluster: Cluster{DefaultPolicy: "deny", ProbeNetworks: []netip.Prefix{netip.MustParsePrefix("192.168.1.0/24")}}, call: ask(plain, "GET", "/ping"), want: Forbidden,
		},
		{
			sentence: "Probes of nodes within these networks stay authorized", source: index + " default_inbound_http_routes",
			cluster: Cluster{DefaultPolicy: "deny", ProbeNetworks: []netip.Prefix{netip.MustParsePrefix("192.168.1.0/24")}}, call: ask(kubelet, "GET", "/ping"), want: Delivered,
		},
		{
			sentence: "Ports may require identity", source: index + " default_inbound_server",
			call: ask(plain, "GET", "/").of(authors(annotation(annotationIdentity, "7000-7010"))), want: Forbidden,
		},
		{
			sentence: "Ports that require identity allow every meshed client", source: index + " default_inbound_server",
			call: ask(stranger, "GET", "/").of(authors(annotation(annotationIdentity, "7000-7010"))), want: Delivered,
		},
		{
			sentence: "On an opaque port there are no probes to authorize", source: grpcProtocol, cluster: Cluster{DefaultPolicy: "deny"},
			call: ask(kubelet, "GET", "/ping").of(authors(annotation(annotationOpaque, "7001"))), want: Refused,
		},
		{
			sentence: "Skipped inbound ports have no policy", source: referenceProxy, cluster: Cluster{DefaultPolicy: "deny"},
			objects: []string{"server"}, call: ask(plain, "GET", "/").of(authors(annotation(annotationSkipIn, "7001"))), want: Delivered,
		},
		{
			sentence: "A client that skips an outbound port arrives in plain text", source: referenceProxy,
			call: to(Caller{Pod: pod("booksapp", "webapp", "10.244.1.11", annotation(annotationSkipOut, "7001,9000"))}, "all-authenticated"), want: Forbidden,
		},
		{sentence: "The proxy always permits traffic from localhost", source: proxyServer, cluster: Cluster{DefaultPolicy: "deny"}, call: ask(Caller{Address: address("127.0.0.1")}, "GET", "/"), want: Delivered},
	})
}

func TestServers(t *testing.T) {
	younger := `apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: {namespace: booksapp, name: aaa, creationTimestamp: "2026-01-02T00:00:00Z"}
spec: {podSelector: {}, port: 7001, accessPolicy: all-unauthenticated}`
	elder := `apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: {namespace: booksapp, name: zzz, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {podSelector: {matchExpressions: [{key: app, operator: In, values: [authors, books]}]}, port: 7001}`
	check(t, documents, []example{
		{sentence: "With a Server all traffic to the port is denied unless authorized", source: referencePol, objects: []string{"server"}, call: ask(webapp, "GET", "/authors.json"), want: Forbidden, by: "Server booksapp/authors"},
		{sentence: "A Server of an older version denies too", source: referencePol, objects: []string{"old server"}, call: ask(webapp, "GET", "/authors.json"), want: Forbidden},
		{sentence: "A Server is about its port only", source: referencePol, objects: []string{"server"}, call: ask(webapp, "GET", "/").at(9990), want: Delivered, by: "default inbound policy all-unauthenticated"},
		{sentence: "A Server is about the pods of its namespace only", source: referencePol, objects: []string{"server"}, call: ask(webapp, "GET", "/").of(pod("elsewhere", "authors", "10.244.9.9", serving)), want: Delivered},
		{sentence: "A Server is about the pods that it selects only", source: referencePol, objects: []string{"server"}, call: ask(webapp, "GET", "/").of(pod("booksapp", "books", "10.244.9.9", serving)), want: Delivered},
		{sentence: "A port without name is not listed in an empty annotation", source: referenceProxy, objects: []string{"server by number"}, call: ask(webapp, "GET", "/").of(authors(nameless)), want: Forbidden},
		{sentence: "A Server by number needs no declared port", source: index + " select_ports", objects: []string{"server by number"}, call: ask(webapp, "GET", "/").of(pod("booksapp", "authors", "10.244.9.9")), want: Forbidden},
		{sentence: "A Server by name needs a container with the name", source: index + " select_ports", objects: []string{"server"}, call: ask(webapp, "GET", "/").of(pod("booksapp", "authors", "10.244.9.9")), want: Delivered},
		{sentence: "Probes are authorized with a Server without routes", source: featurePolicy, objects: []string{"server"}, call: ask(kubelet, "GET", "/ping"), want: Delivered, by: "default authorization probe"},
		{sentence: "The accessPolicy holds for whom nothing else allows", source: referencePol, objects: []string{"server meshed"}, call: ask(stranger, "GET", "/"), want: Delivered, by: "Server booksapp/authors"},
		{sentence: "The accessPolicy all-authenticated does not hold for plain clients", source: referencePol, objects: []string{"server meshed"}, call: ask(plain, "GET", "/"), want: Forbidden},
		{sentence: "A Server that audits blocks nothing", source: featurePolicy, objects: []string{"server audit"}, call: ask(outside, "DELETE", "/"), want: Delivered, audit: Audited},
		{sentence: "What a Server that audits grants may be logged all the same", source: grpcProtocol + " to_server", objects: []string{"server audit", "policy webapp"}, call: ask(webapp, "GET", "/"), want: Delivered, by: "AuthorizationPolicy booksapp/authors", audit: MayBeAudited},
		{sentence: "What a route grants is not audited", source: "linkerd2-proxy linkerd/proxy/server-policy/src/authz.rs mk_authorizations", objects: []string{"server audit", "route all", "policy all", "readers"}, call: ask(webapp, "GET", "/"), want: Delivered, by: "AuthorizationPolicy booksapp/authors-all"},
		{sentence: "Probes are not audited", source: index + " default_inbound_http_routes", objects: []string{"server audit"}, call: ask(kubelet, "GET", "/ping"), want: Delivered, by: "default authorization probe"},
		{sentence: "A Server that audits answers requests of no route with 404 all the same", source: proxyHTTP, objects: []string{"server audit", "route get"}, call: ask(webapp, "DELETE", "/"), want: NotFound},
		{sentence: "Of two Servers on a port the oldest counts", source: issue13676, objects: []string{younger, elder}, call: ask(webapp, "GET", "/"), want: Forbidden, by: "Server booksapp/zzz"},
		{sentence: "The Server supersedes the pod's opaque ports", source: referencePol, objects: []string{"server", "policy webapp"}, call: ask(stranger, "GET", "/").of(authors(annotated(annotationOpaque, "7001"))), want: Forbidden},
		{sentence: "An opaque Server refuses connections", source: proxyDetect, objects: []string{"server opaque", "policy webapp"}, call: ask(books, "GET", "/"), want: Refused},
		{sentence: "An opaque Server knows clients too", source: proxyDetect, objects: []string{"server opaque", "policy webapp"}, call: connect(webapp), want: Delivered},
		{sentence: "Routes on an opaque Server do nothing", source: grpcProtocol, objects: []string{"server opaque", "policy webapp", "route get"}, call: ask(webapp, "DELETE", "/"), want: Delivered},
		{sentence: "Detection lets other protocols through to those who may call the Server", source: proxyDetect, objects: []string{"server", "policy webapp"}, call: connect(webapp), want: Delivered},
		{sentence: "A Server for HTTP/1 refuses other protocols", source: "linkerd2-proxy linkerd/app/inbound/src/policy/tcp.rs check_authorized", objects: []string{"server HTTP/1", "policy webapp"}, call: connect(webapp), want: Refused},
		{sentence: "A Server for HTTP/2 breaks HTTP/1 probes", source: issue10775, objects: []string{"server HTTP/2"}, call: ask(kubelet, "GET", "/ping"), want: Refused},
		{sentence: "A Server for HTTP/2 takes HTTP/1 from other proxies, which upgrade it", source: proxyDetect, objects: []string{"server HTTP/2", "policy webapp"}, call: ask(webapp, "GET", "/"), want: Delivered},
		{sentence: "A Server for HTTP/1 takes no HTTP/2 in plain text", source: proxyDetect, objects: []string{"server HTTP/1", "policy nobody asks"}, call: rpc(plain, "/a/b"), want: Refused},
	})
}

func TestAuthorizations(t *testing.T) {
	selecting := object("v1beta1", "ServerAuthorization", "all", "{server: {selector: {matchLabels: {tier: back}}}, client: {unauthenticated: true, networks: [{cidr: 0.0.0.0/0}]}}")
	labelled := "apiVersion: policy.linkerd.io/v1beta1\nkind: Server\nmetadata: {namespace: booksapp, name: authors, labels: {tier: back}}\nspec: " + serverSpec("")
	saz := func(client string) string {
		return object("v1beta1", "ServerAuthorization", "saz", "{server: {name: authors}, client: "+client+"}")
	}
	foreign := `apiVersion: policy.linkerd.io/v1alpha1
kind: MeshTLSAuthentication
metadata: {namespace: elsewhere, name: webapps}
spec: {identityRefs: [{kind: ServiceAccount, name: webapp}]}`
	vm := Caller{Identity: "spiffe://root.linkerd.cluster.local/vm", Address: address("192.0.2.9")}
	get := func(from Caller) Call { return ask(from, "GET", "/authors.json") }
	onServer := func(authentication string) []string {
		return []string{"server", object("v1alpha1", "AuthorizationPolicy", "p", policySpec("Server", "authors", refBooks)), authentication}
	}
	check(t, documents, []example{
		{sentence: "An AuthorizationPolicy authorizes a ServiceAccount to send to a Server", source: referencePol, objects: []string{"server", "policy webapp"}, call: get(webapp), want: Delivered, by: "AuthorizationPolicy booksapp/authors"},
		{sentence: "It authorizes no other ServiceAccount", source: referencePol, objects: []string{"server", "policy webapp"}, call: get(books), want: Forbidden},
		{sentence: "A ServiceAccount of another namespace is another one", source: referencePol, objects: []string{"server", "policy webapp"}, call: get(stranger), want: Forbidden},
		{sentence: "A client without proxy has no identity", source: referencePol, objects: []string{"server", "policy webapp"}, call: get(Caller{Pod: pod("booksapp", "webapp", "10.244.1.11", unmeshed)}), want: Forbidden},
		{sentence: "A policy for the namespace is about all its Servers", source: referencePol, objects: []string{"server", "policy namespace"}, call: get(webapp), want: Delivered, by: "AuthorizationPolicy booksapp/booksapp"},
		{sentence: "A policy for the namespace is not about ports without Server", source: index + " default_inbound_server", cluster: Cluster{DefaultPolicy: "deny"}, objects: []string{"policy namespace"}, call: get(webapp), want: Forbidden},
		{sentence: "No required authentication means everybody", source: index + " policy_client_authz", objects: []string{"server", "policy nobody asks"}, call: get(outside), want: Delivered},
		{sentence: "All required authentications must match: both do", source: referencePol, objects: []string{"server", "policy both", "readers", "pods"}, call: get(webapp), want: Delivered},
		{sentence: "All required authentications must match: the network does not", source: referencePol, objects: []string{"server", "policy both", "readers", "pods"}, call: get(books), want: Forbidden},
		{sentence: "All required authentications must match: the identity does not", source: referencePol, objects: []string{"server", "policy both", "readers", "pods"}, call: get(plain), want: Forbidden},
		{sentence: "A policy that refers to nothing is ignored", source: index + " policy_client_authz", objects: []string{"server", "policy missing"}, call: get(webapp), want: Forbidden},
		{sentence: "Identities match to the letter", source: referencePol, objects: onServer("readers"), call: get(books), want: Delivered},
		{sentence: "Identities may be given by reference to ServiceAccounts", source: referencePol, objects: onServer("readers by reference"), call: get(books), want: Delivered},
		{sentence: "A reference to a namespace means its ServiceAccounts", source: indexTLS, objects: onServer("readers by namespace"), call: get(webapp), want: Delivered},
		{sentence: "A reference to a namespace means no other namespace's", source: indexTLS, objects: onServer("readers by namespace"), call: get(stranger), want: Forbidden},
		{sentence: "A * prefix matches all identities of a domain", source: referencePol, objects: onServer("readers by suffix"), call: get(webapp), want: Delivered},
		{sentence: "A * prefix matches no identity of another domain", source: referencePol, objects: onServer("readers by suffix"), call: get(stranger), want: Forbidden},
		{sentence: "An identity of * means all meshed clients", source: referencePol, objects: onServer("readers are the mesh"), call: get(stranger), want: Delivered},
		{sentence: "An identity of * means meshed clients only", source: referencePol, objects: onServer("readers are the mesh"), call: get(plain), want: Forbidden},
		{sentence: "The ids of SPIFFE match exactly", source: proxyPolicy, objects: onServer("readers by trust"), call: get(vm), want: Delivered},
		{sentence: "The ids of SPIFFE match no suffix", source: proxyPolicy, objects: onServer("readers are the mesh"), call: get(vm), want: Forbidden},
		{sentence: "A reference to another kind spoils an authentication", source: indexTLS, objects: onServer("readers of other kind"), call: get(books), want: Forbidden},
		{
			sentence: "An authentication may lie in another namespace", source: index + " policy_client_authz", call: get(stranger), want: Delivered,
			objects: []string{"server", object("v1alpha1", "AuthorizationPolicy", "p", policySpec("Server", "authors", "{group: policy.linkerd.io, kind: MeshTLSAuthentication, name: webapps, namespace: elsewhere}")), foreign},
		},
		{
			sentence: "The trust domain and the control plane's namespace are part of identities", source: indexTLS, cluster: Cluster{TrustDomain: "bank.example", ControlPlaneNamespace: "mesh"},
			objects: onServer("readers"), call: get(books), want: Forbidden,
		},
		{sentence: "A ServerAuthorization allows ServiceAccounts", source: referencePol, objects: []string{"old server", "saz webapp"}, call: get(webapp), want: Delivered, by: "ServerAuthorization booksapp/authors"},
		{sentence: "A ServiceAccount without namespace is of the authorization's own", source: referencePol, objects: []string{"old server", "saz webapp"}, call: get(stranger), want: Forbidden},
		{sentence: "A ServerAuthorization selects Servers by label", source: referencePol, objects: []string{labelled, selecting}, call: get(outside), want: Delivered},
		{sentence: "A ServerAuthorization is not about Servers without the label", source: referencePol, objects: []string{"old server", selecting}, call: get(outside), want: Forbidden},
		{sentence: "A ServerAuthorization without networks means the cluster's", source: grpcProtocol, objects: []string{"old server", saz("{unauthenticated: true}")}, call: get(plain), want: Delivered},
		{sentence: "A ServerAuthorization without networks means nobody outside", source: grpcProtocol, objects: []string{"old server", saz("{unauthenticated: true}")}, call: get(outside), want: Forbidden},
		{sentence: "A network may have exceptions", source: proxyNetwork, objects: []string{"old server", saz("{unauthenticated: true, networks: [{cidr: 10.244.0.0/16, except: [10.244.4.0/24]}]}")}, call: get(plain), want: Forbidden},
		{sentence: "unauthenticatedTLS admits every meshed client", source: indexSAZ, objects: []string{"old server", saz("{meshTLS: {unauthenticatedTLS: true}}")}, call: get(stranger), want: Delivered},
		{sentence: "An authorization that authorizes no clients is ignored", source: indexSAZ, objects: []string{"old server", saz("{meshTLS: {}}")}, call: get(webapp), want: Forbidden},
		{sentence: "Both kinds of authorization on one Server are alternatives", source: index + " client_authzs", objects: []string{"server", "policy webapp", saz("{meshTLS: {serviceAccounts: [{name: books}]}}")}, call: get(books), want: Delivered},
	})
}

func TestRoutes(t *testing.T) {
	route := func(name, matches string) string { return object("v1beta3", "HTTPRoute", name, routeSpec(matches)) }
	aged := func(name, day, matches string) string {
		return "apiVersion: policy.linkerd.io/v1beta3\nkind: HTTPRoute\nmetadata: {namespace: booksapp, name: " + name + ", creationTimestamp: \"2026-01-" + day + "T00:00:00Z\"}\nspec: " + routeSpec(matches)
	}
	open := func(route string) string {
		return object("v1alpha1", "AuthorizationPolicy", "open-"+route, policySpec("HTTPRoute", route, refAll))
	}
	accepted := `apiVersion: policy.linkerd.io/v1beta3
kind: HTTPRoute
metadata: {namespace: booksapp, name: authors-get}
spec: ` + routeSpec(pathGet) + `
status: {parents: [{parentRef: {group: policy.linkerd.io, kind: Server, name: authors, namespace: booksapp}, controllerName: linkerd.io/policy-controller, conditions: [{type: Accepted, status: "True", reason: Accepted, message: "", lastTransitionTime: "2026-01-01T00:00:00Z"}]}]}`
	gateway := `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {namespace: booksapp, name: authors-get}
spec: ` + routeSpec("{path: {type: PathPrefix, value: /authors.json}}")
	mirror := `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {namespace: booksapp, name: mirrored}
spec: {parentRefs: [{group: policy.linkerd.io, kind: Server, name: authors}], rules: [{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: x}}}]}]}`
	redirect := object("v1beta3", "HTTPRoute", "moved", "{parentRefs: [{group: policy.linkerd.io, kind: Server, name: authors}], rules: [{matches: [{path: {type: Exact, value: /old}}], filters: [{type: RequestRedirect, requestRedirect: {statusCode: 301}}]}]}")
	hosted := object("v1beta3", "HTTPRoute", "hosted", "{parentRefs: [{group: policy.linkerd.io, kind: Server, name: authors}], hostnames: ['*.example.com'], rules: [{matches: [{path: {type: PathPrefix, value: /}}]}]}")
	byPort := object("v1beta3", "HTTPRoute", "ported", "{parentRefs: [{group: policy.linkerd.io, kind: Server, name: authors, port: 7001}], rules: [{matches: [{path: {type: PathPrefix, value: /}}]}]}")
	at := func(host string) Call {
		call := ask(webapp, "GET", "/")
		call.Request.Host = host
		return call
	}
	kube := ask(kubelet, "GET", "/ping")
	kube.Request.Headers = map[string][]string{"user-agent": {"kube-probe/1.33"}}
	check(t, documents, []example{
		{sentence: "A policy on a route authorizes its requests", source: taskPerRoute, objects: booksapp, call: ask(books, "GET", "/authors.json"), want: Delivered, by: "AuthorizationPolicy booksapp/authors-get"},
		{sentence: "A prefix ending in a slash is about the segment", source: taskPerRoute, objects: booksapp, call: ask(books, "GET", "/authors/17.json"), want: Delivered},
		{sentence: "Clients that the route's policy does not name get 403", source: taskPerRoute, objects: booksapp, call: ask(stranger, "GET", "/authors.json"), want: Forbidden, by: "HTTPRoute booksapp/authors-get"},
		{sentence: "Requests that no route is for get 404", source: taskPerRoute, objects: booksapp, call: ask(webapp, "DELETE", "/authors/3"), want: NotFound, by: "Server booksapp/authors"},
		{sentence: "Without a probe route the pod becomes unready", source: taskPerRoute, objects: []string{"server", "route get", "policy get", "readers"}, call: ask(kubelet, "GET", "/ping"), want: NotFound},
		{sentence: "With a probe route and its policy probes are authorized", source: taskPerRoute, objects: booksapp, call: ask(kubelet, "GET", "/ping"), want: Delivered, by: "AuthorizationPolicy booksapp/authors-probe"},
		{sentence: "A route without policy allows nobody", source: taskPerRoute, objects: []string{"server", "route get"}, call: ask(webapp, "GET", "/authors.json"), want: Forbidden},
		{sentence: "What the Server grants holds on every route", source: "linkerd2-proxy linkerd/proxy/server-policy/src/authz.rs mk_authorizations", objects: []string{"server", "route get", "policy webapp"}, call: ask(webapp, "GET", "/authors.json"), want: Delivered, by: "AuthorizationPolicy booksapp/authors"},
		{sentence: "What the namespace grants holds on every route", source: referencePol, objects: []string{"server", "route get", "policy namespace"}, call: ask(webapp, "GET", "/authors.json"), want: Delivered},
		{sentence: "What the Server grants does not help a request of no route", source: proxyHTTP, objects: []string{"server", "route get", "policy webapp"}, call: ask(webapp, "GET", "/other"), want: NotFound},
		{sentence: "A grant of one route is none of another", source: taskPerRoute, objects: append([]string{"route all"}, booksapp...), call: ask(books, "DELETE", "/authors/3"), want: Forbidden, by: "HTTPRoute booksapp/authors-all"},
		{sentence: "The longest path is chosen, and its policy alone counts", source: proxyMatch, objects: []string{"server", "route all", "policy all", "readers", route("deep", "{path: {type: PathPrefix, value: /authors/secret}}")}, call: ask(books, "GET", "/authors/secret/x"), want: Forbidden, by: "HTTPRoute booksapp/deep"},
		{sentence: "A prefix is whole segments", source: proxyMatch, objects: []string{"server", route("deep", "{path: {type: PathPrefix, value: /authors}}")}, call: ask(books, "GET", "/authors-for-sale"), want: NotFound},
		{sentence: "Of equal paths the one with more headers is chosen", source: proxyMatch, objects: []string{"server", "everywhere", aged("a", "01", "{path: {type: Exact, value: /ping}, method: GET}"), aged("b", "02", "{path: {type: Exact, value: /ping}, headers: [{type: RegularExpression, name: User-Agent, value: 'kube-probe/.*'}]}"), open("b")}, call: kube, want: Delivered},
		{sentence: "Of equal paths and headers the one with a method is chosen", source: proxyMatch, objects: []string{"server", "everywhere", aged("a", "01", "{path: {type: Exact, value: /x}}"), aged("b", "02", "{path: {type: Exact, value: /x}, method: GET}"), open("b")}, call: ask(plain, "GET", "/x"), want: Delivered},
		{sentence: "Exact and prefix of the same length tie, and the oldest is chosen", source: proxyMatch, objects: []string{"server", "everywhere", aged("z", "01", "{path: {type: PathPrefix, value: /x}}"), aged("a", "02", "{path: {type: Exact, value: /x}}"), open("a")}, call: ask(plain, "GET", "/x"), want: Forbidden, by: "HTTPRoute booksapp/z"},
		{sentence: "An expression counts the length of the whole path", source: proxyMatch, objects: []string{"server", "everywhere", route("short", "{path: {type: RegularExpression, value: '/a.*'}}"), route("long", "{path: {type: PathPrefix, value: /authors}}"), open("short")}, call: ask(plain, "GET", "/authors/1"), want: Delivered},
		{sentence: "Routes of the same age go by name", source: grpcOrder, objects: []string{"server", "everywhere", route("b", "{path: {type: Exact, value: /x}}"), route("a", "{path: {type: Exact, value: /x}}"), open("a")}, call: ask(plain, "GET", "/x"), want: Delivered},
		{sentence: "Routes take part once their status says that they are accepted", source: indexStatus, objects: []string{"server", "policy get", "readers", accepted}, call: ask(books, "DELETE", "/"), want: NotFound},
		{sentence: "Until then the Server has no routes", source: indexStatus, objects: []string{"server", "policy get", "readers", "route get"}, call: ask(kubelet, "GET", "/ping"), want: Delivered, by: "default authorization probe"},
		{sentence: "Until then a grant on the route allows nobody", source: indexStatus, objects: []string{"server", "policy get", "readers", "route get"}, call: ask(books, "GET", "/authors.json"), want: Forbidden, by: "Server booksapp/authors"},
		{sentence: "A route that names the Server's port is ignored", source: indexRoutes, objects: []string{"server", "policy webapp", byPort}, call: ask(webapp, "GET", "/"), want: Delivered, by: "AuthorizationPolicy booksapp/authors"},
		{sentence: "Routes may be of the Gateway API", source: referencePol, objects: []string{"server", gateway}, call: ask(books, "GET", "/other"), want: NotFound},
		{sentence: "A policy names the route's own group", source: index + " route_client_authzs", objects: []string{"server", gateway, "policy get", "readers"}, call: ask(books, "GET", "/authors.json"), want: Forbidden},
		{sentence: "A route with a filter that Linkerd does not know is ignored", source: "linkerd2 policy-controller/k8s/index/src/inbound/index/http.rs try_gateway_filter", objects: []string{"server", mirror}, call: ask(kubelet, "GET", "/ping"), want: Delivered},
		{sentence: "A redirect keeps the request from the application", source: proxyHTTP, objects: []string{"server", "policy webapp", redirect}, call: ask(webapp, "GET", "/old"), want: Redirected},
		{sentence: "A redirect is for those who may call", source: proxyHTTP, objects: []string{"server", "policy webapp", redirect}, call: ask(books, "GET", "/old"), want: Forbidden},
		{sentence: "A route for hosts below a suffix is for them", source: proxyHost, objects: []string{"server", "policy webapp", hosted}, call: at("shop.example.com"), want: Delivered},
		{sentence: "A route for hosts below a suffix is not for the suffix itself", source: proxyHost, objects: []string{"server", "policy webapp", hosted}, call: at("example.com"), want: NotFound},
		{sentence: "Connections that carry no HTTP are about the Server, not its routes", source: proxyDetect, objects: append([]string{"policy webapp"}, booksapp...), call: connect(webapp), want: Delivered},
		{sentence: "Connections that carry no HTTP have no grant of a route", source: proxyDetect, objects: booksapp, call: connect(books), want: Refused},
	})
}

func TestGRPC(t *testing.T) {
	route := func(name, matches string) string {
		return "apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: {namespace: booksapp, name: " + name + "}\nspec: " + routeSpec(matches)
	}
	grant := func(name string) string {
		return object("v1alpha1", "AuthorizationPolicy", name, "{targetRef: {group: gateway.networking.k8s.io, kind: GRPCRoute, name: "+name+"}, requiredAuthenticationRefs: ["+refWebapp+"]}")
	}
	place, orders := route("place", "{method: {service: bank.Orders, method: Place}}"), route("orders", "{method: {service: bank.Orders}}")
	check(t, documents, []example{
		{sentence: "A GRPCRoute tells calls apart by service and method", source: referencePol, objects: []string{"server gRPC", place, grant("place")}, call: rpc(webapp, "/bank.Orders/Place"), want: Delivered, by: "AuthorizationPolicy booksapp/place"},
		{sentence: "Calls of other methods find no route", source: proxyGRPC, objects: []string{"server gRPC", place, grant("place")}, call: rpc(webapp, "/bank.Orders/Cancel"), want: NotFound},
		{sentence: "The longer service and method is chosen", source: proxyGRPC, objects: []string{"server gRPC", orders, place, grant("orders")}, call: rpc(webapp, "/bank.Orders/Place"), want: Forbidden, by: "GRPCRoute booksapp/place"},
		{sentence: "A service alone means all its methods", source: proxyGRPC, objects: []string{"server gRPC", orders, grant("orders")}, call: rpc(webapp, "/bank.Orders/Cancel"), want: Delivered},
		{sentence: "GRPCRoutes count on Servers for gRPC only", source: grpcProtocol, objects: []string{"server HTTP/2", place, grant("place"), "policy webapp"}, call: rpc(webapp, "/other/Thing"), want: Delivered},
		{sentence: "HTTPRoutes do not count on Servers for gRPC", source: grpcProtocol, objects: []string{"server gRPC", "route get", "policy webapp"}, call: rpc(webapp, "/bank.Orders/Place"), want: Delivered},
		{sentence: "GRPCRoutes with expressions are ignored", source: "linkerd2 policy-controller/k8s/index/src/routes/grpc.rs", objects: []string{"server gRPC", route("any", "{method: {type: RegularExpression, service: 'bank.*'}}"), "policy webapp"}, call: rpc(webapp, "/other/Thing"), want: Delivered},
		{sentence: "A Server for gRPC serves calls only", source: proxyGRPC, objects: []string{"server gRPC", "policy webapp"}, call: ask(webapp, "GET", "/authors.json"), want: NotFound},
		{sentence: "A Server for gRPC breaks HTTP/1 probes", source: issue10775, objects: []string{"server gRPC"}, call: ask(kubelet, "GET", "/ping"), want: Refused},
	})
}
