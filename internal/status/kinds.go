package status

import (
	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// Policy is the status of a MeshPolicy.
func (n *Namespace) Policy(policy *v1alpha1.MeshPolicy) v1alpha1.MeshPolicyStatus {
	origin := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: policy.Name}
	return v1alpha1.MeshPolicyStatus{CommonStatus: n.common(origin, policy.Generation, policy.Status.CommonStatus)}
}

// Profile is the status of an IngressProfile.
func (n *Namespace) Profile(profile *v1alpha1.IngressProfile) v1alpha1.IngressProfileStatus {
	origin := model.Origin{Kind: v1alpha1.KindIngressProfile, Name: profile.Name}
	next := v1alpha1.IngressProfileStatus{
		CommonStatus: n.common(origin, profile.Generation, profile.Status.CommonStatus), Gateway: profile.Status.Gateway,
	}
	for i := range n.Plan.Model.Edges {
		if edge := &n.Plan.Model.Edges[i]; edge.Name == profile.Name {
			next.Gateway = edge.Gateway.Name
		}
	}
	return next
}
