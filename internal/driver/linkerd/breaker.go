package linkerd

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/internal/model"
)

// Annotations of a Service for its callers' balancers (Linkerd 2.13). They are read from the Service that is called, also when its requests
// are split between others, and not at all where a ServiceProfile has routes.
const (
	annotationAccrual           = "balancer.linkerd.io/failure-accrual"
	annotationAccrualFailures   = "balancer.linkerd.io/failure-accrual-consecutive-max-failures"
	annotationAccrualMinPenalty = "balancer.linkerd.io/failure-accrual-consecutive-min-penalty"
	annotationAccrualMaxPenalty = "balancer.linkerd.io/failure-accrual-consecutive-max-penalty"

	accrualConsecutive = "consecutive"
)

var serviceKind = corev1.SchemeGroupVersion.WithKind(kindService)

// breaker is what the Service that is called is annotated with.
func breaker(wanted *model.Breaker) map[string]string {
	return map[string]string{
		annotationAccrual:           accrualConsecutive,
		annotationAccrualFailures:   strconv.Itoa(int(wanted.ConsecutiveFailures)),
		annotationAccrualMinPenalty: duration(wanted.MinPenalty),
		annotationAccrualMaxPenalty: duration(wanted.MaxPenalty),
	}
}
