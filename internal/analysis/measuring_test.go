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

// carrier counts under metrics of its own name.
type carrier string

func (c carrier) text(signal string, t driver.Traffic) string {
	return fmt.Sprintf("sum(%s_%s{backend=%q})", string(c), signal, t.Backend)
}
func (c carrier) Requests(t driver.Traffic) string { return c.text("requests", t) }
func (c carrier) Failures(t driver.Traffic) string { return c.text("failures", t) }
func (c carrier) Latency(t driver.Traffic, q float64) string {
	return c.text(fmt.Sprintf("latency_%g", q*1000), t)
}
func both() []driver.MetricSource { return []driver.MetricSource{carrier("mesh"), carrier("edge")} }
func numbers(pairs map[string]float64) map[string]verdict.Sample {
	samples := map[string]verdict.Sample{}
	for text, value := range pairs {
		samples[text] = verdict.Of(value)
	}
	return samples
}

// judge looks at one metric with canned answers: "mesh_requests v2" says what the carrier mesh counted for v2. What is not said has no data.
func judge(t *testing.T, round Round, answers map[string]verdict.Sample) Finding {
	t.Helper()
	round.Candidate, round.Namespace, round.Service, round.Window, round.At = Variant{"v2", "v2"}, "shop", "orders", time.Minute, noon
	looking := measuring{Round: round, scope: query.Scope{Namespace: "shop", NamespaceLabel: "namespace"}, ask: canned(answers)}
	return looking.findings()[0]
}

func TestBuiltInMetrics(t *testing.T) {
	success := Metric{Name: "success-rate", Min: "99.5"}
	latency := Metric{Name: "latency-p99", Max: "500ms"}
	drop := Metric{Name: "success-rate", MaxDrop: "0.5"}
	mesh := []driver.MetricSource{carrier("mesh")}
	down := verdict.Fault("down")
	stable := Variant{"v1", "v1"}
	with := func(base map[string]float64, text string, sample verdict.Sample) map[string]verdict.Sample {
		samples := numbers(base)
		samples[text] = sample
		return samples
	}
	for name, test := range map[string]struct {
		round   Round
		metric  Metric
		answers map[string]verdict.Sample
		want    verdict.Result
		says    string
	}{
		"one carrier without failures":                 {Round{Carriers: mesh}, success, numbers(map[string]float64{"mesh_requests v2": 200, "mesh_failures v2": 0}), verdict.Pass, "100% of v2"},
		"one carrier with failures":                    {Round{Carriers: mesh}, success, numbers(map[string]float64{"mesh_requests v2": 200, "mesh_failures v2": 2}), verdict.Fail, "99% of v2"},
		"two carriers weigh by their requests":         {Round{Carriers: both()}, success, numbers(map[string]float64{"mesh_requests v2": 900, "mesh_failures v2": 0, "edge_requests v2": 100, "edge_failures v2": 10}), verdict.Fail, "99% of v2"},
		"a carrier without traffic does not count":     {Round{Carriers: both()}, success, numbers(map[string]float64{"mesh_requests v2": 200, "mesh_failures v2": 0}), verdict.Pass, "100%"},
		"a carrier that counts no requests, and odd":   {Round{Carriers: both()}, success, numbers(map[string]float64{"mesh_requests v2": 200, "mesh_failures v2": 0, "edge_requests v2": 0, "edge_failures v2": 3}), verdict.Pass, "100%"},
		"a hair below no failures":                     {Round{Carriers: mesh}, success, numbers(map[string]float64{"mesh_requests v2": 200, "mesh_failures v2": -1e-13}), verdict.Pass, "100%"},
		"a hair above all":                             {Round{Carriers: mesh}, success, numbers(map[string]float64{"mesh_requests v2": 200, "mesh_failures v2": 200.0001}), verdict.Fail, "0% of v2"},
		"no requests are no data":                      {Round{Carriers: both()}, success, nil, verdict.NoData, "no requests were counted"},
		"zero requests are no data":                    {Round{Carriers: mesh}, success, numbers(map[string]float64{"mesh_requests v2": 0, "mesh_failures v2": 0}), verdict.NoData, "fewer than 1"},
		"no carrier is no data":                        {Round{}, success, nil, verdict.NoData, "neither a mesh nor a gateway"},
		"requests without count of failures":           {Round{Carriers: mesh}, success, numbers(map[string]float64{"mesh_requests v2": 200}), verdict.NoData, "not how many of them failed"},
		"one carrier that cannot be asked":             {Round{Carriers: both()}, success, with(map[string]float64{"mesh_requests v2": 200, "mesh_failures v2": 0}, "edge_requests v2", down), verdict.Error, "down"},
		"failures that cannot be asked":                {Round{Carriers: mesh}, success, with(map[string]float64{"mesh_requests v2": 200}, "mesh_failures v2", down), verdict.Error, "down"},
		"requests of both carriers are enough":         {Round{Carriers: both(), MinRequests: 100}, success, numbers(map[string]float64{"mesh_requests v2": 60, "mesh_failures v2": 0, "edge_requests v2": 60, "edge_failures v2": 0}), verdict.Pass, ""},
		"requests of both carriers are not enough":     {Round{Carriers: both(), MinRequests: 121}, success, numbers(map[string]float64{"mesh_requests v2": 60, "mesh_failures v2": 0, "edge_requests v2": 60, "edge_failures v2": 0}), verdict.NoData, "120 requests, fewer than 121"},
		"the worse latency counts":                     {Round{Carriers: both()}, latency, numbers(map[string]float64{"mesh_requests v2": 9, "mesh_latency_990 v2": 0.1, "edge_latency_990 v2": 0.7}), verdict.Fail, "700ms of v2"},
		"the other carrier's latency counts":           {Round{Carriers: both()}, latency, numbers(map[string]float64{"mesh_requests v2": 9, "mesh_latency_990 v2": 0.7, "edge_latency_990 v2": 0.1}), verdict.Fail, "700ms of v2"},
		"no latency is no data":                        {Round{Carriers: mesh}, latency, numbers(map[string]float64{"mesh_requests v2": 9}), verdict.NoData, "no latencies"},
		"a latency that cannot be asked":               {Round{Carriers: both()}, latency, with(map[string]float64{"mesh_requests v2": 9, "mesh_latency_990 v2": 0.1}, "edge_latency_990 v2", down), verdict.Error, "down"},
		"another quantile":                             {Round{Carriers: mesh}, Metric{Name: "latency-p999", Max: "1s"}, numbers(map[string]float64{"mesh_requests v2": 9, "mesh_latency_999 v2": 0.7}), verdict.Pass, "700ms"},
		"a rate":                                       {Round{Carriers: both()}, Metric{Name: "request-rate", Min: "3"}, numbers(map[string]float64{"mesh_requests v2": 60, "edge_requests v2": 60}), verdict.Fail, "2/s of v2 is below the minimum 3/s"},
		"a drop beside stable":                         {Round{Carriers: mesh, Stable: stable}, drop, numbers(map[string]float64{"mesh_requests v2": 200, "mesh_failures v2": 2, "mesh_requests v1": 800, "mesh_failures v1": 0}), verdict.Fail, "a drop of 1%"},
		"no drop beside stable":                        {Round{Carriers: mesh, Stable: stable}, drop, numbers(map[string]float64{"mesh_requests v2": 200, "mesh_failures v2": 2, "mesh_requests v1": 800, "mesh_failures v1": 8}), verdict.Pass, "99% of v2 beside 99% of v1"},
		"stable without traffic is no data":            {Round{Carriers: mesh, Stable: stable}, drop, numbers(map[string]float64{"mesh_requests v2": 200, "mesh_failures v2": 2}), verdict.NoData, "v1"},
		"no stable to compare with is no data":         {Round{Carriers: mesh}, drop, numbers(map[string]float64{"mesh_requests v2": 200, "mesh_failures v2": 2}), verdict.NoData, "it has no share now"},
		"a metric that is not built in":                {Round{Carriers: mesh}, Metric{Name: "latency-p9", Max: "1s"}, nil, verdict.Error, "no built-in metric"},
		"a quantile of nothing":                        {Round{Carriers: mesh}, Metric{Name: "latency-p00", Max: "1s"}, nil, verdict.Error, "no built-in metric"},
		"a latency without unit":                       {Round{Carriers: mesh}, Metric{Name: "latency-p99", Max: "500"}, nil, verdict.Error, "max of latency-p99"},
		"a rate with unit":                             {Round{Carriers: mesh}, Metric{Name: "success-rate", Min: "1s"}, nil, verdict.Error, "min of success-rate"},
		"a custom metric needs no requests":            {Round{}, Metric{Name: "own", Query: `sum(own{backend="{{ .Backend }}"})`, Max: "1"}, numbers(map[string]float64{"own v2": 1}), verdict.Pass, "1 of v2"},
		"a custom metric needs those that are asked":   {Round{Carriers: mesh, MinRequests: 100}, Metric{Name: "own", Query: `sum(own{backend="{{ .Backend }}"})`, Max: "1"}, numbers(map[string]float64{"own v2": 1, "mesh_requests v2": 99}), verdict.NoData, "99 requests"},
		"a custom metric is compared":                  {Round{Stable: stable}, Metric{Name: "own", Query: `sum(own{backend="{{ .Backend }}"})`, MaxRise: "1"}, numbers(map[string]float64{"own v2": 3, "own v1": 1}), verdict.Fail, "a rise of 2, more than 1"},
		"a custom metric that is compared with itself": {Round{Stable: stable}, Metric{Name: "own", Query: `sum(own)`, MaxRise: "1"}, nil, verdict.Error, "{{ .Backend }}"},
	} {
		t.Run(name, func(t *testing.T) {
			test.round.Metrics = []Metric{test.metric}
			got := judge(t, test.round, test.answers)
			if got.Result != test.want || !strings.Contains(got.Message, test.says) {
				t.Errorf("%s %q; want %s with %q", got.Result, got.Message, test.want, test.says)
			}
		})
	}
}

func TestEvidenceIsEveryQueryOnce(t *testing.T) {
	got := judge(t, Round{Carriers: both(), Stable: Variant{"v1", "v1"}, Metrics: []Metric{{Name: "success-rate", MaxDrop: "1"}}}, nil)
	var queries []string
	for _, measurement := range got.Evidence {
		queries = append(queries, measurement.Query)
	}
	want := []string{
		`sum(mesh_requests{backend="v2"})`, `sum(edge_requests{backend="v2"})`, `sum(mesh_failures{backend="v2"})`, `sum(edge_failures{backend="v2"})`,
		`sum(mesh_requests{backend="v1"})`, `sum(edge_requests{backend="v1"})`, `sum(mesh_failures{backend="v1"})`, `sum(edge_failures{backend="v1"})`,
	}
	if strings.Join(queries, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q; want %q", queries, want)
	}
}
