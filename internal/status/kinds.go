package status

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
)

// Policy is the status of a MeshPolicy.
func (n *Namespace) Policy(policy *v1alpha1.MeshPolicy) v1alpha1.MeshPolicyStatus {
	origin := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: policy.Name}
	next := v1alpha1.MeshPolicyStatus{CommonStatus: n.common(origin, policy.Generation, policy.Status.CommonStatus, own{}), Effects: n.effects(policy)}
	switch {
	case compose.AnnotatesNamespace(&policy.Spec):
		next.Pods = n.Pods
	case compose.AnnotatesTemplates(&policy.Spec):
		next.Pods, next.PodTemplates = n.ServicePods[string(*policy.Spec.Target.Name)], n.podTemplates(origin)
	}
	if compose.Restarts(&policy.Spec) && !n.refused(origin) {
		next.Restart = n.restart(policy.Name)
	}
	if n.refused(origin) && n.dropsOut(policy) {
		programmed := *meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionProgrammed)
		programmed.Message = "not accepted: what was programmed before stays as it is, but timeouts and retries no longer hold where the release of Service " +
			string(*policy.Spec.Target.Name) + " goes on without them"
		meta.SetStatusCondition(&next.Conditions, programmed)
	}
	return next
}

// restart is how far the restarts are that a policy asks for, in what the schema allows.
func (n *Namespace) restart(policy string) *v1alpha1.RestartStatus {
	bounded, known := n.Restarts[policy]
	if !known {
		return nil
	}
	bounded.Message = shorten(bounded.Message, maxMessage)
	return &bounded
}

// dropsOut says whether a release shares its routes with the policy, and goes on without it (plan.HoldsBack).
func (n *Namespace) dropsOut(policy *v1alpha1.MeshPolicy) bool {
	if policy.Spec.Resilience == nil || policy.Spec.Target.Name == nil {
		return false
	}
	service := n.services[string(*policy.Spec.Target.Name)]
	return service != nil && service.Retain != nil
}

// Profile is the status of an IngressProfile.
func (n *Namespace) Profile(profile *v1alpha1.IngressProfile) v1alpha1.IngressProfileStatus {
	origin := model.Origin{Kind: v1alpha1.KindIngressProfile, Name: profile.Name}
	next := v1alpha1.IngressProfileStatus{
		CommonStatus: n.common(origin, profile.Generation, profile.Status.CommonStatus, own{secrets: n.secrets(profile), verified: n.Verified[origin]}), Gateway: profile.Status.Gateway,
	}
	if edge := n.edge(profile.Name); edge != nil {
		next.Gateway, next.Hosts = edge.Gateway.Name, edge.Hosts
		return next
	}
	if !slices.Contains(n.Plan.Freed, origin) {
		next.Hosts = profile.Status.Hosts
	}
	return next
}

// Egress is the status of an EgressProfile. One that is held keeps its gateway and its names, because both still stand.
func (n *Namespace) Egress(profile *v1alpha1.EgressProfile) v1alpha1.EgressProfileStatus {
	origin := model.Origin{Kind: v1alpha1.KindEgressProfile, Name: profile.Name}
	next := v1alpha1.EgressProfileStatus{
		CommonStatus: n.common(origin, profile.Generation, profile.Status.CommonStatus, own{verified: n.Verified[origin]}),
		Gateway:      profile.Status.Gateway, Names: profile.Status.Names,
	}
	for i := range n.Plan.Model.Egresses {
		egress := &n.Plan.Model.Egresses[i]
		if egress.Name != profile.Name {
			continue
		}
		next.Gateway, next.Names = egress.Gateway.Name, nil
		for _, partner := range egress.Partners {
			next.Names = append(next.Names, partner.Hosts[0])
		}
	}
	return next
}
