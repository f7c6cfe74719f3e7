package release

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// Defaults of an analysis.
const (
	defaultFailureLimit = 1
	defaultErrorLimit   = 5
)

// due is the next interval to judge. Intervals follow each other from when the split of the step has settled; of those that nobody judged in time,
// because the operator was away, only the last is judged. Nil: there is nothing to judge.
func (m *machine) due() *Due {
	unjudged, length, ok := m.interval()
	if !ok {
		return nil
	}
	from := unjudged
	if missed := m.now.Sub(from) / length; missed > 1 {
		from = from.Add((missed - 1) * length)
	}
	due := &Due{
		Revision: m.state.Revision, Generation: m.intent.Generation, Step: m.state.Step.Number, Interval: 1,
		Since: unjudged, From: from, Until: from.Add(length), Target: m.state.To, Stable: m.stable(), Metrics: m.metrics(),
	}
	if m.state.Analysis != nil {
		due.Interval = m.state.Analysis.Interval + 1
	}
	return due
}

// interval is where the next interval to judge begins, and how long it is. False: there is nothing to judge.
func (m *machine) interval() (from time.Time, length time.Duration, ok bool) {
	from, ok = m.settled()
	if !ok || m.state.Step == nil || m.state.Step.Promoted || m.standsStill() || len(m.metrics()) == 0 {
		return from, 0, false
	}
	length, err := time.ParseDuration(string(m.spec.Rollout.Analysis.Interval))
	if err != nil || length <= 0 {
		return from, 0, false // the API server admits none that cannot be read
	}
	from = latest(from, m.state.Step.BeganAt.Time)
	switch {
	case m.state.Analysis != nil && m.state.Analysis.Until != nil:
		from = latest(from, m.state.Analysis.Until.Time)
	case m.state.RunningSince != nil:
		from = latest(from, m.state.RunningSince.Time)
	}
	return from, length, true
}

// standsStill says that somebody stopped the rollout where it is.
func (m *machine) standsStill() bool {
	return m.intent.HandsOff || m.spec.Suspend || m.state.Pause != nil
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// metrics are those that can be judged at the present split: a comparison needs somebody to compare with.
func (m *machine) metrics() []v1alpha1.Metric {
	if m.spec.Rollout == nil || m.spec.Rollout.Analysis == nil {
		return nil
	}
	if share(m.state.Split, m.stable()) > 0 {
		return m.spec.Rollout.Analysis.Metrics
	}
	return slices.DeleteFunc(slices.Clone(m.spec.Rollout.Analysis.Metrics), func(metric v1alpha1.Metric) bool { return metric.CompareTo != nil })
}

// judge takes the result of the interval that is due.
func (m *machine) judge() {
	due, judged := m.due(), m.seen.Judged
	if due == nil || judged == nil || !m.asked(due, judged) {
		return
	}
	if m.state.Analysis == nil {
		m.state.Analysis = &v1alpha1.ReleaseAnalysis{}
	}
	analysis := m.state.Analysis
	until := microTime(judged.Until)
	analysis.Interval, analysis.Until = judged.Interval, &until
	analysis.Observed = judged.Observed
	before := analysis.Metrics
	analysis.Metrics = nil
	worst, erred := v1alpha1.VerdictPass, false
	for _, metric := range due.Metrics {
		status := judgeMetric(metric, before, judged.Verdicts)
		analysis.Metrics = append(analysis.Metrics, status)
		if metric.DryRun {
			continue
		}
		worst = worse(worst, status.Verdict)
		erred = erred || status.Verdict == v1alpha1.VerdictError
	}
	analysis.Verdict = worst
	analysis.Errors++
	if !erred {
		analysis.Errors = 0
	}
	if worst == v1alpha1.VerdictFail || worst == v1alpha1.VerdictNoData && m.spec.Rollout.Analysis.OnNoData == v1alpha1.OnNoDataFail {
		analysis.Failures++
	}
}

// asked says whether a result is the one that is due. Of the interval it may be an earlier one than would be asked for now.
func (m *machine) asked(due *Due, judged *Judged) bool {
	from, length, _ := m.interval()
	return judged.Revision == due.Revision && judged.Generation == due.Generation && judged.Step == due.Step && judged.Interval == due.Interval &&
		!judged.Until.After(m.now) && !judged.Until.Before(from.Add(length))
}

// judgeMetric writes down how one metric was judged.
func judgeMetric(metric v1alpha1.Metric, before []v1alpha1.MetricStatus, verdicts []Verdict) v1alpha1.MetricStatus {
	status := v1alpha1.MetricStatus{Name: metric.Name, DryRun: metric.DryRun, Verdict: v1alpha1.VerdictError, Message: "it was not measured"}
	if metric.CompareTo != nil {
		status.CompareTo = *metric.CompareTo
	}
	for _, old := range before {
		if old.Name == status.Name && old.CompareTo == status.CompareTo {
			status.Failures, status.Errors, status.NoData = old.Failures, old.Errors, old.NoData
		}
	}
	for _, verdict := range verdicts {
		if verdict.Metric == status.Name && verdict.CompareTo == status.CompareTo {
			status.Verdict, status.Value = verdict.Outcome, shorten(verdict.Value, maxValue)
			status.Message, status.Query = shorten(verdict.Message, maxMetricMessage), shorten(verdict.Query, maxQuery)
		}
	}
	switch status.Verdict {
	case v1alpha1.VerdictPass:
	case v1alpha1.VerdictFail:
		status.Failures++
	case v1alpha1.VerdictNoData:
		status.NoData++
	default:
		status.Verdict = v1alpha1.VerdictError
		status.Errors++
	}
	return status
}

// worse is the verdict that decides about an interval: a failure is one whatever else is not known.
func worse(a, b v1alpha1.Verdict) v1alpha1.Verdict {
	rank := map[v1alpha1.Verdict]int{v1alpha1.VerdictPass: 0, v1alpha1.VerdictNoData: 1, v1alpha1.VerdictError: 2, v1alpha1.VerdictFail: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// pending says that an interval has ended and is not judged yet: until then nothing is known anew.
func (m *machine) pending() bool {
	due := m.due()
	return due != nil && !due.Until.After(m.now)
}

// passed says whether the analysis lets the step be over: its last interval passed.
func (m *machine) passed() bool {
	if _, _, ok := m.interval(); !ok {
		return true // nothing is to be judged at this step
	}
	if m.state.Analysis == nil {
		return false
	}
	switch m.state.Analysis.Verdict {
	case v1alpha1.VerdictPass:
		return true
	case v1alpha1.VerdictNoData:
		return m.spec.Rollout.Analysis.OnNoData == v1alpha1.OnNoDataPass
	case v1alpha1.VerdictFail, v1alpha1.VerdictError:
		return false
	}
	return false
}

// failed ends or pauses a rollout that has failed, and says whether it did.
func (m *machine) failed() bool {
	analysis, limits := m.state.Analysis, m.spec.Rollout.Analysis
	if analysis != nil && limits != nil && m.state.Step != nil && !m.state.Step.Promoted {
		if analysis.Failures >= limit(limits.FailureLimit, defaultFailureLimit) {
			m.fail(v1alpha1.ReasonAnalysisFailed, fmt.Sprintf("%d of %d intervals of step %d failed: %s",
				analysis.Failures, analysis.Interval, m.state.Step.Number, evidence(analysis.Metrics)))
			return true
		}
		if analysis.Errors >= limit(limits.ErrorLimit, defaultErrorLimit) {
			m.hold(kubemate, v1alpha1.ReasonAnalysisError, fmt.Sprintf("the last %d intervals of step %d ended in an error: %s",
				analysis.Errors, m.state.Step.Number, evidence(analysis.Metrics)))
			return true
		}
	}
	if allowed, ok := m.deadline(); ok && m.elapsed() >= allowed {
		m.fail(v1alpha1.ReasonDeadlineExceeded, "the rollout took longer than its deadline of "+string(*m.spec.Rollout.Deadline))
		return true
	}
	return false
}

func limit(set *int32, otherwise int32) int32 {
	if set == nil {
		return otherwise
	}
	return *set
}

// evidence says what was measured where it did not pass.
func evidence(metrics []v1alpha1.MetricStatus) string {
	var parts []string
	for _, metric := range metrics {
		if metric.DryRun || metric.Verdict == v1alpha1.VerdictPass {
			continue
		}
		part := metric.Name
		if metric.CompareTo != "" {
			part += " compared with stable"
		}
		if metric.Value != "" {
			part += " is " + metric.Value
		}
		if metric.Message != "" {
			part += " (" + metric.Message + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}
