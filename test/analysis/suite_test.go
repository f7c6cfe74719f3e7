package analysis

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/proxymetrics"
	"github.com/kubemate/kubemate/internal/analysis"
	"github.com/kubemate/kubemate/internal/config"
)

const interval = 500 * time.Millisecond

var pieces = testbed.Options{
	Controllers: true, Traefik: &testbed.TraefikOptions{}, Prometheus: &testbed.PrometheusOptions{ScrapeInterval: interval},
	Backend: &backend.Options{},
}

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, pieces)) }

// reader asks the testbed's Prometheus.
func reader(t *testing.T, tb *testbed.Testbed, change func(*config.MetricSource)) *analysis.Reader {
	t.Helper()
	cfg, err := config.Parse([]byte("analysis: {sources: [{name: default, address: '" + tb.Prometheus.URL() + "'}]}"))
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&cfg.Analysis.Sources[0])
	}
	opened, err := analysis.New(cfg.Analysis.Sources)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// caller is a pretended proxy in a namespace, which Prometheus reads.
func caller(t *testing.T, tb *testbed.Testbed, namespace string) *proxymetrics.Generator {
	t.Helper()
	generator, err := proxymetrics.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := generator.Close(); err != nil {
			t.Error(err)
		}
	})
	target := testbed.ScrapeTarget{
		Job: "linkerd-proxy-" + namespace, Address: generator.Address(), Labels: map[string]string{"namespace": namespace, "pod": "web-1"},
	}
	if err := tb.Prometheus.Scrape(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tb.Prometheus.Forget(context.Background(), target.Job); err != nil {
			t.Error(err)
		}
	})
	return generator
}

// await measures until the check is content. Windows fill as time goes by, so the first looks see less than there will be.
func await(t *testing.T, measure func() []analysis.Finding, check func([]analysis.Finding) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		findings := measure()
		last := check(findings)
		if last == nil {
			return
		}
		select {
		case <-ctx.Done():
			for _, finding := range findings {
				for _, evidence := range finding.Evidence {
					t.Logf("%s: %s = %v %s", finding.Name, evidence.Query, evidence.Value, evidence.Message)
				}
			}
			t.Fatal(last)
		case <-ticker.C:
		}
	}
}

// expectation is what one finding must be.
type expectation struct {
	result    string
	low, high float64 // of the candidate's value; both 0: none
}

func expect(wanted ...expectation) func([]analysis.Finding) error {
	return func(findings []analysis.Finding) error {
		var errs []error
		for i, want := range wanted {
			got := findings[i]
			value := got.Candidate.Value.Value
			if string(got.Result) != want.result || (want.low != 0 || want.high != 0) && (value < want.low || value > want.high) {
				errs = append(errs, fmt.Errorf("%s: %s %q; want %s between %v and %v", got.Name, got.Result, got.Message, want.result, want.low, want.high))
			}
		}
		return errors.Join(errs...)
	}
}
