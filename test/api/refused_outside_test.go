package api

import (
	"fmt"
	"strings"
)

var badEgress = []refusal{
	{"egress stays open", set("spec.egress.default", "Allow"), "spec.egress.default", "supported values"},
	{"egress says nothing of its default", drop("spec.egress.default"), "spec.egress.default", "Required value"},
	{"a list of ways out is empty", set("spec.egress.allow", []any{}), "spec.egress.allow", "at least 1 items"},
	{"there are 65 ways out", set("spec.egress.allow", many(65, func(i int) any {
		return fields{"host": fmt.Sprintf("p%d.example", i), "ports": []any{443}}
	})), "spec.egress.allow", "must have at most 64 items"},
	{"a way out is a host and a network", set("spec.egress.allow[0].cidr", "203.0.113.0/24"), "spec.egress.allow[0]", "set exactly one of host and cidr"},
	{"a network has a protocol", set("spec.egress.allow[2].protocol", "TLS"), "spec.egress.allow[2]", "leave it out with cidr"},
	{"a way out is all addresses", set("spec.egress.allow[2].cidr", "0.0.0.0/0"), "spec.egress.allow[2].cidr", "leave egress out instead"},
	{"a way out has no ports", set("spec.egress.allow[0]", fields{"host": "api.partner.example"}), "spec.egress.allow[0].ports", "Required value"},
	{"a way out has an empty list of ports", set("spec.egress.allow[0].ports", []any{}), "spec.egress.allow[0].ports", "at least 1 items"},
	{"a way out has 17 ports", set("spec.egress.allow[0].ports", many(17, func(i int) any { return i + 1 })), "spec.egress.allow[0].ports", "must have at most 16 items"},
	{"a port of a way out is named twice", set("spec.egress.allow[0].ports", []any{443, 443}), "spec.egress.allow[0].ports[1]", "Duplicate value"},
	{"a way out is of another protocol", set("spec.egress.allow[0].protocol", "UDP"), "spec.egress.allow[0].protocol", "supported values"},
	{"a way out is a host by address", set("spec.egress.allow[0].host", "192.0.2.7"), "spec.egress.allow[0].host", "an address is a cidr"},
	{"a way out is a Service", set("spec.egress.allow[0].host", "vault.ops.svc.cluster.local"), "spec.egress.allow[0].host", "pods of the cluster can be called anyway"},
	{"the host of a way out is too long", set("spec.egress.allow[0].host", strings.Repeat("a.", 126)+"aa"), "spec.egress.allow[0].host", "may not be more than 253"},
}
