package api

import (
	"fmt"
	"strings"
)

var badHosts = []refusal{
	{"there are no hosts", set("spec.hosts", []any{}), "spec.hosts", "at least 1 items"},
	{"there are 17 hosts", set("spec.hosts", many(17, func(i int) any { return fmt.Sprintf("h%d.example", i) })), "spec.hosts", "must have at most 16 items"},
	{"a host is named twice", set("spec.hosts", []string{"a.example", "a.example"}), "spec.hosts[1]", "Duplicate value"},
	{"a host ends a rule of the gateway", set("spec.hosts[0]", "a`) || Host(`b"), "spec.hosts[0]", "must be a DNS name in lower case"},
	{"a host is too long", set("spec.hosts[0]", strings.Repeat("a.", 126)+"aa"), "spec.hosts[0]", "may not be more than 253"},
	{"the gateway is in another namespace", set("spec.gateway", "edge/default"), "spec.gateway", "must be the name of a gateway of the operator's configuration"},
	{"the name of the gateway is too long", set("spec.gateway", strings.Repeat("g", 33)), "spec.gateway", "may not be more than 32"},
	{"tls has no certificate", drop("spec.tls.secretName"), "spec.tls", "set exactly one of secretName"},
	{"a certificate comes from nobody", set("spec.tls.certificate", fields{}), "spec.tls.certificate.issuer", "Required value"},
	{"an issuer is of a kind that cert-manager has not", set("spec.tls.certificate", fields{"issuer": fields{"kind": "Vault", "name": "bank"}}), "spec.tls.certificate.issuer.kind", `supported values: "Issuer", "ClusterIssuer"`},
	{"redirectHTTP is text", set("spec.tls.redirectHTTP", "permanent"), "spec.tls.redirectHTTP", `must be of type boolean: "string"`},
}

var badTLS = []refusal{
	{"TLS is of an old version", set("spec.tls.minVersion", "1.1"), "spec.tls.minVersion", `supported values: "1.2", "1.3"`},
	{"cipher suites are chosen for TLS 1.3", set("spec.tls.minVersion", "1.3"), "spec", "tls.cipherSuites are of TLS 1.2"},
	{"a cipher suite has no forward secrecy", set("spec.tls.cipherSuites", []string{"TLS_RSA_WITH_AES_128_CBC_SHA"}), "spec.tls.cipherSuites[0]", "supported values"},
	{"clients' certificates are asked for in vain", set("spec.tls.clientAuth.mode", "Request"), "spec.tls.clientAuth.mode", `supported values: "Require", "IfGiven"`},
	{"nobody signs clients' certificates", drop("spec.tls.clientAuth.caSecret"), "spec.tls.clientAuth.caSecret", "Required value"},
}

var badRouteFields = []refusal{
	{"a list of methods is empty", set("spec.routes[1].match.methods", []any{}), "spec.routes[1].match.methods", "at least 1 items"},
	{"a list of headers is empty", set("spec.routes[1].match.headers", []any{}), "spec.routes[1].match.headers", "at least 1 items"},
	{"a header is matched twice", set("spec.routes[1].match.headers[1].name", "x-channel"), "spec.routes[1].match.headers[1]", "Duplicate value"},
	{"nobody may call", set("spec.routes[0].allowFrom", []any{}), "spec.routes[0].allowFrom", "at least 1 items"},
	{"there are 65 networks", set("spec.routes[0].allowFrom", many(65, func(i int) any { return fmt.Sprintf("10.0.%d.0/24", i) })), "spec.routes[0].allowFrom", "must have at most 64 items"},
	{"nothing may be in flight", set("spec.routes[0].maxInFlight", 0), "spec.routes[0].maxInFlight", "greater than or equal to 1"},
	{"more than a million may be in flight", set("spec.routes[0].maxInFlight", 1000001), "spec.routes[0].maxInFlight", "less than or equal to 1000000"},
	{"a body may have a gigabyte", set("spec.routes[0].bodyLimit", "1Gi"), "spec.routes[0].bodyLimit", "must be a whole number of bytes, Ki or Mi"},
	{"a body may have a long number of bytes", set("spec.routes[0].bodyLimit", "10000000000"), "spec.routes[0].bodyLimit", "may not be more than 10"},
	{"a request is sent once", set("spec.routes[0].retries.attempts", 1), "spec.routes[0].retries.attempts", "greater than or equal to 2"},
	{"a request is sent eleven times", set("spec.routes[0].retries.attempts", 11), "spec.routes[0].retries.attempts", "less than or equal to 10"},
	{"nobody is asked who calls", set("spec.routes[0].auth", fields{}), "spec.routes[0].auth", "set exactly one of basic and forward"},
	{"users are in no Secret", set("spec.routes[0].auth.basic", fields{}), "spec.routes[0].auth.basic.secretName", "Required value"},
	{"the answer's header is none", set("spec.routes[1].auth.forward.responseHeaders", []string{"X User"}), "spec.routes[1].auth.forward.responseHeaders[0]", "must be the name of a header"},
	{"a Service is asked at no path", set("spec.routes[1].auth.forward", fields{"service": "sso", "port": 8080}), "spec.routes[1].auth.forward.path", "Required value"},
	{"no header is changed", set("spec.routes[0].requestHeaders", fields{}), "spec.routes[0].requestHeaders", "set or remove at least one header"},
	{"no header is set", set("spec.routes[0].requestHeaders.set", []any{}), "spec.routes[0].requestHeaders.set", "at least 1 items"},
	{"no header is removed", set("spec.routes[0].requestHeaders.remove", []any{}), "spec.routes[0].requestHeaders.remove", "at least 1 items"},
	{"a header with an underscore is set", set("spec.routes[0].requestHeaders.set[0].name", "X_Channel"), "spec.routes[0].requestHeaders.set[0].name", "must be made of letters, digits and -"},
	{"the client's address is forged", set("spec.routes[0].requestHeaders.remove[0]", "X-Forwarded-For"), "spec.routes[0].requestHeaders.remove[0]", "must not be Host, Authorization, Cookie"},
	{"the cookie's name ends it", set("spec.routes[0].sticky.cookie.name", "a;b"), "spec.routes[0].sticky.cookie.name", "must be made of letters, digits, _ and -"},
	{"the cookie lasts half a second", set("spec.routes[0].sticky.cookie.maxAge", "500ms"), "spec.routes[0].sticky.cookie.maxAge", "must be in whole seconds, minutes or hours"},
}

var badSecurity = []refusal{
	{"security says nothing", set("spec.security", fields{}), "spec.security", "set preset or at least one header"},
	{"the preset is unknown", set("spec.security.preset", "Paranoid"), "spec.security.preset", `supported values: "Strict"`},
	{"HSTS without TLS", drop("spec.tls"), "spec", "security.hsts needs tls"},
	{"HSTS in days", set("spec.security.hsts", fields{"maxAge": "365d"}), "spec.security.hsts.maxAge", "must be a whole number of hours"},
	{"HSTS without age", set("spec.security.hsts", fields{"includeSubDomains": true}), "spec.security.hsts.maxAge", "Required value"},
	{"HSTS of more than a century", set("spec.security.hsts.maxAge", "1000000h"), "spec.security.hsts.maxAge", "may not be more than 7"},
	{"HSTS to be preloaded for a day", set("spec.security.hsts.maxAge", "24h"), "spec.security.hsts", "preload needs includeSubDomains and a maxAge of at least a year"},
	{"a policy breaks the line", set("spec.security.contentSecurityPolicy", "a\nb"), "spec.security.contentSecurityPolicy", "without line breaks"},
	{"a policy is too long", set("spec.security.permissionsPolicy", strings.Repeat("p", 2049)), "spec.security.permissionsPolicy", "may not be more than 2048"},
	{"frames are allowed from somewhere", set("spec.security.frameOptions", "AllowFrom"), "spec.security.frameOptions", `supported values: "Deny", "SameOrigin"`},
	{"the referrer policy is unknown", set("spec.security.referrerPolicy", "never"), "spec.security.referrerPolicy", `supported values: "no-referrer"`},
}

var badRoutes = []refusal{
	{"there are no routes", set("spec.routes", []any{}), "spec.routes", "at least 1 items"},
	{"there are 65 routes", set("spec.routes", many(65, func(int) any { return fields{"to": backend} })), "spec.routes", "must have at most 64 items"},
	{"a route leads nowhere", set("spec.routes[2]", fields{}), "spec.routes[2].to", "Required value"},
	{"a route has no port", set("spec.routes[2].to", fields{"service": "web"}), "spec.routes[2].to.port", "Required value"},
	{"the whole path is stripped", set("spec.routes[2].stripPrefix", true), "spec.routes[2]", "stripPrefix needs a match.path.prefix other than /"},
	{"the rate is 0", set("spec.routes[0].rateLimit.average", 0), "spec.routes[0].rateLimit.average", "greater than or equal to 1"},
	{"the rate is above a million", set("spec.routes[0].rateLimit.average", 1000001), "spec.routes[0].rateLimit.average", "less than or equal to 1000000"},
	{"the burst is 0", set("spec.routes[0].rateLimit.burst", 0), "spec.routes[0].rateLimit.burst", "greater than or equal to 1"},
	{"the burst is above a million", set("spec.routes[0].rateLimit.burst", 1000001), "spec.routes[0].rateLimit.burst", "less than or equal to 1000000"},
	{"the period is too long to be a time", set("spec.routes[0].rateLimit.period", "10000000000s"), "spec.routes[0].rateLimit.period", "may not be more than 10"},
}

var backend = fields{"service": "web", "port": 80}

var badClaims = []refusal{
	{"the gateway is empty", set("spec.gateway", ""), "spec.gateway", "at least 1 chars long"},
	{"the name of the gateway is too long", set("spec.gateway", strings.Repeat("g", 33)), "spec.gateway", "may not be more than 32"},
	{"the host is missing", drop("spec.host"), "spec.host", "Required value"},
	{"the namespace is missing", drop("spec.namespace"), "spec.namespace", "Required value"},
}
