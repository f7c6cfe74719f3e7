package api

var badNetworks = []refusal{
	{"a network is not isolated", set("spec.network.isolate", false), "spec.network.isolate", "leave network out and the network stays open"},
	{"a network says nothing of isolate", drop("spec.network.isolate"), "spec.network.isolate", "Required value"},
	{"nothing is also allowed", set("spec.network.alsoAllow", []any{}), "spec.network.alsoAllow", "at least 1 items"},
	{"33 things are also allowed", set("spec.network.alsoAllow", many(33, allowance)), "spec.network.alsoAllow", "must have at most 32 items"},
	{"an allowance has no from", set("spec.network.alsoAllow[0]", fields{"ports": []any{fields{"port": 1}}}), "spec.network.alsoAllow[0].from", "Required value"},
	{"an allowance is from nobody", set("spec.network.alsoAllow[0].from", []any{}), "spec.network.alsoAllow[0].from", "at least 1 items"},
	{"an allowance is from 65 peers", set("spec.network.alsoAllow[0].from", many(65, caller)), "spec.network.alsoAllow[0].from", "must have at most 64 items"},
	{"an allowance has no ports", set("spec.network.alsoAllow[0].ports", []any{}), "spec.network.alsoAllow[0].ports", "at least 1 items"},
	{"an allowance has 33 ports", set("spec.network.alsoAllow[0].ports", many(33, number)), "spec.network.alsoAllow[0].ports", "must have at most 32 items"},
	{"a peer is nobody", set("spec.network.alsoAllow[0].from[0]", fields{}), "spec.network.alsoAllow[0].from[0]", "set exactly one of namespace, cidr and any"},
	{"no peer is any", set("spec.network.alsoAllow[0].from[2].any", false), "spec.network.alsoAllow[0].from[2].any", "leave it out and name the peers"},
}

func allowance(int) any { return fields{"from": []any{fields{"any": true}}} }
