package compose

import (
	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// claimAspects claims what the policy speaks about: each aspect of a target belongs to the oldest policy.
func (c *composer) claimAspects(owners claims, policy *v1alpha1.MeshPolicy, origin model.Origin) model.Problems {
	service := ""
	if policy.Spec.Target.Name != nil {
		service = string(*policy.Spec.Target.Name)
	}
	var problems model.Problems
	for i := range aspects {
		aspect := &aspects[i]
		if !aspect.wanted(&policy.Spec) {
			continue
		}
		what := aspect.ofNamespace
		if service != "" {
			what = aspect.ofService
		}
		if problem, won := owners.claim(claimed{what, service}, at(origin, aspect.place)); !won {
			problems = append(problems, problem)
		}
	}
	if service != "" && len(problems) == 0 {
		problems = c.claimTemplates(owners, &policy.Spec, origin)
	}
	if policy.Spec.Access != nil && service != "" && len(problems) == 0 {
		problems = c.claimPods(owners, service, at(origin, "spec.access"))
	}
	return problems
}

// aspect is a field of policies that one policy of a target may have.
type aspect struct {
	// place of the field, and what a policy claims with it. The words are joined once: there may be many policies.
	place, ofService, ofNamespace string
	wanted                        func(*v1alpha1.MeshPolicySpec) bool
}

var aspects = []aspect{
	newAspect("injection", func(spec *v1alpha1.MeshPolicySpec) bool { return spec.Injection != nil }),
	newAspect("mtls", func(spec *v1alpha1.MeshPolicySpec) bool { return spec.MTLS != nil }),
	newAspect("bypass", func(spec *v1alpha1.MeshPolicySpec) bool { return spec.Bypass != nil }),
	newAspect("proxy", func(spec *v1alpha1.MeshPolicySpec) bool { return spec.Proxy != nil }),
	newAspect("access", func(spec *v1alpha1.MeshPolicySpec) bool { return spec.Access != nil }),
	newAspect("opaquePorts", func(spec *v1alpha1.MeshPolicySpec) bool { return spec.OpaquePorts != nil }),
	newAspect("resilience", func(spec *v1alpha1.MeshPolicySpec) bool { return spec.Resilience != nil }),
	newAspect("network", func(spec *v1alpha1.MeshPolicySpec) bool { return spec.Network != nil }),
	newAspect("egress", func(spec *v1alpha1.MeshPolicySpec) bool { return spec.Egress != nil }),
}

func newAspect(field string, wanted func(*v1alpha1.MeshPolicySpec) bool) aspect {
	return aspect{"spec." + field, field + " of Service", field + " of the namespace", wanted}
}
