package analysis

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/verdict"
)

// Round is one look at a release: all its metrics, of both variants, over the same window.
type Round struct {
	// Source is the name of a metric source of the configuration. Empty: the first.
	Source string
	// Namespace and Service of the release.
	Namespace, Service string
	// Ports of the Service that are split, never empty.
	Ports []int32
	// Carriers are the drivers that carry the Service's traffic and count it. Empty: built-in metrics have no data.
	Carriers []driver.MetricSource
	// Candidate is the variant that is judged.
	Candidate Variant
	// Stable is what it is compared with. Zero: it has no share now, and comparisons have no data.
	Stable Variant
	// Variants of the release, of which the shares are observed. Empty: none are.
	Variants []Variant
	// Window that is looked at, up to At.
	Window time.Duration
	At     time.Time
	// MinRequests is how many requests a variant must have answered in the window. 0: nothing is said, and built-in metrics need one.
	MinRequests int64
	Metrics     []Metric
}

// Variant is one variant of a release.
type Variant struct {
	Name string
	// Backend is the Service that answers for it.
	Backend string
}

// Metric is one thing to measure, and what it may be.
type Metric struct {
	// Name of a built-in metric (success-rate, request-rate, latency-p50 to latency-p9999), or any other when there is a Query.
	Name string
	// Query in PromQL, with templates. Empty: the metric is built in.
	Query string
	// Min and Max are the least and the greatest value that pass; MaxDrop and MaxRise how far the candidate may lie from stable. Decimal
	// numbers; for latencies with ms or s. Empty: no limit.
	Min, Max, MaxDrop, MaxRise string
}

// Finding is what came of one metric.
type Finding struct {
	// Name of the metric.
	Name string
	verdict.Verdict
	// Unit of the values.
	Unit verdict.Unit
	// Candidate and, when the metric compares, Stable are the readings that were judged.
	Candidate, Stable verdict.Reading
	// Evidence is every query that the verdict rests on, with what was answered, in the order of asking.
	Evidence []Measurement
}

// Value is what was measured of the candidate, with its unit. Empty: nothing was.
func (f Finding) Value() string {
	if f.Candidate.Value.State != verdict.Measured {
		return ""
	}
	return f.Unit.Format(f.Candidate.Value.Value)
}

// Queries are those that were sent, in the order of asking.
func (f Finding) Queries() []string {
	var queries []string
	for _, measurement := range f.Evidence {
		if measurement.Query != "" {
			queries = append(queries, measurement.Query)
		}
	}
	return queries
}

// Measure asks everything that the round needs, each question once and all at the same time, and judges what comes. It never fails: what cannot
// be measured is a Finding that says so.
func (r *Reader) Measure(ctx context.Context, round Round) Result {
	source, err := r.find(round.Source)
	if err != nil {
		return Result{Findings: unmeasured(round, err.Error())}
	}
	scope := source.scope(round.Namespace)
	answers := map[string]Measurement{}
	// What is asked does not depend on what is answered, so a first pass finds all questions and a second has all answers.
	asking := measuring{Round: round, scope: scope, ask: func(text string) Measurement {
		answers[text] = Measurement{}
		return Measurement{}
	}}
	asking.result()
	source.readAll(ctx, answers, round.At)
	judging := measuring{Round: round, scope: scope, ask: func(text string) Measurement { return answers[text] }}
	return judging.result()
}

// readAll asks all questions at once; the source's limit queues them.
func (s *source) readAll(ctx context.Context, answers map[string]Measurement, at time.Time) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, text := range slices.Collect(maps.Keys(answers)) {
		all.Go(func() {
			measurement := s.read(ctx, text, at)
			mu.Lock()
			defer mu.Unlock()
			answers[text] = measurement
		})
	}
	all.Wait()
}

func unmeasured(round Round, message string) []Finding {
	findings := make([]Finding, len(round.Metrics))
	for i, metric := range round.Metrics {
		findings[i] = Finding{Name: metric.Name, Verdict: verdict.Verdict{Result: verdict.Error, Message: message}}
	}
	return findings
}
