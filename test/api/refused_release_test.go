package api

import (
	"fmt"
	"strings"
)

var badServices = []refusal{
	{"the service is missing", drop("spec.service"), "spec.service", "Required value"},
	{"the service has a namespace", set("spec.service.name", "orders.shop"), "spec.service.name", "leave out the namespace and the domain"},
	{"the name of the service is too long", set("spec.service.name", strings.Repeat("a", 64)), "spec.service.name", "may not be more than 63"},
	{"a port is named twice", set("spec.service.ports", []int{80, 80}), "spec.service.ports[1]", "Duplicate value"},
	{"a port is 0", set("spec.service.ports", []int{0}), "spec.service.ports[0]", "greater than or equal to 1"},
	{"a port is 65536", set("spec.service.ports", []int{65536}), "spec.service.ports[0]", "less than or equal to 65535"},
	{"a port is a name", set("spec.service.ports", []string{"http"}), "spec.service.ports[0]", `must be of type integer: "string"`},
	{"there are 33 ports", set("spec.service.ports", many(33, func(i int) any { return i + 1 })), "spec.service.ports", "must have at most 32 items"},
}

var badVariants = []refusal{
	{"there is one variant", both(drop("spec.matches", "spec.rollout"), set("spec.variants", many(1, variant))), "spec.variants", "at least 2 items"},
	{"there are 17 variants", set("spec.variants", many(17, variant)), "spec.variants", "must have at most 16 items"},
	{"two variants have the same name", set("spec.variants[3].name", "v1"), "spec.variants[3]", "Duplicate value"},
	{
		"two variants name the same deployment",
		set("spec.variants[1].deployment", "orders-v1"), "spec.variants", "two variants must not name the same deployment",
	},
	{
		"two variants name the same service",
		both(drop("spec.matches"), set("spec.variants", many(3, func(i int) any {
			return fields{"name": fmt.Sprintf("v%d", i+1), "service": "same"}
		}))),
		"spec.variants", "two variants must not name the same service",
	},
	{
		"a variant names a deployment and a service",
		set("spec.variants[0].service", "orders-v1"), "spec.variants[0]", "set exactly one of deployment and service",
	},
	{"the name of a variant has capitals", set("spec.variants[3].name", "V3"), "spec.variants[3].name", "must be a short name such as v2"},
	{"the name of a variant is too long", set("spec.variants[3].name", strings.Repeat("v", 33)), "spec.variants[3].name", "may not be more than 32"},
	{"a deployment is in another namespace", set("spec.variants[0].deployment", "shop/orders"), "spec.variants[0].deployment", "other namespaces cannot be named"},
	{"the name of a deployment is too long", set("spec.variants[0].deployment", strings.Repeat("d", 254)), "spec.variants[0].deployment", "may not be more than 253"},
	{"a weight is below 0", set("spec.variants[0].weight", -1), "spec.variants[0].weight", "greater than or equal to 0"},
	{"a weight is above 10000", set("spec.variants[0].weight", 10001), "spec.variants[0].weight", "less than or equal to 10000"},
	{"a weight is a fraction", set("spec.variants[0].weight", 0.5), "spec.variants[0].weight", `must be of type int32: "float64"`},
	{"a weight is text", set("spec.variants[0].weight", "10%"), "spec.variants[0].weight", `must be of type integer: "string"`},
	{
		"all weights are 0",
		both(set("spec.variants[0].weight", 0), set("spec.variants[1].weight", 0)), "spec", "at least one weight must be above 0",
	},
	{"stable is missing", drop("spec.stable"), "spec.stable", "Required value"},
	{"stable is no variant", set("spec.stable", "v9"), "spec", "stable must be the name of one of spec.variants"},
	{"onDelete is unknown", set("spec.onDelete", "Keep"), "spec.onDelete", `supported values: "Stable", "Release"`},
}

func variant(i int) any {
	return fields{"name": fmt.Sprintf("v%d", i+1), "deployment": fmt.Sprintf("orders-v%d", i+1)}
}

var badMatches = []refusal{
	{"a match leads to no variant", set("spec.matches[0].to", "v9"), "spec", "to of every match must be the name of one of spec.variants"},
	{"there are 17 matches", set("spec.matches", many(17, func(int) any { return match() })), "spec.matches", "must have at most 16 items"},
	{"a match has no alternative", set("spec.matches[0].any", []any{}), "spec.matches[0].any", "at least 1 items"},
	{"a match has 9 alternatives", set("spec.matches[0].any", many(9, alternative)), "spec.matches[0].any", "must have at most 8 items"},
	{"an alternative says nothing", set("spec.matches[0].any[0]", fields{}), "spec.matches[0].any[0]", "an alternative must say something"},
	{"a method is in lower case", set("spec.matches[0].any[0].method", "get"), "spec.matches[0].any[0].method", `supported values: "GET"`},
	{
		"a path is matched in two ways",
		set("spec.matches[0].any[0].path.exact", "/"), "spec.matches[0].any[0].path", "set exactly one of exact, prefix and regex",
	},
	{
		"gRPC is matched beside a path",
		set("spec.matches[2].any[0].path", fields{"exact": "/"}), "spec.matches[2].any[0]", "set either grpc, or path and method",
	},
	{"a service of gRPC is missing", set("spec.matches[2].any[0].grpc", fields{"method": "Place"}), "spec.matches[2].any[0].grpc.service", "Required value"},
	{"a service of gRPC is a path", set("spec.matches[2].any[0].grpc.service", "/bank.Orders"), "spec.matches[2].any[0].grpc.service", "must be the full name of a service of gRPC"},
	{"a service of gRPC is too long", set("spec.matches[2].any[0].grpc.service", strings.Repeat("s", 257)), "spec.matches[2].any[0].grpc.service", "may not be more than 256"},
	{"a method of gRPC has its service", set("spec.matches[2].any[0].grpc.method", "bank.Orders/Place"), "spec.matches[2].any[0].grpc.method", "must be the name of one method"},
	{"a method of gRPC is too long", set("spec.matches[2].any[0].grpc.method", strings.Repeat("m", 129)), "spec.matches[2].any[0].grpc.method", "may not be more than 128"},
	{
		"there are 9 headers",
		set("spec.matches[0].any[0].headers", many(9, value)), "spec.matches[0].any[0].headers", "must have at most 8 items",
	},
	{
		"a header is named twice, in different case",
		set("spec.matches[0].any[0].headers[1].name", "X-Canary"), "spec.matches[0].any[0].headers", "two entries must not name the same header",
	},
	{
		"the Host header is matched",
		set("spec.matches[0].any[0].headers[1].name", "Host"), "spec.matches[0].any[0].headers", "the Host header cannot be matched",
	},
	{
		"there are 4 cookies",
		set("spec.matches[0].any[0].cookies", many(4, value)), "spec.matches[0].any[0].cookies", "must have at most 3 items",
	},
	{
		"a cookie is named twice",
		set("spec.matches[0].any[0].cookies", many(2, same)), "spec.matches[0].any[0].cookies", "two entries must not name the same cookie",
	},
	{
		"the value of a cookie has a semicolon",
		set("spec.matches[0].any[0].cookies[0]", fields{"name": "a", "value": "1; b=2"}),
		"spec.matches[0].any[0].cookies", "a cookie's value holds no semicolon",
	},
	{
		"there are 9 query parameters",
		set("spec.matches[0].any[0].query", many(9, value)), "spec.matches[0].any[0].query", "must have at most 8 items",
	},
	{
		"a query parameter is named twice",
		set("spec.matches[0].any[0].query", many(2, same)), "spec.matches[0].any[0].query", "two entries must not name the same query parameter",
	},
}

func match() any            { return fields{"to": "v2", "any": []any{alternative(0)}} }
func alternative(i int) any { return fields{"path": fields{"exact": fmt.Sprintf("/%d", i)}} }
func value(i int) any       { return fields{"name": fmt.Sprintf("n%d", i), "value": "1"} }
func same(int) any          { return value(0) }

var badValues = []refusal{
	{"a path is relative", set("spec.matches[0].any[0].path.prefix", "api"), "spec.matches[0].any[0].path.prefix", "must begin with /"},
	{"a path ends a rule of the gateway", set("spec.matches[0].any[0].path.prefix", "/a`) || PathPrefix(`/b"), "spec.matches[0].any[0].path.prefix", "no blank, quote, backtick"},
	{"a path climbs", set("spec.matches[0].any[0].path.prefix", "/api/../admin"), "spec.matches[0].any[0].path.prefix", "must not hold //, /./ or /../"},
	{"a path is too long", set("spec.matches[0].any[0].path.prefix", "/"+strings.Repeat("a", 512)), "spec.matches[0].any[0].path.prefix", "may not be more than 512"},
	{"a prefix ends with /", set("spec.matches[0].any[0].path.prefix", "/api/"), "spec.matches[0].any[0].path", "a prefix means whole segments"},
	{"a regular expression has anchors", set("spec.matches[1].any[0].path.regex", "^/api$"), "spec.matches[1].any[0].path.regex", "leave out ^ at the beginning and $ at the end"},
	{"a regular expression has a backtick", set("spec.matches[1].any[0].path.regex", "/a`"), "spec.matches[1].any[0].path.regex", "no control character and no backtick"},
	{"a regular expression does not parse", set("spec.matches[1].any[0].path.regex", "/(a"), "spec.matches[1].any[0].path.regex", "must be a regular expression of RE2"},
	{"a regular expression is empty", set("spec.matches[1].any[0].path.regex", ""), "spec.matches[1].any[0].path.regex", "at least 1 chars long"},
	{"a regular expression is too long", set("spec.matches[1].any[0].path.regex", strings.Repeat("a", 257)), "spec.matches[1].any[0].path.regex", "may not be more than 256"},
	{"the name of a header has a colon", set("spec.matches[0].any[0].headers[0].name", "x:y"), "spec.matches[0].any[0].headers[0].name", "must be a token of RFC 9110"},
	{"the name of a header is too long", set("spec.matches[0].any[0].headers[0].name", strings.Repeat("x", 129)), "spec.matches[0].any[0].headers[0].name", "may not be more than 128"},
	{
		"a header is matched in two ways",
		set("spec.matches[0].any[0].headers[0].regex", "1"), "spec.matches[0].any[0].headers[0]", "set exactly one of value, prefix and regex",
	},
	{"the value of a header breaks the line", set("spec.matches[0].any[0].headers[0].value", "1\r\nx-admin: 1"), "spec.matches[0].any[0].headers[0].value", "must be printable ASCII without a backtick"},
	{"the value of a header is too long", set("spec.matches[0].any[0].headers[0].value", strings.Repeat("x", 1025)), "spec.matches[0].any[0].headers[0].value", "may not be more than 1024"},
}
