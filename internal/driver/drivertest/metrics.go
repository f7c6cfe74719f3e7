package drivertest

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/kubemate/kubemate/internal/driver"
)

// checkMetrics runs the contract of driver.MetricSource against drivers that are one: PromQL by Prometheus's own parser, about the backend and
// nothing else, over the window and nothing else.
func checkMetrics(t *testing.T, d driver.Driver) {
	source, is := d.(driver.MetricSource)
	if !is {
		t.Skip("the driver gives no metrics")
	}
	traffic := driver.Traffic{Namespace: "shop", Service: "orders", Backend: "orders-v2-4f1e", Ports: []int32{8080, 9090}, Window: 90 * time.Second}
	other := traffic
	other.Backend = "orders-v1-77aa"
	for name, query := range map[string]func(driver.Traffic) string{
		"requests": source.Requests,
		"failures": source.Failures,
		"p50":      func(t driver.Traffic) string { return source.Latency(t, 0.5) },
		"p99.9":    func(t driver.Traffic) string { return source.Latency(t, 0.999) },
	} {
		t.Run(name, func(t *testing.T) {
			text := query(traffic)
			if text != query(traffic) {
				t.Error("the same traffic gives different queries")
			}
			if text == query(other) {
				t.Error("two backends give the same query")
			}
			expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if expr.Type() != parser.ValueTypeVector {
				t.Errorf("%s gives a %s", text, expr.Type())
			}
			parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
				switch node := node.(type) {
				case *parser.MatrixSelector:
					if node.Range != traffic.Window {
						t.Errorf("%s does not look at the window", node)
					}
				case *parser.VectorSelector:
					checkSelects(t, node, traffic)
				}
				return nil
			})
		})
	}
}

// checkSelects finds the namespace and the backend among what a selector asks for, and nothing that would be true of another backend too.
func checkSelects(t *testing.T, selector *parser.VectorSelector, traffic driver.Traffic) {
	t.Helper()
	named := false
	for _, matcher := range selector.LabelMatchers {
		positive := matcher.Type == labels.MatchEqual || matcher.Type == labels.MatchRegexp
		named = named || positive && strings.Contains(matcher.Value, traffic.Backend)
	}
	if !named {
		t.Errorf("%s does not name the backend", selector)
	}
	if !strings.Contains(selector.String(), traffic.Namespace) {
		t.Errorf("%s does not name the namespace", selector)
	}
}
