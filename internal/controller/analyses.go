package controller

import (
	"context"
	"math"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/analysis"
	"github.com/kubemate/kubemate/internal/release"
)

const (
	// measurers is how many releases are measured at once. Each asks all its questions together; the sources have limits of their own.
	measurers = 16
	// measureDeadline bounds one round. What is not answered by then ends in an error, which is no pass.
	measureDeadline = 30 * time.Second
)

// measurer measures a round. An analysis.Reader does.
type measurer interface {
	Measure(ctx context.Context, round analysis.Round) analysis.Result
}

// analyses measures releases beside the controller: it is told what is due, and wakes the release once the result is there. Nothing of it
// outlives the process; what was not stored is measured again.
type analyses struct {
	measurer measurer
	wake     func(reconcile.Request)
	now      func() time.Time
	// slots bound how many are measured at once.
	slots chan struct{}

	mu sync.Mutex
	// ctx ends with the leadership. Nil: it has not begun.
	ctx  context.Context
	jobs map[client.ObjectKey]*job
}

// job is one analysis of a release.
type job struct {
	round  dueRound
	cancel context.CancelFunc
	// result is there once it is measured.
	result *release.Judged
}

// dueRound is an analysis that is due.
type dueRound struct {
	uid types.UID
	due release.Due
	// asked is what is to be measured.
	asked analysis.Round
}

// same says whether two rounds ask for the same result.
func (r dueRound) same(other dueRound) bool {
	a, b := r.due, other.due
	return r.uid == other.uid && a.Revision == b.Revision && a.Generation == b.Generation && a.Step == b.Step && a.Interval == b.Interval &&
		a.Since.Equal(b.Since)
}

func newAnalyses(by measurer, wake func(reconcile.Request), now func() time.Time) *analyses {
	return &analyses{measurer: by, wake: wake, now: now, slots: make(chan struct{}, measurers), jobs: map[client.ObjectKey]*job{}}
}

// NeedLeaderElection makes the manager start the measuring on the leader only.
func (a *analyses) NeedLeaderElection() bool { return true }

// Start lets rounds be measured until the context ends.
func (a *analyses) Start(ctx context.Context) error {
	a.mu.Lock()
	a.ctx = ctx
	early := a.jobs
	a.jobs = map[client.ObjectKey]*job{}
	a.mu.Unlock()
	for key, one := range early {
		a.want(key, &one.round)
	}
	<-ctx.Done()
	return nil
}

// result of the last round of a release. Nil: there is none yet.
func (a *analyses) result(key client.ObjectKey, uid types.UID) *release.Judged {
	a.mu.Lock()
	defer a.mu.Unlock()
	if one := a.jobs[key]; one != nil && one.round.uid == uid {
		return one.result
	}
	return nil
}

// want has a round measured once its interval has ended. Nil: nothing is to be measured.
func (a *analyses) want(key client.ObjectKey, wanted *dueRound) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before := a.jobs[key]
	if before != nil && wanted != nil && before.round.same(*wanted) {
		return
	}
	if before != nil {
		before.cancel()
		delete(a.jobs, key)
	}
	if wanted == nil || wanted.due.Until.After(a.now()) {
		return
	}
	one := &job{round: *wanted, cancel: func() {}}
	a.jobs[key] = one
	if a.ctx == nil {
		return // begun by Start
	}
	var ctx context.Context
	ctx, one.cancel = context.WithTimeout(a.ctx, measureDeadline)
	go a.measure(ctx, key, one)
}

// measure measures one round.
func (a *analyses) measure(ctx context.Context, key client.ObjectKey, one *job) {
	defer one.cancel()
	select {
	case a.slots <- struct{}{}:
		defer func() { <-a.slots }()
	case <-ctx.Done():
	}
	found := a.measurer.Measure(ctx, one.round.asked)
	a.mu.Lock()
	current := a.jobs[key] == one && a.ctx.Err() == nil
	if current {
		one.result = judged(one.round, found)
	}
	a.mu.Unlock()
	if current {
		countFindings(one.round.asked, found.Findings)
		a.wake(reconcile.Request{NamespacedName: key})
	}
}

// forget drops what is known of a release that is gone.
func (a *analyses) forget(key client.ObjectKey) { a.want(key, nil) }

// roundOf says what to measure for an analysis that is due. Nil: nothing.
func roundOf(of *v1alpha1.CanaryRelease, known standing, due *release.Due) *dueRound {
	if due == nil {
		return nil
	}
	settings := of.Spec.Rollout.Analysis
	asked := analysis.Round{
		Namespace: of.Namespace, Service: string(of.Spec.Service.Name), Ports: known.ports, Carriers: known.carriers,
		Candidate: analysis.Variant{Name: string(due.Target), Backend: known.backends[due.Target]},
		Window:    due.Until.Sub(due.From), At: due.Until,
	}
	for _, variant := range of.Spec.Variants {
		asked.Variants = append(asked.Variants, analysis.Variant{Name: string(variant.Name), Backend: known.backends[variant.Name]})
	}
	if settings.Source != nil {
		asked.Source = string(*settings.Source)
	}
	if settings.MinRequests != nil {
		asked.MinRequests = *settings.MinRequests
	}
	for _, metric := range due.Metrics {
		if metric.CompareTo != nil {
			asked.Stable = analysis.Variant{Name: string(due.Stable), Backend: known.backends[due.Stable]}
		}
		asked.Metrics = append(asked.Metrics, metricOf(metric))
	}
	return &dueRound{uid: of.UID, due: *due, asked: asked}
}

func metricOf(metric v1alpha1.Metric) analysis.Metric {
	return analysis.Metric{
		Name: metric.Name, Query: text(metric.Query), Min: text(metric.Min), Max: text(metric.Max),
		MaxDrop: text(metric.MaxDrop), MaxRise: text(metric.MaxRise),
	}
}

func text[T ~string](value *T) string {
	if value == nil {
		return ""
	}
	return string(*value)
}

// judged writes what was found as the result of a round. Findings come in the order of the metrics.
func judged(of dueRound, found analysis.Result) *release.Judged {
	whole := &release.Judged{
		Revision: of.due.Revision, Generation: of.due.Generation, Step: of.due.Step, Interval: of.due.Interval, Until: of.due.Until,
	}
	for _, one := range found.Observed {
		if share := int32(math.Round(one.Part * 1000)); share > 0 {
			whole.Observed = append(whole.Observed, v1alpha1.ReleaseShare{Variant: v1alpha1.VariantName(one.Variant), Share: share})
		}
	}
	for i, finding := range found.Findings {
		result := release.Verdict{
			Metric: finding.Name, Outcome: v1alpha1.Verdict(finding.Result), Message: finding.Message,
			Value: finding.Value(), Query: strings.Join(finding.Queries(), "\n"),
		}
		if compare := of.due.Metrics[i].CompareTo; compare != nil {
			result.CompareTo = *compare
		}
		whole.Verdicts = append(whole.Verdicts, result)
	}
	return whole
}
