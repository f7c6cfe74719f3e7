package controller

import (
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/status"
)

// reported is how the status of one kind of custom resource is read and computed.
type reported[O client.Object, S any] struct {
	kind string
	// status of an object, and the part of it that all kinds share.
	status func(O) S
	common func(S) v1alpha1.CommonStatus
	// compute the status of an object whose status so far is old.
	compute func(object O, old S) S
	// uncounted is the status without what changes with every pod. Nil: it has nothing of the kind.
	uncounted func(S) S
}

// reportedOf is a kind whose status stands in a field of its objects.
func reportedOf[T, S any, O interface {
	*T
	client.Object
}](kind string, field func(O) *S, common func(S) v1alpha1.CommonStatus, compute func(O) S) reported[O, S] {
	return reported[O, S]{
		kind:   kind,
		status: func(object O) S { return *field(object) },
		common: common,
		compute: func(object O, old S) S {
			seen := *object
			*field(&seen) = old
			return compute(&seen)
		},
	}
}

// reportedReleases leaves out of the status what the release controller writes.
func reportedReleases(namespace *status.Namespace) reported[*v1alpha1.CanaryRelease, v1alpha1.CanaryReleaseStatus] {
	kind := reportedOf(v1alpha1.KindCanaryRelease,
		func(release *v1alpha1.CanaryRelease) *v1alpha1.CanaryReleaseStatus { return &release.Status },
		func(s v1alpha1.CanaryReleaseStatus) v1alpha1.CommonStatus { return s.CommonStatus }, namespace.Release)
	compute := kind.compute
	kind.status = func(release *v1alpha1.CanaryRelease) v1alpha1.CanaryReleaseStatus { return status.Own(release.Status) }
	kind.compute = func(release *v1alpha1.CanaryRelease, old v1alpha1.CanaryReleaseStatus) v1alpha1.CanaryReleaseStatus {
		old.Release = release.Status.Release
		return compute(release, old)
	}
	return kind
}

func reportedPolicies(namespace *status.Namespace) reported[*v1alpha1.MeshPolicy, v1alpha1.MeshPolicyStatus] {
	kind := reportedOf(v1alpha1.KindMeshPolicy,
		func(policy *v1alpha1.MeshPolicy) *v1alpha1.MeshPolicyStatus { return &policy.Status },
		func(s v1alpha1.MeshPolicyStatus) v1alpha1.CommonStatus { return s.CommonStatus }, namespace.Policy)
	kind.uncounted = func(s v1alpha1.MeshPolicyStatus) v1alpha1.MeshPolicyStatus {
		s.Pods, s.Restart = nil, nil
		return s
	}
	return kind
}

func reportedProfiles(namespace *status.Namespace) reported[*v1alpha1.IngressProfile, v1alpha1.IngressProfileStatus] {
	return reportedOf(v1alpha1.KindIngressProfile,
		func(profile *v1alpha1.IngressProfile) *v1alpha1.IngressProfileStatus { return &profile.Status },
		func(s v1alpha1.IngressProfileStatus) v1alpha1.CommonStatus { return s.CommonStatus }, namespace.Profile)
}

func reportedEgresses(namespace *status.Namespace) reported[*v1alpha1.EgressProfile, v1alpha1.EgressProfileStatus] {
	return reportedOf(v1alpha1.KindEgressProfile,
		func(profile *v1alpha1.EgressProfile) *v1alpha1.EgressProfileStatus { return &profile.Status },
		func(s v1alpha1.EgressProfileStatus) v1alpha1.CommonStatus { return s.CommonStatus }, namespace.Egress)
}
