package cli

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/manifest"
	"github.com/kubemate/kubemate/internal/release"
)

// decide puts into releases what the operator would decide first about specs that it has not decided on: a rollout is planned at the step where it
// would begin. What comes later depends on time, metrics and people. Each decision is said among the assumptions.
func decide(namespace *manifest.Namespace, now time.Time) {
	for i, of := range namespace.Releases {
		if !compose.Undecided(of) {
			continue
		}
		decision := release.Decide(now, intentOf(of), of.Status.Release, observe(&namespace.Snapshot, of))
		decided := of.DeepCopy()
		decided.Status.Release = decision.State
		namespace.Releases[i] = decided
		if count := len(decision.Transitions); count > 0 {
			namespace.Assumptions = append(namespace.Assumptions,
				v1alpha1.KindCanaryRelease+"/"+of.Name+" is where the operator would begin: "+decision.Transitions[count-1].Message)
		}
	}
}

func intentOf(of *v1alpha1.CanaryRelease) release.Intent {
	return release.Intent{
		UID: string(of.UID), Generation: of.Generation, Spec: &of.Spec,
		HandsOff: of.Annotations[v1alpha1.AnnotationReconcile] == v1alpha1.ReconcileDisabled,
	}
}

// observe sees what the snapshot holds; what was programmed is taken to have settled.
func observe(snapshot *compose.Snapshot, of *v1alpha1.CanaryRelease) release.Observation {
	deployments := map[string]*appsv1.Deployment{}
	for _, deployment := range snapshot.Deployments {
		deployments[deployment.Name] = deployment
	}
	seen := release.Observation{Replicas: map[v1alpha1.VariantName]release.Replicas{}, KillSwitch: snapshot.KillSwitch}
	for _, variant := range of.Spec.Variants {
		backend := compose.LeafName(snapshot.Namespace, string(of.Spec.Service.Name), string(variant.Name))
		var deployment *appsv1.Deployment
		if variant.Service != nil {
			backend = string(*variant.Service)
		} else {
			deployment = deployments[string(*variant.Deployment)]
		}
		seen.Replicas[variant.Name] = compose.Replicas(snapshot.Endpoints[backend], deployment)
	}
	if programmed := of.Status.Programmed; programmed != nil {
		seen.Revision, seen.SettledAt = programmed.Revision, programmed.Since.Time
	}
	return seen
}
