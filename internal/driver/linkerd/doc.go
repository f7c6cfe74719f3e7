// Package linkerd writes intent for Linkerd, in the words of one of two generations:
//
//   - policy: Linkerd 2.16 and newer, where Server v1beta3 is served. HTTPRoute, AuthorizationPolicy and what it refers to.
//   - classic: older. ServiceProfile and TrafficSplit (with the SMI extension from 2.12 on), ServerAuthorization.
//
// What each can express:
//
//	feature          policy                                         classic
//	Injection        annotation on the Namespace                    the same
//	Weights          HTTPRoute backendRefs                          TrafficSplit, for the Service as a whole
//	Matches          HTTPRoute matches; cookies by expression       no
//	MatchQuery       HTTPRoute queryParams                          no
//	Timeout          annotation on the HTTPRoute                    ServiceProfile route
//	Retry            annotation on the HTTPRoute                    ServiceProfile route, bounded by Linkerd's default budget
//	RetryLimit       annotation                                     no
//	RetryOn          annotation                                     no: 5xx and failed gRPC statuses
//	RetryGRPC        no: read on GRPCRoutes only                    no: not by choice
//	PerTryTimeout    annotation                                     no
//	Access           Server, AuthorizationPolicy, *Authentication   Server, ServerAuthorization
//	AccessRequests   HTTPRoutes of the Server                       no
//	AccessAudit      accessPolicy of the Server                     no
//	RateLimit        HTTPLocalRateLimitPolicy (2.17)                no
//	EgressHosts      EgressNetwork, TLSRoute, HTTPRoute, TCPRoute   no
//
// What follows from Linkerd and not from the intent:
//
//   - Linkerd chooses the most specific match, not the first. Tables are rewritten so that both are the same (precedence.go); what cannot be
//     rewritten is refused, naming both rules.
//   - A header or query parameter that comes several times in a request matches when any of its values does. Two rules that demand different
//     values of one name are taken to exclude each other.
//   - Cookies are read in one Cookie header. A client that splits its cookies into several headers, as HTTP/2 allows, matches rules about one
//     cookie, not rules about several.
//   - Methods are the nine that the API of routes can name. Where a rule must be made more specific than its equal, it names all nine; a
//     request with another method may then get the other rule.
//   - Linkerd compares paths as they come, without resolving dots or percent signs. An application that does so may see another path than the
//     one that was allowed.
//   - Probes of a path that shares its length with a prefix for which GET is granted are known by the kubelet's User-Agent; one that the pod
//     overrides is not known then. Linkerd 2.11 knows no probes at all: a grant must name the networks of the nodes.
//   - Calls of gRPC are told apart by their path, as HTTPRoutes: a Server that GRPCRoutes belong to would refuse the kubelet's probes by HTTP/1.
//   - In an audit, connections that carry no HTTP may be logged although they are granted: proxies look at the grants of a Server in no order.
//   - Another set of paths or methods is another Server with routes of its own. It selects no pod until all its routes are accepted, then takes over
//     when the old one is deleted: of two Servers on a port the older counts. Before 2.18 Linkerd refuses the second, and the old set stays.
//   - A rate limit is each pod's own, and of a Server: without access rules there is none, because a Server of our own would replace a default policy
//     of the cluster that nobody here knows.
//   - An EgressNetwork in a namespace hides those for the whole cluster (egress.globalEgressNetworkNamespace) from its pods, those that deny too.
//   - Routes of one EgressNetwork and port are of one kind: where there are HTTPRoutes, TLSRoutes are not looked at. A route for an EgressNetwork must name
//     the port; a TLSRoute or TCPRoute has one rule.
//   - Hosts outside of the cluster are known by what callers say in the handshake or the request, not by address; an EgressNetwork holds no address of the
//     networks that Linkerd takes for the cluster's.
//   - A TrafficSplit is about the Service as a whole, its opaque ports too.
//   - A ServiceProfile takes a Service away from HTTPRoutes, so the policy generation never writes one.
//
// Sources: linkerd2 version-2.20 and linkerd2-proxy, linkerd/http/route.
package linkerd
