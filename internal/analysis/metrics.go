package analysis

import (
	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/kubemate/kubemate/internal/verdict"
)

var querySeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
	Name:    "kubemate_analysis_query_seconds",
	Help:    "Time of queries to metric sources, without waiting for their turn, by source and by what came of them: Measured, Missing (no data) or Failed.",
	Buckets: prometheus.ExponentialBuckets(0.005, 3, 8),
}, []string{"source", "state"})

func init() { metrics.Registry.MustRegister(querySeconds) }

// observe starts the clock of a query; what it returns stops it.
func observe(source string) func(verdict.State) {
	var state string
	timer := prometheus.NewTimer(prometheus.ObserverFunc(func(seconds float64) {
		querySeconds.WithLabelValues(source, state).Observe(seconds)
	}))
	return func(outcome verdict.State) {
		state = string(outcome)
		timer.ObserveDuration()
	}
}
