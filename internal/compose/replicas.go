package compose

import (
	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubemate/kubemate/internal/release"
)

// Replicas counts the pods of a variant: those that its Service sends requests to; before there is such a Service, those of its Deployment. A plan to
// have none counts before they go.
func Replicas(endpoints Endpoints, deployment *appsv1.Deployment) release.Replicas {
	if deployment == nil {
		return release.Replicas{Ready: int32(endpoints.Ready), Wanted: int32(endpoints.Total)}
	}
	wanted := int32(1) // the default of a Deployment
	if deployment.Spec.Replicas != nil {
		wanted = *deployment.Spec.Replicas
	}
	ready := int32(endpoints.Ready)
	if endpoints.Total == 0 {
		ready = deployment.Status.ReadyReplicas
	}
	if wanted == 0 {
		ready = 0
	}
	return release.Replicas{Ready: ready, Wanted: wanted}
}
