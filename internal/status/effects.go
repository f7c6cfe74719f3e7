package status

import (
	"maps"
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
)

// maxOthers is the bound of the schema.
const maxOthers = 64

// effects say whose word counts for a policy's target.
func (n *Namespace) effects(policy *v1alpha1.MeshPolicy) []v1alpha1.PolicyEffect {
	var effects []v1alpha1.PolicyEffect
	for i := range n.Plan.Governance {
		of := &n.Plan.Governance[i]
		effect := v1alpha1.PolicyEffect{Aspect: of.Aspect, Policy: v1alpha1.ObjectName(of.Namespace)}
		if policy.Spec.Target.Name == nil {
			effect.Services, effect.Others = &of.Common, others(of)
		} else if own := of.Services[string(*policy.Spec.Target.Name)]; own != "" {
			effect.Policy = v1alpha1.ObjectName(own)
		}
		if effect.Policy != "" || len(effect.Others) > 0 {
			effects = append(effects, effect)
		}
	}
	return effects
}

func others(of *compose.Governance) []v1alpha1.ServicePolicy {
	var list []v1alpha1.ServicePolicy
	for _, service := range slices.Sorted(maps.Keys(of.Services)) {
		if len(list) == maxOthers {
			break
		}
		list = append(list, v1alpha1.ServicePolicy{Service: v1alpha1.ServiceName(service), Policy: v1alpha1.ObjectName(of.Services[service])})
	}
	return list
}
