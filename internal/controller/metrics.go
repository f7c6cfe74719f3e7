package controller

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/kubemate/kubemate/internal/model"
)

var (
	compileSeconds = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "kubemate_compile_seconds",
		Help:    "Time to turn one namespace's custom resources into a plan.",
		Buckets: prometheus.ExponentialBuckets(0.0001, 4, 9),
	})
	problemCount = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "kubemate_problems",
		Help: "Problems of custom resources that stand now, by the kind of the resource and the reason.",
	}, []string{"kind", "reason"})
	actionCount = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "kubemate_release_actions_total",
		Help: "ReleaseActions that were answered, by what was to be done and what became of it.",
	}, []string{"action", "result"})
	actionsTrusted = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "kubemate_release_actions_trusted",
		Help: "1 when the admission policy for ReleaseActions was in force at the last look, 0 when actions are ignored.",
	})
)

func init() { metrics.Registry.MustRegister(compileSeconds, problemCount, actionCount, actionsTrusted) }

// problemGauge sums the problems of all namespaces up.
type problemGauge struct {
	mu          sync.Mutex
	byNamespace map[string]map[problemKey]int
}

type problemKey struct{ kind, reason string }

// set replaces the problems of one namespace.
func (g *problemGauge) set(namespace string, problems model.Problems) {
	counts := map[problemKey]int{}
	for _, problem := range problems {
		counts[problemKey{problem.Origin.Kind, problem.Reason}]++
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for key, count := range g.byNamespace[namespace] {
		problemCount.WithLabelValues(key.kind, key.reason).Sub(float64(count))
	}
	for key, count := range counts {
		problemCount.WithLabelValues(key.kind, key.reason).Add(float64(count))
	}
	if g.byNamespace == nil {
		g.byNamespace = map[string]map[problemKey]int{}
	}
	g.byNamespace[namespace] = counts
	if len(counts) == 0 {
		delete(g.byNamespace, namespace)
	}
}
