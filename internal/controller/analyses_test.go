package controller

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/analysis"
	"github.com/kubemate/kubemate/internal/release"
	"github.com/kubemate/kubemate/internal/verdict"
)

var orders = client.ObjectKey{Namespace: "shop", Name: "orders"}

// gauge passes everything; a release whose service is "slow" takes until it is given up.
type gauge struct {
	mu                sync.Mutex
	asked, busy, most int
	takes             time.Duration
}

func (g *gauge) Measure(ctx context.Context, round analysis.Round) analysis.Result {
	g.count(1)
	defer g.count(-1)
	select {
	case <-time.After(g.takes):
	case <-ctx.Done():
		return analysis.Result{Findings: []analysis.Finding{{Name: round.Metrics[0].Name, Verdict: verdict.Verdict{Result: verdict.Error}}}}
	}
	return analysis.Result{Findings: []analysis.Finding{{Name: round.Metrics[0].Name, Verdict: verdict.Verdict{Result: verdict.Pass}}}}
}

func (g *gauge) count(change int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy += change
	g.most = max(g.most, g.busy)
	if change > 0 {
		g.asked++
	}
}

// clinic is analyses at work, in a bubble of time of its own.
type clinic struct {
	*analyses
	gauge *gauge
	woken int
}

func withAnalyses(t *testing.T, test func(c *clinic)) {
	synctest.Test(t, func(t *testing.T) {
		c := &clinic{gauge: &gauge{takes: time.Second}}
		var mu sync.Mutex
		c.analyses = newAnalyses(c.gauge, func(reconcile.Request) {
			mu.Lock()
			defer mu.Unlock()
			c.woken++
		}, time.Now)
		ended := make(chan error, 1)
		go func() { ended <- c.Start(t.Context()) }()
		t.Cleanup(func() { <-ended })
		synctest.Wait()
		test(c)
	})
}

// interval is a round whose interval ended a moment ago.
func interval(number int32) *dueRound {
	metrics := []v1alpha1.Metric{{Name: "success-rate"}}
	return &dueRound{
		uid: "r-1", due: release.Due{Revision: 1, Interval: number, Until: time.Now(), Metrics: metrics},
		asked: analysis.Round{Metrics: []analysis.Metric{{Name: "success-rate"}}},
	}
}

func TestARoundIsMeasuredOnceAndWakesItsRelease(t *testing.T) {
	withAnalyses(t, func(c *clinic) {
		for range 3 {
			c.want(orders, interval(1))
		}
		if c.result(orders, "r-1") != nil {
			t.Error("a result before anything was measured")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		result := c.result(orders, "r-1")
		if result == nil || result.Interval != 1 || result.Verdicts[0].Outcome != v1alpha1.VerdictPass || c.gauge.asked != 1 || c.woken != 1 {
			t.Errorf("%+v, measured %d times, woken %d times", result, c.gauge.asked, c.woken)
		}
		c.want(orders, interval(1)) // the decision was not stored: the result is still there
		if c.result(orders, "r-1") == nil {
			t.Error("the result was lost")
		}
		if c.result(orders, "r-2") != nil {
			t.Error("another release of the name was given the result")
		}
	})
}

func TestARoundIsNotMeasuredBeforeItsIntervalHasEnded(t *testing.T) {
	withAnalyses(t, func(c *clinic) {
		early := interval(1)
		early.due.Until = time.Now().Add(time.Minute)
		c.want(orders, early)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if c.gauge.asked != 0 {
			t.Error("measured early")
		}
	})
}

func TestWhatIsNoLongerAskedForIsDropped(t *testing.T) {
	withAnalyses(t, func(c *clinic) {
		c.want(orders, interval(1))
		time.Sleep(100 * time.Millisecond)
		c.want(orders, interval(2))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if result := c.result(orders, "r-1"); result == nil || result.Interval != 2 || c.woken != 1 {
			t.Errorf("%+v, woken %d times", result, c.woken)
		}
		c.want(orders, nil)
		if c.result(orders, "r-1") != nil || len(c.jobs) != 0 {
			t.Error("a result that nobody wants is kept")
		}
	})
}

func TestWhatWasMeasuredBeforeAPauseIsMeasuredAnew(t *testing.T) {
	withAnalyses(t, func(c *clinic) {
		c.want(orders, interval(1))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		resumed := interval(1)
		resumed.due.Since = time.Now()
		c.want(orders, resumed)
		if c.result(orders, "r-1") != nil {
			t.Error("the result of before the pause is kept")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if c.result(orders, "r-1") == nil || c.gauge.asked != 2 {
			t.Errorf("measured %d times", c.gauge.asked)
		}
	})
}

func TestASourceThatHangsEndsInAnError(t *testing.T) {
	withAnalyses(t, func(c *clinic) {
		c.gauge.takes = time.Hour
		c.want(orders, interval(1))
		time.Sleep(measureDeadline + time.Second)
		synctest.Wait()
		if result := c.result(orders, "r-1"); result == nil || result.Verdicts[0].Outcome != v1alpha1.VerdictError {
			t.Errorf("%+v", result)
		}
	})
}

func TestNoMoreThanSomeAreMeasuredAtOnce(t *testing.T) {
	withAnalyses(t, func(c *clinic) {
		for i := range 3 * measurers {
			c.want(client.ObjectKey{Namespace: "shop", Name: string(rune('a' + i))}, interval(1))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if c.gauge.asked != 3*measurers || c.gauge.most != measurers {
			t.Errorf("measured %d, %d at once", c.gauge.asked, c.gauge.most)
		}
	})
}

func TestTheBoardWakesReleasesOfWhichSomethingIsNew(t *testing.T) {
	woken := 0
	b := newBoard(func(reconcile.Request) { woken++ })
	known := func(revision int64) map[string]standing {
		return map[string]standing{"orders": {uid: "r-1", generation: 1, revision: revision}}
	}
	b.post("shop", known(1))
	b.post("shop", known(1))
	if woken != 1 {
		t.Errorf("woken %d times by one piece of news", woken)
	}
	b.post("shop", known(2))
	if woken != 2 {
		t.Errorf("woken %d times by two pieces of news", woken)
	}
	of := &v1alpha1.CanaryRelease{}
	of.Namespace, of.Name, of.UID, of.Generation = "shop", "orders", "r-1", 1
	if found, ok := b.look(of); !ok || found.revision != 2 {
		t.Errorf("%+v, %t", found, ok)
	}
	of.Generation = 2
	if _, ok := b.look(of); ok {
		t.Error("what is known of another spec is taken for this one's")
	}
	b.post("shop", nil)
	if len(b.namespaces) != 0 {
		t.Error("a namespace that is gone is remembered")
	}
}

func TestARoundAsksOfEveryVariantAndOfNoMoreRequestsThanTheSpec(t *testing.T) {
	of := &v1alpha1.CanaryRelease{Spec: v1alpha1.CanaryReleaseSpec{
		Variants: []v1alpha1.Variant{{Name: "v1"}, {Name: "v2"}}, Rollout: &v1alpha1.Rollout{Analysis: &v1alpha1.Analysis{}},
	}}
	known := standing{backends: map[v1alpha1.VariantName]string{"v1": "orders-v1", "v2": "orders-v2"}}
	due := &release.Due{Target: "v2"}
	round := roundOf(of, known, due).asked
	if len(round.Variants) != 2 || round.Variants[0] != (analysis.Variant{Name: "v1", Backend: "orders-v1"}) {
		t.Errorf("variants %v", round.Variants)
	}
	if round.MinRequests != 0 {
		t.Errorf("%d requests asked for by a spec that asks for none: a query of a Service whose requests nobody counts would never have data", round.MinRequests)
	}
	few := int64(7)
	of.Spec.Rollout.Analysis.MinRequests = &few
	if round := roundOf(of, known, due).asked; round.MinRequests != few {
		t.Errorf("%d requests, the spec asks for %d", round.MinRequests, few)
	}
}

func TestObservedSharesAreTenthsOfAPerCent(t *testing.T) {
	found := analysis.Result{Observed: []analysis.Share{{Variant: "v1", Part: 0.94764}, {Variant: "v2", Part: 0.05236}, {Variant: "v3", Part: 0.0001}}}
	got := judged(dueRound{}, found).Observed
	want := []v1alpha1.ReleaseShare{{Variant: "v1", Share: 948}, {Variant: "v2", Share: 52}}
	if !slices.Equal(got, want) {
		t.Errorf("%v; want %v", got, want)
	}
}

func TestObservedSharesAreShownWhileTheyAreOfThePresentStep(t *testing.T) {
	of := &v1alpha1.CanaryRelease{Spec: v1alpha1.CanaryReleaseSpec{Variants: []v1alpha1.Variant{{Name: "v1"}, {Name: "v2"}}, Stable: "v1"}}
	of.Namespace, of.Name = "gauges", "orders"
	decision := &v1alpha1.ReleaseStatus{
		Split: []v1alpha1.ReleaseShare{{Variant: "v1", Share: 1000}}, Step: &v1alpha1.ReleaseStep{Number: 1},
		Analysis: &v1alpha1.ReleaseAnalysis{Observed: []v1alpha1.ReleaseShare{{Variant: "v1", Share: 1000}}},
	}
	var gauges releaseGauges
	gauges.show(of, decision)
	if got := gauged(t, "kubemate_release_observed_share"); len(got) != 2 || got["v1"] != 1 || got["v2"] != 0 {
		t.Errorf("%v; v1 answered everything, v2 nothing", got)
	}
	decision.Step = nil
	gauges.show(of, decision)
	if got := gauged(t, "kubemate_release_observed_share"); len(got) != 0 {
		t.Errorf("%v is shown after the end", got)
	}
	if got := gauged(t, "kubemate_release_configured_share"); len(got) != 2 {
		t.Errorf("%v is shown as configured", got)
	}
	gauges.drop(client.ObjectKeyFromObject(of))
	if got := gauged(t, "kubemate_release_configured_share"); len(got) != 0 {
		t.Errorf("%v is shown of a release that is gone", got)
	}
}

// gauged are the values of a gauge by variant.
func gauged(t *testing.T, name string) map[string]float64 {
	t.Helper()
	families, err := metrics.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				if label.GetName() == "variant" {
					values[label.GetValue()] = metric.GetGauge().GetValue()
				}
			}
		}
	}
	return values
}
