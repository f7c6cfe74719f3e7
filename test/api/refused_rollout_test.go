package api

import "strings"

var badRollouts = []refusal{
	{"a rollout leads nowhere", drop("spec.rollout.to"), "spec.rollout.to", "Required value"},
	{"a rollout leads to no variant", set("spec.rollout.to", "v9"), "spec", "rollout.to must be the name of one of spec.variants"},
	{"there are no steps", set("spec.rollout.steps", []any{}), "spec.rollout.steps", "at least 1 items"},
	{"there are 33 steps", set("spec.rollout.steps", many(33, func(int) any { return fields{"weight": 100} })), "spec.rollout.steps", "must have at most 32 items"},
	{"a step has no weight", set("spec.rollout.steps[0]", fields{"hold": "10m"}), "spec.rollout.steps[0].weight", "Required value"},
	{"a step's weight is above 100", set("spec.rollout.steps[1].weight", 101), "spec.rollout.steps[1].weight", "must be per cent from 0 to 100 with at most one decimal"},
	{"a step's weight is too long", set("spec.rollout.steps[0].weight", "10.000"), "spec.rollout.steps[0].weight", "may not be more than 5"},
	{"the last step is not the whole", set("spec.rollout.steps[2].weight", 99), "spec.rollout.steps", "the last step must have weight 100"},
	{"the weights fall", set("spec.rollout.steps[0].weight", "25.1"), "spec.rollout.steps", "weights must not fall from one step to the next"},
	{"a step is held for days", set("spec.rollout.steps[0].hold", "1d"), "spec.rollout.steps[0].hold", "from 1ms to 720h, such as 10m or 24h"},
	{"the deadline is too long to be a time", set("spec.rollout.deadline", "1000000000h"), "spec.rollout.deadline", "may not be more than 10"},
	{"an approval has a name", set("spec.rollout.steps[0].approval", "alice"), "spec.rollout.steps[0].approval", `must be of type boolean: "string"`},
	{"the capacity is a number", set("spec.rollout.capacity", "3"), "spec.rollout.capacity", `supported values: "Proportional", "AllReady"`},
	{"a failure is ignored", set("spec.rollout.onFailure", "Ignore"), "spec.rollout.onFailure", `supported values: "RollBack", "Pause"`},
	{"suspend is text", set("spec.suspend", "yes"), "spec.suspend", `must be of type boolean: "string"`},
}

var badAnalyses = []refusal{
	{"the metric source is an address", set("spec.rollout.analysis.source", "http://169.254.169.254"), "spec.rollout.analysis.source", "an address is not understood"},
	{"the name of the metric source is too long", set("spec.rollout.analysis.source", strings.Repeat("s", 33)), "spec.rollout.analysis.source", "may not be more than 32"},
	{"an analysis has no interval", drop("spec.rollout.analysis.interval"), "spec.rollout.analysis.interval", "Required value"},
	{"an interval is 10 milliseconds", set("spec.rollout.analysis.interval", "10ms"), "spec.rollout.analysis.interval", "must be at least 1s"},
	{"no failure is too many", set("spec.rollout.analysis.failureLimit", 0), "spec.rollout.analysis.failureLimit", "greater than or equal to 1"},
	{"101 failures are too few", set("spec.rollout.analysis.failureLimit", 101), "spec.rollout.analysis.failureLimit", "less than or equal to 100"},
	{"no error is too many", set("spec.rollout.analysis.errorLimit", 0), "spec.rollout.analysis.errorLimit", "greater than or equal to 1"},
	{"101 errors are too few", set("spec.rollout.analysis.errorLimit", 101), "spec.rollout.analysis.errorLimit", "less than or equal to 100"},
	{"no request is enough", set("spec.rollout.analysis.minRequests", 0), "spec.rollout.analysis.minRequests", "greater than or equal to 1"},
	{"a billion and one requests", set("spec.rollout.analysis.minRequests", 1000000001), "spec.rollout.analysis.minRequests", "less than or equal to 1000000000"},
	{"no data is skipped", set("spec.rollout.analysis.onNoData", "Skip"), "spec.rollout.analysis.onNoData", `supported values: "Hold", "Fail", "Pass"`},
	{"there are no metrics", set("spec.rollout.analysis.metrics", []any{}), "spec.rollout.analysis.metrics", "at least 1 items"},
	{"there are 17 metrics", set("spec.rollout.analysis.metrics", many(17, metric)), "spec.rollout.analysis.metrics", "must have at most 16 items"},
	{
		"a metric has bounds twice",
		set("spec.rollout.analysis.metrics[1]", fields{"name": "success-rate", "min": "90"}),
		"spec.rollout.analysis.metrics", "two metrics must not have the same name",
	},
}

func metric(i int) any {
	return fields{"name": strings.Repeat("m", i+1), "query": "up", "min": "1"}
}

const metrics = "spec.rollout.analysis.metrics"

var badMetrics = []refusal{
	{"a metric has no name", set(metrics+"[1]", fields{"max": "1s"}), metrics + "[1].name", "Required value"},
	{"the name of a metric has capitals", set(metrics+"[4].name", "Declined"), metrics + "[4].name", "must be a name such as declined-payments"},
	{"the name of a metric is too long", set(metrics+"[4].name", strings.Repeat("m", 64)), metrics + "[4].name", "may not be more than 63"},
	{"a built-in metric has a query", set(metrics+"[0].query", "up"), metrics + "[0]", "have no query, and every other name needs one"},
	{"a query is empty", set(metrics+"[4].query", ""), metrics + "[4].query", "at least 1 chars long"},
	{"a query is too long", set(metrics+"[4].query", strings.Repeat("q", 2049)), metrics + "[4].query", "may not be more than 2048"},
	{"a query has a template of its own", set(metrics+"[4].query", `up{pod="{{ .Pod }}"}`), metrics + "[4].query", "must hold no template other than"},
	{"a metric has no bound", set(metrics+"[0]", fields{"name": "success-rate"}), metrics + "[0]", "a metric without compareTo needs min or max"},
	{"a comparison has no margin", set(metrics+"[2]", fields{"name": "success-rate", "compareTo": "Stable"}), metrics + "[2]", "compareTo and maxDrop or maxRise belong together"},
	{"a metric is compared with a variant", set(metrics+"[2].compareTo", "v3"), metrics + "[2].compareTo", `supported values: "Stable"`},
	{"a bound is an expression", set(metrics+"[4].max", "1e9"), metrics + "[4].max", "must be a decimal number such as 99.5, for latencies with ms or s"},
	{"a bound is too long", set(metrics+"[4].max", strings.Repeat("1", 21)), metrics + "[4].max", "may not be more than 20"},
	{"a margin is negative", set(metrics+"[2].maxDrop", "-1"), metrics + "[2].maxDrop", "must be a decimal number that is not negative"},
	{"a margin is too long", set(metrics+"[2].maxDrop", strings.Repeat("1", 21)), metrics + "[2].maxDrop", "may not be more than 20"},
	{"a rate is a duration", set(metrics+"[0].min", "99ms"), metrics + "[0]", "only latencies are durations: write a number without unit"},
	{"a latency has no unit", set(metrics+"[1].max", "500"), metrics + "[1]", "a latency needs a unit: 500ms or 2s"},
	{"a success rate is a fraction", set(metrics+"[0].min", "0.995"), metrics + "[0]", "success-rate is in per cent: write 99.5, not 0.995"},
	{"dryRun is text", set(metrics+"[4].dryRun", "yes"), metrics + "[4].dryRun", `must be of type boolean: "string"`},
}
