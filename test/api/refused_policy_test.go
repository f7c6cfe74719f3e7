package api

import (
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

var badTargets = []refusal{
	{"the target is missing", drop("spec.target"), "spec.target", "Required value"},
	{"the target is a Deployment", set("spec.target.kind", "Deployment"), "spec.target.kind", `supported values: "Namespace", "Service"`},
	{"another namespace is the target", set("spec.target.name", "payment"), "spec.target", "left out for the Namespace, which is the policy's own"},
	{"nothing is said", set("spec", fields{"target": fields{"kind": "Namespace"}}), "spec", "a policy must say something"},
	{"injection is unknown", set("spec.injection", "Always"), "spec.injection", `supported values: "Enabled", "Disabled", "Ingress"`},
	{"a Service has the proxies of ingress controllers", both(ofService("injection"), set("spec.injection", "Ingress")), "spec", "injection Ingress is set for a whole namespace"},
	{"a Service has mtls", ofService("mtls"), "spec", "mtls is set for a whole namespace"},
	{"a Service has egress", ofService("egress"), "spec", "egress is set for a whole namespace"},
	{"a Service's workloads are restarted for nothing", both(ofService("proxy"), set("spec.restart", "Rolling")), "spec", "Rolling restarts of a Service go with applyToWorkloads: true"},
	{"the workloads of a Namespace get annotations", set("spec.applyToWorkloads", true), "spec", "applyToWorkloads writes into the pod templates of a Service"},
	{"restarts are unknown", set("spec.restart", "Now"), "spec.restart", `supported values: "None", "Rolling"`},
	{
		"nothing is said that needs a restart",
		set("spec", fields{"target": fields{"kind": "Namespace"}, "network": fields{"isolate": true}, "restart": "Rolling"}),
		"spec", "restart goes with what new pods get",
	},
}

// ofService makes the example a policy for a Service that wants one thing.
func ofService(wanted string) change {
	return func(object *unstructured.Unstructured) {
		spec := object.Object["spec"].(fields)
		object.Object["spec"] = fields{"target": fields{"kind": "Service", "name": "users"}, wanted: spec[wanted]}
	}
}

// ofNamespace makes the example a policy for the Namespace that wants some things.
func ofNamespace(wanted ...string) change {
	return func(object *unstructured.Unstructured) {
		spec := object.Object["spec"].(fields)
		reduced := fields{"target": fields{"kind": "Namespace"}}
		for _, one := range wanted {
			reduced[one] = spec[one]
		}
		object.Object["spec"] = reduced
	}
}

var badPods = []refusal{
	{"mtls is unknown", set("spec.mtls", "On"), "spec.mtls", `supported values: "Strict", "Permissive"`},
	{"a bypass names no ports", set("spec.bypass", fields{}), "spec.bypass", "set outboundPorts or inboundPorts"},
	{"outbound ports are empty", set("spec.bypass.outboundPorts", []any{}), "spec.bypass.outboundPorts", "at least 1 items"},
	{"there are 33 outbound ports", set("spec.bypass.outboundPorts", many(33, number)), "spec.bypass.outboundPorts", "must have at most 32 items"},
	{"inbound ports are empty", set("spec.bypass.inboundPorts", []any{}), "spec.bypass.inboundPorts", "at least 1 items"},
	{"there are 33 inbound ports", set("spec.bypass.inboundPorts", many(33, number)), "spec.bypass.inboundPorts", "must have at most 32 items"},
	{"a range begins with its higher port", set("spec.bypass.outboundPorts[0].endPort", 8500), "spec.bypass.outboundPorts[0]", "endPort must be above port"},
	{"opaque ports are empty", set("spec.opaquePorts", []any{}), "spec.opaquePorts", "at least 1 items"},
	{"there are 33 opaque ports", set("spec.opaquePorts", many(33, number)), "spec.opaquePorts", "must have at most 32 items"},
	{"proxy says nothing", set("spec.proxy", fields{}), "spec.proxy", "proxy must say something"},
	{"a resource of proxies says nothing", set("spec.proxy.cpu", fields{}), "spec.proxy.cpu", "set request or limit"},
	{"proxies ask for more than their limit", set("spec.proxy.cpu.request", "2"), "spec.proxy.cpu", "request must not be more than limit"},
	{"an amount is no quantity", set("spec.proxy.memory.limit", "much"), "spec.proxy.memory.limit", "an amount above 0"},
	{"an amount is too long", set("spec.proxy.memory.limit", "11111111111111111"), "spec.proxy.memory.limit", "may not be more than 16"},
	{"a log level is unknown", set("spec.proxy.logLevel", "all"), "spec.proxy.logLevel", `supported values: "error"`},
	{"an access log is unknown", set("spec.proxy.accessLog", "xml"), "spec.proxy.accessLog", `supported values: "apache", "json"`},
	{"proxies wait for a part of a second", set("spec.proxy.waitBeforeExit", "500ms"), "spec.proxy.waitBeforeExit", "must be whole seconds"},
}

func number(i int) any { return fields{"port": i + 1} }

var badCallers = []refusal{
	{"there are 33 access rules", set("spec.access.rules", many(33, anybody)), "spec.access.rules", "must have at most 32 items"},
	{"the mode of access is unknown", set("spec.access.mode", "Warn"), "spec.access.mode", `supported values: "Enforce", "Audit"`},
	{"a rule has no from", set("spec.access.rules[1]", fields{}), "spec.access.rules[1].from", "Required value"},
	{"from is empty", set("spec.access.rules[1].from", []any{}), "spec.access.rules[1].from", "at least 1 items"},
	{"from lists 65 callers", set("spec.access.rules[1].from", many(65, caller)), "spec.access.rules[1].from", "must have at most 64 items"},
	{"a caller is nobody", set("spec.access.rules[0].from[1]", fields{}), "spec.access.rules[0].from[1]", "set exactly one of serviceAccount, namespace, gateway, cidr and any"},
	{
		"an unauthenticated caller is not of a network",
		set("spec.access.rules[0].from[1].unauthenticated", true),
		"spec.access.rules[0].from[1]", "plain-text callers are admitted by network only",
	},
	{"unauthenticated is false", set("spec.access.rules[0].from[2].unauthenticated", false), "spec.access.rules[0].from[2].unauthenticated", "leave it out when callers must be in the mesh"},
	{"the name of a gateway is too long", set("spec.access.rules[0].from[3].gateway", strings.Repeat("g", 33)), "spec.access.rules[0].from[3].gateway", "may not be more than 32"},
	{"any is false", set("spec.access.rules[1].from[0].any", false), "spec.access.rules[1].from[0].any", "leave it out and name the callers"},
	{"a network has host bits", set("spec.access.rules[0].from[2].cidr", "10.1.2.3/16"), "spec.access.rules[0].from[2].cidr", "must be a network in CIDR notation without host bits"},
	{"a network is too long", set("spec.access.rules[0].from[2].cidr", strings.Repeat("1", 44)), "spec.access.rules[0].from[2].cidr", "may not be more than 43"},
	{"a namespace is a pattern", set("spec.access.rules[0].from[1].namespace", "team-*"), "spec.access.rules[0].from[1].namespace", "a pattern such as * is not understood"},
	{"the name of a namespace is too long", set("spec.access.rules[0].from[1].namespace", strings.Repeat("n", 64)), "spec.access.rules[0].from[1].namespace", "may not be more than 63"},
	{
		"a ServiceAccount has no namespace",
		set("spec.access.rules[0].from[0].serviceAccount", fields{"name": "payment"}),
		"spec.access.rules[0].from[0].serviceAccount.namespace", "Required value",
	},
}

func anybody(int) any { return fields{"from": []any{fields{"any": true}}} }
func caller(int) any  { return fields{"namespace": "ops"} }

var badRequests = []refusal{
	{"to is empty", set("spec.access.rules[0].to", []any{}), "spec.access.rules[0].to", "at least 1 items"},
	{"to lists 9 requests", set("spec.access.rules[0].to", many(9, port)), "spec.access.rules[0].to", "must have at most 8 items"},
	{"requests say nothing", set("spec.access.rules[0].to[0]", fields{}), "spec.access.rules[0].to[0]", "leave the whole to out for everything"},
	{"ports are empty", set("spec.access.rules[0].to[0].ports", []any{}), "spec.access.rules[0].to[0].ports", "at least 1 items"},
	{"a port of the rule is named twice", set("spec.access.rules[0].to[0].ports", []int{80, 80}), "spec.access.rules[0].to[0].ports[1]", "Duplicate value"},
	{"methods are empty", set("spec.access.rules[0].to[0].methods", []any{}), "spec.access.rules[0].to[0].methods", "at least 1 items"},
	{"a method is named twice", set("spec.access.rules[0].to[0].methods", []string{"GET", "GET"}), "spec.access.rules[0].to[0].methods[1]", "Duplicate value"},
	{"a method is a star", set("spec.access.rules[0].to[0].methods", []string{"*"}), "spec.access.rules[0].to[0].methods[0]", `supported values: "GET"`},
	{"calls are empty", set("spec.access.rules[0].to[1].grpc", []any{}), "spec.access.rules[0].to[1].grpc", "at least 1 items"},
	{"there are 17 calls", set("spec.access.rules[0].to[1].grpc", many(17, func(int) any { return fields{"service": "a.B"} })), "spec.access.rules[0].to[1].grpc", "must have at most 16 items"},
	{"calls have methods of HTTP", set("spec.access.rules[0].to[1].methods", []string{"GET"}), "spec.access.rules[0].to[1]", "grpc says method and path already"},
	{"paths are empty", set("spec.access.rules[0].to[0].paths", []any{}), "spec.access.rules[0].to[0].paths", "at least 1 items"},
	{
		"there are 17 paths",
		set("spec.access.rules[0].to[0].paths", many(17, func(int) any { return fields{"exact": "/a"} })),
		"spec.access.rules[0].to[0].paths", "must have at most 16 items",
	},
	{
		"a path of the rule is matched in two ways",
		set("spec.access.rules[0].to[0].paths[0].prefix", "/api"), "spec.access.rules[0].to[0].paths[0]", "set exactly one of exact and prefix",
	},
}

func port(i int) any { return fields{"ports": []int{i + 1}} }

var badResilience = []refusal{
	{"resilience says nothing", set("spec.resilience", fields{}), "spec.resilience", "set timeout, retries, routes or circuitBreaker"},
	{"a try is longer than all of them", set("spec.resilience.retries.perTryTimeout", "6s"), "spec.resilience", "perTryTimeout must not be longer than timeout"},
	{"a time is of two units", both(drop("spec.resilience.retries.perTryTimeout"), set("spec.resilience.timeout", "1h30m")), "spec.resilience.timeout", "a whole number with one unit"},
	{"retries have no limit", drop("spec.resilience.retries.limit"), "spec.resilience.retries.limit", "Required value"},
	{"there are fewer retries than none", set("spec.resilience.retries", fields{"limit": -1}), "spec.resilience.retries.limit", "greater than or equal to 0"},
	{"no retries have a time for each", set("spec.resilience.retries.limit", 0), "spec.resilience.retries", "limit 0 means no retries"},
	{"there are 11 retries", set("spec.resilience.retries.limit", 11), "spec.resilience.retries.limit", "less than or equal to 10"},
	{"a response to retry on is unknown", set("spec.resilience.retries.when", []string{"404"}), "spec.resilience.retries.when[0]", `supported values: "5xx", "gateway-error"`},
	{"a response to retry on is named twice", set("spec.resilience.retries.when", []string{"5xx", "5xx"}), "spec.resilience.retries.when[1]", "Duplicate value"},
	{"a status of gRPC is retried, but no POST", drop("spec.resilience.retries.nonIdempotent"), "spec.resilience.retries", "calls of gRPC are POST"},
	{"routes of the policy are empty", set("spec.resilience.routes", []any{}), "spec.resilience.routes", "at least 1 items"},
	{
		"there are 17 routes of the policy",
		set("spec.resilience.routes", many(17, func(int) any { return fields{"match": fields{"methods": []string{"GET"}}, "timeout": "1s"} })),
		"spec.resilience.routes", "must have at most 16 items",
	},
	{"a route of the policy matches nothing said", set("spec.resilience.routes[0].match", fields{}), "spec.resilience.routes[0].match", "set path or methods"},
	{"methods of a route are empty", set("spec.resilience.routes[0].match.methods", []any{}), "spec.resilience.routes[0].match.methods", "at least 1 items"},
	{"a method of a route is named twice", set("spec.resilience.routes[0].match.methods", []string{"GET", "GET"}), "spec.resilience.routes[0].match.methods[1]", "Duplicate value"},
	{"a route of the policy wants nothing", set("spec.resilience.routes[0]", fields{"match": fields{"methods": []string{"GET"}}}), "spec.resilience.routes[0]", "leave the route out"},
	{"a try of a route is longer than all of them", set("spec.resilience.routes[0].retries.perTryTimeout", "3s"), "spec.resilience.routes[0]", "the timeout of its route"},
	{"a budget has three decimals", set("spec.resilience.retryBudget.ratio", "0.25"+"5"), "spec.resilience.retryBudget.ratio", "may not be more than 4"},
	{"a budget is more than all requests", set("spec.resilience.retryBudget.ratio", "1.5"), "spec.resilience.retryBudget.ratio", "at most two decimals"},
	{"a budget has no least number", drop("spec.resilience.retryBudget.minPerSecond"), "spec.resilience.retryBudget.minPerSecond", "Required value"},
	{"a budget's least number is 0", set("spec.resilience.retryBudget.minPerSecond", 0), "spec.resilience.retryBudget.minPerSecond", "greater than or equal to 1"},
	{"a budget's least number is 1001", set("spec.resilience.retryBudget.minPerSecond", 1001), "spec.resilience.retryBudget.minPerSecond", "less than or equal to 1000"},
	{"a breaker breaks without failures", set("spec.resilience.circuitBreaker.consecutiveFailures", 0), "spec.resilience.circuitBreaker.consecutiveFailures", "greater than or equal to 1"},
	{"a breaker never breaks", set("spec.resilience.circuitBreaker.consecutiveFailures", 1001), "spec.resilience.circuitBreaker.consecutiveFailures", "less than or equal to 1000"},
	{"the first penalty is the longest", set("spec.resilience.circuitBreaker.minPenalty", "5m"), "spec.resilience.circuitBreaker", "must not be longer than maxPenalty"},
}

var badRateLimits = []refusal{
	{"a whole namespace has a rate limit", ofNamespace("access", "rateLimit"), "spec", "rateLimit is set for one Service"},
	{"a rate limit has no access rules", drop("spec.access"), "spec", "rateLimit goes with access"},
	{"a rate limit says nothing", set("spec.rateLimit", fields{}), "spec.rateLimit", "set requestsPerSecond, perClient or clients"},
	{"no request is allowed", set("spec.rateLimit", fields{"requestsPerSecond": 0}), "spec.rateLimit.requestsPerSecond", "greater than or equal to 1"},
	{"a million and one requests are allowed", set("spec.rateLimit.requestsPerSecond", 1000001), "spec.rateLimit.requestsPerSecond", "less than or equal to 1000000"},
	{"no request of a client is allowed", set("spec.rateLimit.perClient", 0), "spec.rateLimit.perClient", "greater than or equal to 1"},
	{"a client has a million and one", set("spec.rateLimit", fields{"perClient": 1000001}), "spec.rateLimit.perClient", "less than or equal to 1000000"},
	{"each client has more than all", set("spec.rateLimit.perClient", 101), "spec.rateLimit", "perClient must not be more than requestsPerSecond"},
	{"one client has more than all", set("spec.rateLimit.clients[0].requestsPerSecond", 101), "spec.rateLimit", "no client may have more than requestsPerSecond"},
	{"one client has none", set("spec.rateLimit.clients[0].requestsPerSecond", 0), "spec.rateLimit.clients[0].requestsPerSecond", "greater than or equal to 1"},
	{
		"one client has a million and one", both(drop("spec.rateLimit.requestsPerSecond"), set("spec.rateLimit.clients[0].requestsPerSecond", 1000001)), "spec.rateLimit.clients[0].requestsPerSecond",
		"less than or equal to 1000000",
	},
	{"a client has no name", set("spec.rateLimit.clients[0]", fields{"requestsPerSecond": 1}), "spec.rateLimit.clients[0].serviceAccount", "Required value"},
	{"clients are empty", set("spec.rateLimit.clients", []any{}), "spec.rateLimit.clients", "at least 1 items"},
	{"there are 33 clients", set("spec.rateLimit.clients", many(33, limitedClient)), "spec.rateLimit.clients", "must have at most 32 items"},
	{"a client is listed twice", set("spec.rateLimit.clients", []any{limitedClient(1), limitedClient(1)}), "spec.rateLimit.clients", "a ServiceAccount is listed twice"},
}

func limitedClient(i int) any {
	return fields{"serviceAccount": fields{"namespace": "batch", "name": "c" + strconv.Itoa(i)}, "requestsPerSecond": 1}
}
