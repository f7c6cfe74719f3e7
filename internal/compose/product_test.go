package compose

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/internal/model"
)

// request is what lines and rules look at.
type request struct{ method, path, canary string }

// TestTheProductSaysWhatBothSay compares the product of a release's table and a policy's rules with asking first the one, then the other.
func TestTheProductSaysWhatBothSay(t *testing.T) {
	decided := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		table, rules := drawTable(t), drawRules(t)
		svc := model.Service{Name: "orders", Ports: []model.Port{{Number: 8080}}, Routes: slices.Clone(table), RoutedPorts: []int32{8080}}
		if problems := (&resilience{rules: rules}).apply(&svc); len(problems) > 0 {
			t.Fatalf("a table without expressions has problems: %v", problems)
		}
		for range 20 {
			one := request{
				method: rapid.SampledFrom([]string{"GET", "POST", "PURGE"}).Draw(t, "method"),
				path:   rapid.SampledFrom([]string{"/", "/a", "/a/b", "/a/bc", "/ab"}).Draw(t, "path"),
				canary: rapid.SampledFrom([]string{"", "1"}).Draw(t, "canary"),
			}
			line, rule := first(table, one), firstRule(rules, one)
			retry := rules[rule].retry
			if retry != nil && !retry.NonIdempotent && !slices.Contains(idempotent, one.method) {
				retry = nil
			}
			got := svc.Routes[first(svc.Routes, one)]
			if !slices.Equal(got.Split, table[line].Split) || got.Timeout != rules[rule].timeout || got.Retry != retry {
				t.Fatalf("%+v: line %d and rule %d decide (%v, %v, %v), the product says %v, %v, %v",
					one, line, rule, table[line].Split, rules[rule].timeout, retry, got.Split, got.Timeout, got.Retry)
			}
			note(decided, "a line with a match", line < len(table)-1)
			note(decided, "a route of the policy", rule < len(rules)-1)
			note(decided, "both", line < len(table)-1 && rule < len(rules)-1)
			note(decided, "a retry kept from a request that may do harm", retry == nil && rules[rule].retry != nil)
		}
	})
	for _, what := range []string{"a line with a match", "a route of the policy", "both", "a retry kept from a request that may do harm"} {
		if decided[what] == 0 {
			t.Errorf("%s was never decisive: the test shows less than it says", what)
		}
	}
	t.Logf("decisive: %v", decided)
}

func note(counts map[string]int, what string, is bool) {
	if is {
		counts[what]++
	}
}

func drawTable(t *rapid.T) []model.Route {
	var table []model.Route
	for i := range rapid.IntRange(0, 3).Draw(t, "lines") {
		match := model.Match{Path: drawPath(t)}
		if rapid.Bool().Draw(t, "of a method") {
			match.Methods = []string{rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method of the line")}
		}
		if rapid.Bool().Draw(t, "of canaries") {
			match.Headers = []model.ValueMatch{{Name: "x-canary", Kind: model.MatchExact, Value: "1"}}
		}
		table = append(table, model.Route{Match: match, Split: []model.Share{{Backend: string(rune('b' + i)), Weight: 1}}})
	}
	return append(table, model.Route{Split: []model.Share{{Backend: "a", Weight: 9}}})
}

func drawRules(t *rapid.T) []resilienceRule {
	var rules []resilienceRule
	for i := range rapid.IntRange(0, 3).Draw(t, "rules") {
		rule := resilienceRule{path: drawPath(t), timeout: time.Duration(i+2) * time.Second}
		rule.methods = rapid.SampledFrom([][]string{nil, {"GET"}, {"GET", "POST"}, {"POST"}}).Draw(t, "methods of the rule")
		if rapid.Bool().Draw(t, "retried") {
			rule.retry = &model.Retry{Limit: 1, On: []string{"5xx"}, NonIdempotent: rapid.Bool().Draw(t, "nonIdempotent")}
		}
		rules = append(rules, rule)
	}
	return append(rules, resilienceRule{timeout: time.Second, retry: &model.Retry{Limit: 3, On: []string{"5xx"}}})
}

func drawPath(t *rapid.T) *model.PathMatch {
	return rapid.SampledFrom([]*model.PathMatch{
		nil,
		{Kind: model.MatchPrefix, Value: "/a"},
		{Kind: model.MatchPrefix, Value: "/a/b"},
		{Kind: model.MatchExact, Value: "/a"},
		{Kind: model.MatchExact, Value: "/a/b"},
	}).Draw(t, "path of a match")
}

// first is the line that decides.
func first(table []model.Route, one request) int {
	return slices.IndexFunc(table, func(route model.Route) bool {
		return (len(route.Match.Headers) == 0 || one.canary == "1") && speaks(route.Match.Path, route.Match.Methods, one)
	})
}

func firstRule(rules []resilienceRule, one request) int {
	return slices.IndexFunc(rules, func(rule resilienceRule) bool { return speaks(rule.path, rule.methods, one) })
}

func speaks(path *model.PathMatch, methods []string, one request) bool {
	if len(methods) > 0 && !slices.Contains(methods, one.method) {
		return false
	}
	switch {
	case path == nil:
		return true
	case path.Kind == model.MatchExact:
		return path.Value == one.path
	}
	return one.path == path.Value || strings.HasPrefix(one.path, path.Value+"/")
}

func TestPathsAreJoined(t *testing.T) {
	expression := func(text string) *model.PathMatch { return &model.PathMatch{Kind: model.MatchRegex, Value: text} }
	exact := &model.PathMatch{Kind: model.MatchExact, Value: "/beta/1"}
	prefix := &model.PathMatch{Kind: model.MatchPrefix, Value: "/beta"}
	for name, test := range map[string]struct {
		a, b, want *model.PathMatch
		met        pathMeeting
	}{
		"an expression that holds of an exact path is the path":    {expression("/beta/[0-9]+"), exact, exact, pathsJoined},
		"an expression must hold of the whole of an exact path":    {expression("/beta"), exact, nil, pathsApart},
		"an expression and a prefix cannot be written":             {expression("/beta/[0-9]+"), prefix, nil, pathsUnwritable},
		"an expression and every path is the expression":           {expression("/x"), nil, expression("/x"), pathsJoined},
		"a prefix holds its own path":                              {exact, prefix, exact, pathsJoined},
		"a prefix is whole segments":                               {&model.PathMatch{Kind: model.MatchExact, Value: "/betas"}, prefix, nil, pathsApart},
		"an alternative in an expression is part of the whole one": {expression("/x|/beta/1"), exact, exact, pathsJoined},
	} {
		t.Run(name, func(t *testing.T) {
			got, met := joinPaths(test.a, test.b)
			if met != test.met || (got == nil) != (test.want == nil) || got != nil && *got != *test.want {
				t.Errorf("got %v (%d), want %v (%d)", got, met, test.want, test.met)
			}
		})
	}
}
