package query

import (
	"maps"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// FuzzConfine: whatever is written, what is sent reads its own namespace alone, is bounded, and is read again as it was written.
func FuzzConfine(f *testing.F) {
	for _, name := range sorted(attempts) {
		f.Add(attempts[name])
	}
	for _, text := range []string{
		`sum(rate(http_requests_total{job="a",code=~"5.."}[{{ .Window }}])) / sum(rate(http_requests_total[{{ .Window }}]))`,
		`histogram_quantile(0.99, sum by (le) (rate(h_bucket{backend="{{ .Backend }}"}[5m] offset 1m)))`,
		`sum by (namespace) (x) > bool on () group_left (a) y`, `-x ^ 2 % 3 unless ignoring (b) z and w atan2 v`,
		`count_values("namespace", x)`, `label_join(x, "namespace", "", "a")`, `quantile_over_time(0.5, x[5m:30s] offset 5m)`,
		`{"a.b", "c d"="e"}`, `absent_over_time(x{y!~"z"}[1h])`, `sum without (a) (x{a!="",a=~".+"}) * 1e3 + 0x1F - Inf + NaN`,
		"sum(x{a='b', c=`d`})", `x{namespace=~"sh.*"} or x{namespace!~"bank"}`, `sum(x) == bool 1`, `sum(rate(x[1h30m])) / 3600`,
	} {
		f.Add(text)
	}
	whole := Scope{Namespace: "shop", NamespaceLabel: "namespace", Matchers: map[string]string{"cluster": "prod"}}
	f.Fuzz(func(t *testing.T, text string) {
		expanded, err := Expand(text, values)
		if err != nil {
			return
		}
		sent, err := whole.Confine(expanded)
		if err != nil {
			return
		}
		expr, err := parser.NewParser(parser.Options{}).ParseExpr(sent)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, sent, err)
		}
		if again := expr.String(); again != sent {
			t.Fatalf("%q became %q and then %q", text, sent, again)
		}
		if kind := expr.Type(); kind != parser.ValueTypeVector && kind != parser.ValueTypeScalar {
			t.Fatalf("%q gives a %s", sent, kind)
		}
		parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
			if selector, is := node.(*parser.VectorSelector); is {
				checkMatcher(t, selector, "namespace", "shop")
				checkMatcher(t, selector, "cluster", "prod")
			}
			return nil
		})
		twice, err := whole.Confine(sent)
		if err != nil || twice != sent {
			t.Fatalf("%q was confined again to %q, %v", sent, twice, err)
		}
	})
}

func checkMatcher(t *testing.T, selector *parser.VectorSelector, label, value string) {
	t.Helper()
	found := 0
	for _, matcher := range selector.LabelMatchers {
		if matcher.Name != label {
			continue
		}
		found++
		if matcher.Type != labels.MatchEqual || matcher.Value != value {
			t.Fatalf("%s has the matcher %s", selector, matcher)
		}
	}
	if found != 1 {
		t.Fatalf("%s has %d matchers of %s", selector, found, label)
	}
}
