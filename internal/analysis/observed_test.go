package analysis

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubemate/kubemate/internal/analysis/query"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/verdict"
)

func TestObservedShares(t *testing.T) {
	mesh := []driver.MetricSource{carrier("mesh")}
	for name, test := range map[string]struct {
		carriers []driver.MetricSource
		answers  map[string]verdict.Sample
		want     string
	}{
		"as they were counted":              {mesh, numbers(map[string]float64{"mesh_requests v1": 75, "mesh_requests v2": 25}), "[{v1 0.75} {v2 0.25}]"},
		"of mesh and edge together":         {both(), numbers(map[string]float64{"mesh_requests v1": 60, "edge_requests v1": 20, "edge_requests v2": 20}), "[{v1 0.8} {v2 0.2}]"},
		"nothing for whom nobody counted":   {mesh, numbers(map[string]float64{"mesh_requests v1": 9}), "[{v1 1} {v2 0}]"},
		"unknown where nothing was counted": {both(), nil, "[]"},
		"unknown where there were none":     {mesh, numbers(map[string]float64{"mesh_requests v1": 0, "mesh_requests v2": 0}), "[]"},
		"unknown where nobody counts":       {nil, nil, "[]"},
		"unknown where one did not answer":  {mesh, map[string]verdict.Sample{"mesh_requests v1": verdict.Fault("down"), "mesh_requests v2": verdict.Of(5)}, "[]"},
		"unknown where the last did not":    {mesh, map[string]verdict.Sample{"mesh_requests v1": verdict.Of(5), "mesh_requests v2": verdict.Fault("down")}, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			looking := measuring{
				Round: Round{Namespace: "shop", Service: "orders", Window: time.Minute, Carriers: test.carriers, Variants: []Variant{{"v1", "v1"}, {"v2", "v2"}}},
				scope: query.Scope{Namespace: "shop", NamespaceLabel: "namespace"}, ask: canned(test.answers),
			}
			if got := fmt.Sprint(looking.result().Observed); got != test.want {
				t.Errorf("%s; want %s", got, test.want)
			}
		})
	}
}

func TestSharesAskNothingAgainOfTheTarget(t *testing.T) {
	asked := map[string]int{}
	looking := measuring{
		Round: Round{
			Namespace: "shop", Service: "orders", Window: time.Minute, Carriers: both(), Candidate: Variant{"v2", "v2"}, Metrics: []Metric{{Name: "success-rate", Min: "99"}},
			Variants: []Variant{{"v1", "v1"}, {"v2", "v2"}},
		},
		scope: query.Scope{Namespace: "shop", NamespaceLabel: "namespace"},
		ask:   func(text string) Measurement { asked[text]++; return Measurement{} },
	}
	looking.findings()
	before := len(asked)
	looking.observed()
	if more := len(asked) - before; more != 2 { // v1, in the mesh and at the edge
		t.Errorf("%d further questions: %v", more, asked)
	}
}

// canned answers by "SIGNAL VARIANT"; what is not said has no data.
func canned(answers map[string]verdict.Sample) func(text string) Measurement {
	return func(text string) Measurement {
		for short, sample := range answers {
			signal, variant, _ := strings.Cut(short, " ")
			if strings.HasPrefix(text, "sum("+signal+"{backend="+`"`+variant+`"`) {
				return Measurement{Sample: sample, Query: text}
			}
		}
		return Measurement{Sample: verdict.None("no data"), Query: text}
	}
}
