package controller

import (
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// Reasons of the Events of a Service whose release is gone.
const (
	reasonRetained       = "SplitRetained"
	reasonRetentionEnded = "RetentionEnded"
)

var retainedCount = prometheus.NewGaugeVec(prometheus.GaugeOpts{
	Name: "kubemate_retained_splits",
	Help: "Services whose release was deleted and whose requests are kept at its stable variant, by namespace.",
}, []string{"namespace"})

func init() { metrics.Registry.MustRegister(retainedCount) }

// retained tells people of what deleted releases leave behind (api.md, Delete).
type retained struct {
	recorder events.EventRecorder

	mu sync.Mutex
	// known are the Services by namespace. What a namespace has at the first look is no news: it was told before the operator started.
	known map[string][]string
}

// show shows the Services of a namespace that a plan keeps at the stable variant of a release that is gone.
func (r *retained) show(view *load.View, planned plan.Plan) {
	var now []string
	for i := range planned.Model.Services {
		if service := &planned.Model.Services[i]; retains(service) {
			now = append(now, service.Name)
		}
	}
	r.mu.Lock()
	before, looked := r.known[view.Namespace]
	if r.known == nil {
		r.known = map[string][]string{}
	}
	r.known[view.Namespace] = now
	r.mu.Unlock()
	if len(now) == 0 {
		retainedCount.DeleteLabelValues(view.Namespace)
	} else {
		retainedCount.WithLabelValues(view.Namespace).Set(float64(len(now)))
	}
	if looked {
		r.tell(view, before, now)
	}
}

// tell records what began and what ended on the Services.
func (r *retained) tell(view *load.View, before, now []string) {
	for _, service := range view.Services {
		switch was, is := slices.Contains(before, service.Name), slices.Contains(now, service.Name); {
		case is && !was:
			r.event(service, reasonRetained, "its release is gone: all requests stay at stable until the Service selects the pods of stable only")
		case was && !is:
			r.event(service, reasonRetentionEnded, "nothing of a release that is gone is kept any more")
		}
	}
}

func (r *retained) event(service *corev1.Service, reason, message string) {
	r.recorder.Eventf(service, nil, corev1.EventTypeNormal, reason, "Program", "%s", message)
}

// forget drops what is known of a namespace.
func (r *retained) forget(namespace string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.known, namespace)
	retainedCount.DeleteLabelValues(namespace)
}

// retains says whether a Service's split is what a deleted release left behind.
func retains(service *model.Service) bool {
	return service.Retain != nil && slices.ContainsFunc(service.Routes, func(route model.Route) bool {
		return slices.ContainsFunc(route.Origins, func(origin model.Origin) bool { return origin.Kind == compose.KindRetained })
	})
}
