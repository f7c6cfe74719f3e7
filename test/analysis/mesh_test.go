package analysis

import (
	"strings"
	"testing"
	"time"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/proxymetrics"
	"github.com/kubemate/kubemate/internal/analysis"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/linkerd"
	"github.com/kubemate/kubemate/internal/verdict"
)

const window = 4 * time.Second

var everything = []analysis.Metric{
	{Name: "success-rate", Min: "99.5"},
	{Name: "request-rate", Min: "1"},
	{Name: "latency-p50", Max: "500ms"},
	{Name: "latency-p90", Max: "500ms"},
	{Name: "latency-p95", Max: "500ms"},
	{Name: "latency-p99", Max: "100ms"},
	{Name: "success-rate", MaxDrop: "0.5"},
	{Name: "latency-p99", MaxRise: "50ms"},
}

func round(service string, metrics []analysis.Metric, carriers ...driver.MetricSource) analysis.Round {
	return analysis.Round{
		Namespace: "shop", Service: service, Ports: []int32{80}, Carriers: carriers,
		Candidate: analysis.Variant{Name: "v2", Backend: service + "-v2"}, Stable: analysis.Variant{Name: "v1", Backend: service + "-v1"},
		Window: window, MinRequests: 100, Metrics: metrics,
	}
}

func now(r analysis.Round) analysis.Round {
	r.At = time.Now()
	return r
}

// signals of a driver.
func signals(t *testing.T, d driver.Driver) driver.MetricSource {
	t.Helper()
	source, is := d.(driver.MetricSource)
	if !is {
		t.Fatalf("the driver %s gives no metrics", d.Name())
	}
	return source
}

func TestMeshMetrics(t *testing.T) {
	tb := testbed.Shared(t)
	inside, elsewhere := caller(t, tb, "web"), caller(t, tb, "bank")
	reader := reader(t, tb, nil)
	for name, test := range map[string]struct {
		driver  driver.MetricSource
		classic bool
		// timeouts are seen as failures only where routes are counted.
		withTimeouts expectation
	}{
		"policy":  {signals(t, linkerd.Policy(linkerd.Config{})), false, expectation{"Fail", 89.5, 90.5}},
		"classic": {signals(t, linkerd.Classic(linkerd.Config{})), true, expectation{"Pass", 99.9, 100}},
	} {
		t.Run(name, func(t *testing.T) {
			service := func(title string) string { return name + "-" + title }
			flow := func(generator *proxymetrics.Generator, namespace, service, variant string, traffic proxymetrics.Traffic) {
				traffic.Namespace, traffic.Service, traffic.Backend, traffic.Port = namespace, service, service+"-"+variant, 80
				traffic.Rate, traffic.Classic = 2000, test.classic
				generator.Set(traffic)
			}
			bad := proxymetrics.Traffic{Failures: 0.02, Refusals: 0.1, Latency: 240 * time.Millisecond}
			flow(inside, "shop", service("orders"), "v1", proxymetrics.Traffic{Latency: 15 * time.Millisecond})
			flow(inside, "shop", service("orders"), "v2", bad)
			// Neither the same names in another namespace nor the other variants are to be mixed in; other callers' requests count.
			flow(inside, "other", service("orders"), "v2", proxymetrics.Traffic{Failures: 1, Latency: time.Second})
			flow(elsewhere, "shop", service("orders"), "v2", bad)
			flow(inside, "shop", service("quotes"), "v1", proxymetrics.Traffic{GRPC: true})
			flow(inside, "shop", service("quotes"), "v2", proxymetrics.Traffic{GRPC: true, Failures: 0.05, Refusals: 0.2})
			flow(inside, "shop", service("slow"), "v2", proxymetrics.Traffic{Timeouts: 0.1})

			orders := round(service("orders"), everything, test.driver)
			await(t, func() []analysis.Finding { return reader.Measure(t.Context(), now(orders)).Findings }, expect(
				expectation{"Fail", 97.8, 98.2}, expectation{"Pass", 3000, 5000},
				expectation{"Pass", 0.2, 0.3}, expectation{"Pass", 0.2, 0.3}, expectation{"Pass", 0.2, 0.3}, expectation{"Fail", 0.2, 0.3},
				expectation{"Fail", 97.8, 98.2}, expectation{"Fail", 0.2, 0.3},
			))
			swapped := orders
			swapped.Candidate, swapped.Stable = orders.Stable, orders.Candidate
			await(t, func() []analysis.Finding { return reader.Measure(t.Context(), now(swapped)).Findings }, expect(
				expectation{"Pass", 100, 100}, expectation{"Pass", 1500, 2500},
				expectation{"Pass", 0.01, 0.02}, expectation{"Pass", 0.01, 0.02}, expectation{"Pass", 0.01, 0.02}, expectation{"Pass", 0.01, 0.02},
				expectation{"Pass", 100, 100}, expectation{"Pass", 0.01, 0.02},
			))
			quotes := round(service("quotes"), everything[:1], test.driver)
			await(t, func() []analysis.Finding { return reader.Measure(t.Context(), now(quotes)).Findings }, expect(expectation{"Fail", 94.8, 95.2}))
			slow := round(service("slow"), everything[:1], test.driver)
			await(t, func() []analysis.Finding { return reader.Measure(t.Context(), now(slow)).Findings }, expect(test.withTimeouts))
			// slow has no v1: compared with it there is no data; and of what nobody calls neither.
			slow.Metrics = everything[6:7]
			quiet := round(service("quiet"), everything, test.driver)
			for _, findings := range [][]analysis.Finding{reader.Measure(t.Context(), now(slow)).Findings, reader.Measure(t.Context(), now(quiet)).Findings} {
				for _, finding := range findings {
					if finding.Result != verdict.NoData {
						t.Errorf("%s: %s %q", finding.Name, finding.Result, finding.Message)
					}
				}
			}
		})
	}
}

func TestACustomQuerySeesItsOwnNamespaceAlone(t *testing.T) {
	tb := testbed.Shared(t)
	for _, namespace := range []string{"shop", "hr"} {
		caller(t, tb, namespace).Set(proxymetrics.Traffic{Namespace: "shop", Service: "orders", Backend: "orders-v2", Port: 80, Rate: 100})
	}
	own := round("orders", []analysis.Metric{
		{Name: "namespaces", Query: `count(count by (namespace) (request_total{dst_service="{{ .Backend }}"}))`, Min: "1", Max: "1"},
		{Name: "calls", Query: `sum(rate(request_total{dst_service="{{ .Backend }}"}[{{ .Window }}]))`, Min: "80", Max: "120"},
		{Name: "series", Query: `request_total`, Min: "0"},
		{Name: "nothing", Query: `sum(request_total{dst_service="{{ .Service }}"})`, Max: "1"},
		{Name: "foreign", Query: `sum(request_total{namespace="hr"})`, Max: "1"},
		{Name: "ratio", Query: `0 * sum(request_total) / 0`, Max: "1"},
	})
	own.MinRequests = 0
	await(t, func() []analysis.Finding { return reader(t, tb, nil).Measure(t.Context(), now(own)).Findings }, expect(
		expectation{"Pass", 1, 1}, expectation{"Pass", 90, 110}, expectation{"Pass", 0, 0}, expectation{result: "NoData"}, expectation{result: "Error"},
		expectation{result: "Error"},
	))
	exempt := reader(t, tb, func(cfg *config.MetricSource) { cfg.NamespaceExempt = true })
	await(t, func() []analysis.Finding { return exempt.Measure(t.Context(), now(own)).Findings }, func(findings []analysis.Finding) error {
		return expect(expectation{"Fail", 2, 2})(findings)
	})
	if got := exempt.Measure(t.Context(), now(own)).Findings[2]; got.Result != verdict.Error || !strings.Contains(got.Message, "several series") {
		t.Errorf("two series: %s %q", got.Result, got.Message)
	}
}

func TestASourceThatDies(t *testing.T) {
	tb := testbed.Shared(t)
	caller(t, tb, "shop").Set(proxymetrics.Traffic{Namespace: "shop", Service: "orders", Backend: "orders-v2", Port: 80, Rate: 1000})
	orders := round("orders", everything[:1], signals(t, linkerd.Policy(linkerd.Config{})))
	reader := reader(t, tb, nil)
	measure := func() []analysis.Finding { return reader.Measure(t.Context(), now(orders)).Findings }
	await(t, measure, expect(expectation{"Pass", 100, 100}))
	if err := tb.Prometheus.Kill(); err != nil {
		t.Fatal(err)
	}
	if got := measure()[0]; got.Result != verdict.Error || !strings.Contains(got.Message, "refuses connections") {
		t.Errorf("%s %q", got.Result, got.Message)
	}
	if err := tb.Prometheus.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	await(t, measure, expect(expectation{"Pass", 100, 100}))
}
