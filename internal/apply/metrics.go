package apply

import (
	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

var writes = prometheus.NewCounterVec(prometheus.CounterOpts{
	Name: "kubemate_writes_total",
	Help: "Writes of generated objects that the API server accepted, by kind and by why they were sent: create, update (the intent changed), " +
		"drift (somebody else changed the object), trim (somebody else added to it), delete, borrow (annotations on an object that users own).",
}, []string{"kind", "reason"})

func init() { metrics.Registry.MustRegister(writes) }

func written(kind, reason string) { writes.WithLabelValues(kind, reason).Inc() }
