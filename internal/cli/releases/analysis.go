package releases

import (
	"fmt"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/cli/paint"
)

func (r report) analysis() (node, bool) {
	rollout, analysis := r.release.Spec.Rollout, r.state.Analysis
	if rollout == nil || rollout.Analysis == nil {
		return node{}, false
	}
	wanted := rollout.Analysis
	if analysis == nil {
		return line("Analysis", "every "+string(wanted.Interval)+", no interval is judged yet"), true
	}
	section := node{cells: []cell{{text: "Analysis"}, {text: fmt.Sprintf("interval %d of this step: %s; failed %d (limit %d), errors in a row %d (limit %d)",
		analysis.Interval, analysis.Verdict, analysis.Failures, limit(wanted.FailureLimit, 1), analysis.Errors, limit(wanted.ErrorLimit, 5))}}}
	for i := range analysis.Metrics {
		metric := &analysis.Metrics[i]
		section.children = append(section.children, node{cells: []cell{
			r.verdictMark(metric.Verdict),
			{text: metricName(metric)},
			{text: metric.Value},
			{text: boundsOf(wanted, metric)},
			{text: string(metric.Verdict)},
			{text: countsOf(metric)},
			{text: metric.Message},
		}})
	}
	return section, true
}

// limit is a bound, or what holds when it is left out.
func limit(set *int32, otherwise int32) int32 {
	if set != nil {
		return *set
	}
	return otherwise
}

func (r report) verdictMark(verdict v1alpha1.Verdict) cell {
	switch verdict {
	case v1alpha1.VerdictPass:
		return cell{text: r.marks.done, color: paint.Green}
	case v1alpha1.VerdictFail:
		return cell{text: r.marks.bad, color: paint.Red}
	case v1alpha1.VerdictNoData, v1alpha1.VerdictError:
	}
	return cell{text: r.marks.unknown, color: paint.Yellow}
}

func metricName(metric *v1alpha1.MetricStatus) string {
	name := metric.Name
	if metric.CompareTo != "" {
		name += " against " + strings.ToLower(string(metric.CompareTo))
	}
	if metric.DryRun {
		name += " (dry run)"
	}
	return name
}

// boundsOf writes what the metric may be, as the spec says now.
func boundsOf(analysis *v1alpha1.Analysis, of *v1alpha1.MetricStatus) string {
	for i := range analysis.Metrics {
		metric := &analysis.Metrics[i]
		if metric.Name != of.Name || (metric.CompareTo != nil) != (of.CompareTo != "") {
			continue
		}
		var words []string
		if metric.Min != nil {
			words = append(words, "min "+string(*metric.Min))
		}
		if metric.Max != nil {
			words = append(words, "max "+string(*metric.Max))
		}
		if metric.MaxDrop != nil {
			words = append(words, "max drop "+string(*metric.MaxDrop))
		}
		if metric.MaxRise != nil {
			words = append(words, "max rise "+string(*metric.MaxRise))
		}
		return strings.Join(words, ", ")
	}
	return ""
}

// countsOf counts the intervals that did not pass.
func countsOf(metric *v1alpha1.MetricStatus) string {
	var words []string
	for _, count := range []struct {
		number int32
		word   string
	}{{metric.Failures, "failed"}, {metric.NoData, "without data"}, {metric.Errors, "errors"}} {
		if count.number > 0 {
			words = append(words, fmt.Sprintf("%d %s", count.number, count.word))
		}
	}
	return strings.Join(words, ", ")
}
