package verify

import (
	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

var questions = prometheus.NewCounterVec(prometheus.CounterOpts{
	Name: "kubemate_gateway_questions_total",
	Help: "Questions to gateways about what they serve, by the gateway and whether there was an answer.",
}, []string{"gateway", "result"})

func init() { metrics.Registry.MustRegister(questions) }

// outcome of a question.
func outcome(err error) string {
	if err != nil {
		return "failed"
	}
	return "answered"
}
