package controller

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/analysis"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/release"
)

var (
	rolloutSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "kubemate_rollout_seconds",
		Help:    "Time from the start of a rollout to its end, by the phase that it ended in.",
		Buckets: prometheus.ExponentialBuckets(10, 3, 11),
	}, []string{"phase"})
	stepSeconds = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "kubemate_rollout_step_seconds",
		Help:    "Time from the beginning of a step of a rollout to the beginning of the next, or to the end.",
		Buckets: prometheus.ExponentialBuckets(1, 3, 12),
	})
	blockedSeconds = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "kubemate_rollout_blocked_seconds_total",
		Help: "Time that rollouts did not move, by reason: InsufficientCapacity, AwaitingApproval, Paused and so on. Counted when it ends.",
	}, []string{"reason"})
	rollbackCount = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "kubemate_rollbacks_total",
		Help: "Releases that were sent back to stable, by reason.",
	}, []string{"reason"})
	verdictCount = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "kubemate_analysis_verdicts_total",
		Help: "Verdicts of analyses, by metric (built-in metrics by name, all others as custom) and verdict.",
	}, []string{"metric", "verdict"})
	configuredShare = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "kubemate_release_configured_share",
		Help: "Share of the requests, from 0 to 1, that was decided for a variant of a release with a rollout.",
	}, []string{"namespace", "release", "variant"})
	observedShare = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "kubemate_release_observed_share",
		Help: "Share of the requests, from 0 to 1, that a variant of a release answered in the last interval of the present step, as the metric source counted them. " +
			"Absent while a release is not analysed or nothing was counted.",
	}, []string{"namespace", "release", "variant"})
)

func init() {
	metrics.Registry.MustRegister(rolloutSeconds, stepSeconds, blockedSeconds, rollbackCount, verdictCount, configuredShare, observedShare)
}

// standsStill says whether a rollout does not move.
func standsStill(state *v1alpha1.ReleaseStatus) bool {
	switch state.Phase {
	case v1alpha1.PhaseAwaitingApproval, v1alpha1.PhasePaused, v1alpha1.PhaseSuspended:
		return true
	case v1alpha1.PhaseProgressing:
		return state.Reason == v1alpha1.ReasonInsufficientCapacity || state.Reason == v1alpha1.ReasonHeld
	case v1alpha1.PhaseManual, v1alpha1.PhaseRetargeting, v1alpha1.PhaseSucceeded, v1alpha1.PhaseRolledBack, v1alpha1.PhaseStopped:
	}
	return false
}

// countDecision counts what a stored decision has ended.
func countDecision(of *v1alpha1.CanaryRelease, decision release.Decision, now time.Time) {
	before, after := of.Status.Release, decision.State
	if before != nil {
		if standsStill(before) && (before.Phase != after.Phase || before.Reason != after.Reason) {
			blockedSeconds.WithLabelValues(before.Reason).Add(now.Sub(before.Since.Time).Seconds())
		}
		if before.Step != nil && (after.Step == nil || !after.Step.BeganAt.Equal(&before.Step.BeganAt)) {
			stepSeconds.Observe(now.Sub(before.Step.BeganAt.Time).Seconds())
		}
		if release.Live(before.Phase) && !release.Live(after.Phase) && before.StartedAt != nil {
			rolloutSeconds.WithLabelValues(string(after.Phase)).Observe(now.Sub(before.StartedAt.Time).Seconds())
		}
	}
	stopped := after.Phase == v1alpha1.PhaseRolledBack || after.Phase == v1alpha1.PhaseStopped
	if stopped && (before == nil || before.Phase != after.Phase) {
		rollbackCount.WithLabelValues(after.Reason).Inc()
	}
}

// countFindings counts verdicts. The names of custom metrics are the users', of whom there may be many.
func countFindings(asked analysis.Round, findings []analysis.Finding) {
	for i, finding := range findings {
		name := finding.Name
		if asked.Metrics[i].Query != "" {
			name = "custom"
		}
		verdictCount.WithLabelValues(name, string(finding.Result)).Inc()
	}
}

// releaseGauges shows the shares of releases, and forgets them with the release.
type releaseGauges struct {
	mu    sync.Mutex
	shown map[client.ObjectKey]map[v1alpha1.VariantName]bool
}

// show shows what was decided for the variants of a release. Weights by hand stand in the spec.
func (g *releaseGauges) show(of *v1alpha1.CanaryRelease, decision *v1alpha1.ReleaseStatus) {
	if decision == nil {
		return
	}
	seen := *of
	seen.Status.Release = decision
	weights := compose.Weights(&seen)
	var sum int32
	for _, weight := range weights {
		sum += weight
	}
	key := client.ObjectKeyFromObject(of)
	g.mu.Lock()
	defer g.mu.Unlock()
	now := make(map[v1alpha1.VariantName]bool, len(weights))
	observed := observedShares(decision)
	for i, variant := range of.Spec.Variants {
		now[variant.Name] = true
		labels := []string{key.Namespace, key.Name, string(variant.Name)}
		configuredShare.WithLabelValues(labels...).Set(float64(weights[i]) / float64(sum))
		if observed == nil {
			observedShare.DeleteLabelValues(labels...)
		} else {
			observedShare.WithLabelValues(labels...).Set(observed[variant.Name])
		}
	}
	for variant := range g.shown[key] {
		if !now[variant] {
			dropShare(key, variant)
		}
	}
	if g.shown == nil {
		g.shown = map[client.ObjectKey]map[v1alpha1.VariantName]bool{}
	}
	g.shown[key] = now
}

// drop forgets a release that is gone.
func (g *releaseGauges) drop(key client.ObjectKey) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for variant := range g.shown[key] {
		dropShare(key, variant)
	}
	delete(g.shown, key)
}

func dropShare(key client.ObjectKey, variant v1alpha1.VariantName) {
	for _, gauge := range []*prometheus.GaugeVec{configuredShare, observedShare} {
		gauge.DeleteLabelValues(key.Namespace, key.Name, string(variant))
	}
}

// observedShares are those of the last interval of the present step. Nil: they are not known.
func observedShares(decision *v1alpha1.ReleaseStatus) map[v1alpha1.VariantName]float64 {
	if decision.Step == nil || decision.Analysis == nil || len(decision.Analysis.Observed) == 0 {
		return nil
	}
	shares := make(map[v1alpha1.VariantName]float64, len(decision.Analysis.Observed))
	for _, one := range decision.Analysis.Observed {
		shares[one.Variant] = float64(one.Share) / 1000
	}
	return shares
}
