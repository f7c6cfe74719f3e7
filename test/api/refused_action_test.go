package api

import "strings"

var badActions = []refusal{
	{"the name of the release is too long", set("spec.release", strings.Repeat("r", 254)), "spec.release", "may not be more than 253"},
	{"the UID is missing", drop("spec.releaseUID"), "spec.releaseUID", "Required value"},
	{"the UID is none", set("spec.releaseUID", strings.Repeat("x", 36)), "spec.releaseUID", "must be metadata.uid of the release"},
	{"the UID is too long", set("spec.releaseUID", strings.Repeat("0", 37)), "spec.releaseUID", "may not be more than 36"},
	{"the generation is 0", set("spec.generation", 0), "spec.generation", "greater than or equal to 1"},
	{"the action is unknown", both(set("spec.action", "Stop"), drop("spec.step")), "spec.action", `supported values: "Approve", "Promote", "Pause", "Resume", "Abort", "Retry"`},
	{"an approval is for no step", drop("spec.step"), "spec", "set step: Approve and Promote are about one step"},
	{"a pause is for a step", set("spec.action", "Pause"), "spec", "leave out step: only Approve and Promote"},
	{"steps are counted from 0", set("spec.step", 0), "spec.step", "greater than or equal to 1"},
	{"the step is above 32", set("spec.step", 33), "spec.step", "less than or equal to 32"},
	{"the actor is missing", drop("spec.actor"), "spec.actor", "Required value"},
	{"the actor is empty", set("spec.actor", ""), "spec.actor", "at least 1 chars long"},
	{"the actor is too long", set("spec.actor", strings.Repeat("a", 513)), "spec.actor", "may not be more than 512"},
	{"the actor forges a line of a log", set("spec.actor", "alice\nbob"), "spec.actor", "must be a user name without control characters"},
	{"the reason is empty", set("spec.reason", ""), "spec.reason", "at least 1 chars long"},
	{"the reason is too long", set("spec.reason", strings.Repeat("a", 1025)), "spec.reason", "may not be more than 1024"},
	{"the reason is of two lines", set("spec.reason", "a\nb"), "spec.reason", "must be one line of text"},
}

// badEdits are changes of objects that are stored.
var badEdits = map[string][]refusal{
	"releaseaction": {{"another step is approved", set("spec.step", 3), "spec", "an action never changes"}},
	"hostclaim":     {{"another host is claimed", set("spec.host", "pay.example"), "spec", "host and gateway cannot be changed"}},
}
