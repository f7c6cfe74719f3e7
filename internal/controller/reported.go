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
}

func reportedReleases(namespace *status.Namespace) reported[*v1alpha1.CanaryRelease, v1alpha1.CanaryReleaseStatus] {
	return reported[*v1alpha1.CanaryRelease, v1alpha1.CanaryReleaseStatus]{
		kind:   v1alpha1.KindCanaryRelease,
		status: func(release *v1alpha1.CanaryRelease) v1alpha1.CanaryReleaseStatus { return status.Own(release.Status) },
		common: func(s v1alpha1.CanaryReleaseStatus) v1alpha1.CommonStatus { return s.CommonStatus },
		compute: func(release *v1alpha1.CanaryRelease, old v1alpha1.CanaryReleaseStatus) v1alpha1.CanaryReleaseStatus {
			seen := *release
			seen.Status = old
			seen.Status.Release = release.Status.Release
			return namespace.Release(&seen)
		},
	}
}

func reportedPolicies(namespace *status.Namespace) reported[*v1alpha1.MeshPolicy, v1alpha1.MeshPolicyStatus] {
	return reported[*v1alpha1.MeshPolicy, v1alpha1.MeshPolicyStatus]{
		kind:   v1alpha1.KindMeshPolicy,
		status: func(policy *v1alpha1.MeshPolicy) v1alpha1.MeshPolicyStatus { return policy.Status },
		common: func(s v1alpha1.MeshPolicyStatus) v1alpha1.CommonStatus { return s.CommonStatus },
		compute: func(policy *v1alpha1.MeshPolicy, old v1alpha1.MeshPolicyStatus) v1alpha1.MeshPolicyStatus {
			seen := *policy
			seen.Status = old
			return namespace.Policy(&seen)
		},
	}
}

func reportedProfiles(namespace *status.Namespace) reported[*v1alpha1.IngressProfile, v1alpha1.IngressProfileStatus] {
	return reported[*v1alpha1.IngressProfile, v1alpha1.IngressProfileStatus]{
		kind:   v1alpha1.KindIngressProfile,
		status: func(profile *v1alpha1.IngressProfile) v1alpha1.IngressProfileStatus { return profile.Status },
		common: func(s v1alpha1.IngressProfileStatus) v1alpha1.CommonStatus { return s.CommonStatus },
		compute: func(profile *v1alpha1.IngressProfile, old v1alpha1.IngressProfileStatus) v1alpha1.IngressProfileStatus {
			seen := *profile
			seen.Status = old
			return namespace.Profile(&seen)
		},
	}
}

func reportedEgresses(namespace *status.Namespace) reported[*v1alpha1.EgressProfile, v1alpha1.EgressProfileStatus] {
	return reported[*v1alpha1.EgressProfile, v1alpha1.EgressProfileStatus]{
		kind:   v1alpha1.KindEgressProfile,
		status: func(profile *v1alpha1.EgressProfile) v1alpha1.EgressProfileStatus { return profile.Status },
		common: func(s v1alpha1.EgressProfileStatus) v1alpha1.CommonStatus { return s.CommonStatus },
		compute: func(profile *v1alpha1.EgressProfile, old v1alpha1.EgressProfileStatus) v1alpha1.EgressProfileStatus {
			seen := *profile
			seen.Status = old
			return namespace.Egress(&seen)
		},
	}
}
