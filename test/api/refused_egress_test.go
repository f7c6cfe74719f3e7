package api

import (
	"fmt"
	"strings"
)

var badPartners = []refusal{
	{"there are no partners", set("spec.partners", []any{}), "spec.partners", "at least 1 items"},
	{
		"there are 17 partners", set("spec.partners", many(17, func(i int) any {
			return fields{"name": fmt.Sprintf("p%d", i), "host": "api.partner.example", "tls": fields{"caSecret": "ca"}}
		})), "spec.partners", "must have at most 16 items",
	},
	{"a partner is named twice", set("spec.partners[1].name", "acquirer"), "spec.partners[1]", "Duplicate value"},
	{"the egress gateway is in another namespace", set("spec.gateway", "edge/egress"), "spec.gateway", "must be the name of an egress gateway of the operator's configuration"},
	{"the name of the egress gateway is too long", set("spec.gateway", strings.Repeat("g", 33)), "spec.gateway", "may not be more than 32"},
	{"a partner is called by address", set("spec.partners[0].host", "192.0.2.7"), "spec.partners[0].host", "must be a DNS name of at least two labels"},
	{"a partner is a Service", set("spec.partners[0].host", "vault.ops.svc.cluster.local"), "spec.partners[0].host", "must not be a name inside of the cluster"},
	{"a partner's host is too long", set("spec.partners[0].host", strings.Repeat("a.", 126)+"aa"), "spec.partners[0].host", "may not be more than 253"},
	{"a partner has no host", set("spec.partners[1]", fields{"name": "rates", "tls": fields{"caSecret": "ca"}}), "spec.partners[1].host", "Required value"},
	{"a partner is called without TLS", set("spec.partners[1]", fields{"name": "rates", "host": "a.example"}), "spec.partners[1].tls", "Required value"},
	{"a partner's certificate is taken from anybody", set("spec.partners[1].tls", fields{}), "spec.partners[1].tls.caSecret", "Required value"},
	{"a credential leaves its folder", set("spec.partners[0].credential", "../token"), "spec.partners[0].credential", "must be the name of a credential of the operator's configuration"},
	{"a credential's name is too long", set("spec.partners[0].credential", strings.Repeat("c", 64)), "spec.partners[0].credential", "may not be more than 63"},
	{"nothing may be in flight", set("spec.partners[0].maxInFlight", 0), "spec.partners[0].maxInFlight", "greater than or equal to 1"},
	{"more than a million may be in flight", set("spec.partners[0].maxInFlight", 1000001), "spec.partners[0].maxInFlight", "less than or equal to 1000000"},
}

var badWaysOut = []refusal{
	{"a list of routes is empty", set("spec.partners[0].routes", []any{}), "spec.partners[0].routes", "at least 1 items"},
	{"there are 17 routes", set("spec.partners[0].routes", many(17, func(i int) any {
		return fields{"rewritePath": fmt.Sprintf("/%d", i)}
	})), "spec.partners[0].routes", "must have at most 16 items"},
	{"a route says nothing", set("spec.partners[0].routes[1]", fields{}), "spec.partners[0].routes[1]", "set match or rewritePath"},
	{"a path becomes one with a slash at its end", set("spec.partners[0].routes[0].rewritePath", "/v2/"), "spec.partners[0].routes[0].rewritePath", "leave out the / at its end"},
	{"other ways out are not closed", set("spec.network.isolate", false), "spec.network.isolate", "other ways out stay open"},
	{"every address is allowed", set("spec.network.alsoAllow[0].cidr", "0.0.0.0/0"), "spec.network.alsoAllow[0].cidr", "must not be every address"},
	{"nothing else is allowed", set("spec.network.alsoAllow", []any{}), "spec.network.alsoAllow", "at least 1 items"},
	{"33 networks are allowed", set("spec.network.alsoAllow", many(33, func(i int) any {
		return fields{"cidr": fmt.Sprintf("10.%d.0.0/16", i)}
	})), "spec.network.alsoAllow", "must have at most 32 items"},
	{"no port of a network is allowed", set("spec.network.alsoAllow[0].ports", []any{}), "spec.network.alsoAllow[0].ports", "at least 1 items"},
	{"17 ports of a network are allowed", set("spec.network.alsoAllow[0].ports", many(17, func(i int) any { return i + 1 })), "spec.network.alsoAllow[0].ports", "must have at most 16 items"},
	{"a port of a network is named twice", set("spec.network.alsoAllow[0].ports", []any{53, 53}), "spec.network.alsoAllow[0].ports[1]", "Duplicate value"},
}
