package analysis

import (
	"fmt"
	"slices"

	"github.com/kubemate/kubemate/internal/analysis/query"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/verdict"
)

// measuring computes the findings of a round from answers: a pure function of them.
type measuring struct {
	Round
	scope query.Scope
	// ask gives the answer to a query that is fit to be sent.
	ask func(text string) Measurement
	// evidence of the metric that is being looked at.
	evidence []Measurement
}

func (m *measuring) result() Result { return Result{Findings: m.findings(), Observed: m.observed()} }

func (m *measuring) findings() []Finding {
	findings := make([]Finding, len(m.Metrics))
	for i, metric := range m.Metrics {
		findings[i] = m.finding(metric)
	}
	return findings
}

func (m *measuring) finding(metric Metric) Finding {
	m.evidence = nil
	finding := Finding{Name: metric.Name}
	measure, unit, err := m.measurer(metric)
	if err == nil {
		var criterion verdict.Criterion
		if criterion, err = m.criterion(metric, unit); err == nil {
			finding.Unit = unit
			finding.Candidate = m.reading(m.Candidate, criterion, measure)
			if criterion.Compares() {
				finding.Stable = m.reading(m.Stable, criterion, measure)
			}
			finding.Verdict = verdict.Judge(criterion, finding.Candidate, finding.Stable)
		}
	}
	if err != nil {
		finding.Verdict = verdict.Verdict{Result: verdict.Error, Message: err.Error()}
	}
	finding.Evidence = m.evidence
	return finding
}

// measurer is how the value of a metric is had, and its unit.
func (m *measuring) measurer(metric Metric) (func(Variant) verdict.Sample, verdict.Unit, error) {
	if metric.Query != "" {
		if (metric.MaxDrop != "" || metric.MaxRise != "") && !query.TellsVariantsApart(metric.Query) {
			return nil, "", fmt.Errorf("the query of %s has neither {{ .Backend }} nor {{ .Variant }}, so it cannot be compared with stable", metric.Name)
		}
		return func(v Variant) verdict.Sample { return m.custom(metric.Query, v) }, verdict.Plain, nil
	}
	known, found := builtInOf(metric.Name)
	if !found {
		return nil, "", fmt.Errorf("there is no built-in metric %q: give a query, or use success-rate, request-rate or latency-p99", metric.Name)
	}
	return func(v Variant) verdict.Sample { return known.value(m, v) }, known.unit, nil
}

// criterion reads the limits of a metric.
func (m *measuring) criterion(metric Metric, unit verdict.Unit) (verdict.Criterion, error) {
	criterion := verdict.Criterion{Unit: unit, MinRequests: float64(m.MinRequests)}
	if metric.Query == "" {
		criterion.MinRequests = max(criterion.MinRequests, 1)
	}
	for _, limit := range []struct {
		field, text string
		value       **float64
	}{
		{"min", metric.Min, &criterion.Min},
		{"max", metric.Max, &criterion.Max},
		{"maxDrop", metric.MaxDrop, &criterion.MaxDrop},
		{"maxRise", metric.MaxRise, &criterion.MaxRise},
	} {
		if limit.text == "" {
			continue
		}
		value, err := unit.Limit(limit.text)
		if err != nil {
			return verdict.Criterion{}, fmt.Errorf("%s of %s: %w", limit.field, metric.Name, err)
		}
		*limit.value = &value
	}
	return criterion, nil
}

// reading measures one variant.
func (m *measuring) reading(v Variant, criterion verdict.Criterion, measure func(Variant) verdict.Sample) verdict.Reading {
	if v == (Variant{}) {
		none := verdict.None("it has no share now")
		return verdict.Reading{Variant: "stable", Requests: none, Value: none}
	}
	reading := verdict.Reading{Variant: v.Name}
	if criterion.MinRequests > 0 {
		reading.Requests = m.requests(v)
	}
	reading.Value = measure(v)
	return reading
}

// custom asks the query of a person.
func (m *measuring) custom(text string, v Variant) verdict.Sample {
	expanded, err := query.Expand(text, query.Values{
		Namespace: m.Namespace, Service: m.Service, Variant: v.Name, Backend: v.Backend, Window: m.Window,
	})
	if err == nil {
		expanded, err = m.scope.Confine(expanded)
	}
	if err != nil {
		return verdict.Fault(err.Error())
	}
	return m.answer(expanded)
}

// signal asks the query of a driver.
func (m *measuring) signal(text string) verdict.Sample {
	adapted, err := m.scope.Adapt(text)
	if err != nil {
		return verdict.Fault("a driver's query cannot be sent: " + err.Error())
	}
	return m.answer(adapted)
}

// answer asks, and keeps the answer as evidence.
func (m *measuring) answer(text string) verdict.Sample {
	answer := m.ask(text)
	if !slices.ContainsFunc(m.evidence, func(known Measurement) bool { return known.Query == answer.Query }) {
		m.evidence = append(m.evidence, answer)
	}
	return answer.Sample
}

func (m *measuring) traffic(v Variant) driver.Traffic {
	return driver.Traffic{Namespace: m.Namespace, Service: m.Service, Backend: v.Backend, Ports: m.Ports, Window: m.Window}
}
