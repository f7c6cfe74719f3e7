// Package traefik writes the edges of the model as custom resources of Traefik, group traefik.io/v1alpha1, for Traefik 3.6 and newer. Fields
// that 3.6 lacks are not used.
//
// What is wanted, and what stands for it:
//
//	Hosts            Host(`shop.example`) in the rule of every route. A wildcard is one label: HostRegexp(`^[^.]+\.shop\.example\.?$`) over plain
//	                 HTTP; with TLS Host(`*.shop.example`), because Traefik chooses TLS options by Host alone. 3.6 does not know that form and
//	                 does not serve such a host: closed, not open with the default certificate.
//	TLS              tls.secretName, and a TLSOption of the profile: TLS 1.2 at least, suites with forward secrecy, sniStrict (without a
//	                 certificate the handshake fails)
//	ClientAuth       clientAuth of that TLSOption
//	RouteMatches     Method, Header and HeaderRegexp in the rule, ranked by priority among the routes of the path
//	Redirect         an IngressRoute on the entry point for plain HTTP with a redirectScheme Middleware; 301 for GET, 308 for the rest
//	SecurityHeaders  a headers Middleware, the outermost, so that refusals carry the headers too
//	RateLimit        a rateLimit Middleware, by the connection's address or by X-Forwarded-For at the gateway's depth
//	AllowFrom        an ipAllowList Middleware, by the same address as the rate limit
//	MaxInFlight      an inFlightReq Middleware, by host
//	BasicAuth        a basicAuth Middleware that drops the Authorization header; ForwardAuth a forwardAuth Middleware
//	BodyLimit        a buffering Middleware
//	RequestHeaders   a headers Middleware of the route's own
//	StripPrefix      a stripPrefix Middleware
//	EdgeRetry        a retry Middleware, the innermost
//	EdgeTimeout      a ServersTransport with a responseHeaderTimeout
//	Sticky           a cookie of the weighted TraefikService
//	(any of these)   a guard: an IngressRoute of its own that answers 503 when the route with the Middleware is lost (guard.go)
//	Weights          a weighted TraefikService for each line of the routing table, also when one backend takes all
//	Gateway.Meshed   nativeLB on every backend, and a headers Middleware that removes headers by which clients could talk to the mesh
//	Matches          one route for each line of the table, in an IngressRoute for each path
//	MatchQuery       Query and QueryRegexp
//
// Who wins when several routes match is decided by explicit priorities (priority.go), never by the length or the order of rules. The text of a
// rule is written from a tree and read back with Traefik's own parser; a rule that reads back differently is not emitted (rule.go).
//
// Limits that are Traefik's own:
//
//   - A rate limit counts in each replica and in each route, so a client gets it once for every line of the table that it can match, and once
//     for exact hosts and once for wildcards of a profile that has both. Traefik forgets its counts when its configuration changes.
//   - Answers that no route gives (404 for a path that is not routed) carry no security headers.
//   - Requests under way are counted in each replica and each route too, like a rate limit.
//   - The size of a forwardAuth answer is not bounded: the field for it came within 3.6.
//   - A Service port has one scheme and one timeout in all of a namespace: Traefik keeps one load balancer for each Service and port (traefik#11257).
//   - The redirect outranks routes without a priority, those of cert-manager's HTTP-01 solver among them: give the solver's Ingress the
//     annotation traefik.ingress.kubernetes.io/router.priority above 2000000000, or use DNS-01.
//   - A host whose routes differ in their TLSOption is served with Traefik's default options, default certificate included: profiles that share
//     a host refer to one TLSOption, that of the oldest (tls.go).
//   - A cookie's value ends where the blanks before the next semicolon begin; an expression may count these blanks in.
//   - A connection that a browser re-uses for a host of another profile is answered 421 and opened anew: each profile has its own TLSOption.
package traefik
