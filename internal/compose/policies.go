package compose

import (
	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// policies composes the MeshPolicies, aspect by aspect. A policy with a problem in one aspect takes no part in any.
func (c *composer) policies() {
	owners := make(claims, 2*len(c.snapshot.Policies))
	for _, policy := range byAge(c.snapshot.Policies) {
		origin := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: policy.Name}
		problems := c.claimAspects(owners, policy, origin)
		if c.skip(policy, origin) {
			continue
		}
		effect := c.readPolicy(policy, origin)
		problems = append(problems, effect.problems...)
		if len(problems) > 0 {
			c.add(problems...)
			continue
		}
		c.applyPolicy(policy, effect)
	}
	c.spread(owners)
}

// spread gives the namespace's resilience to every Service that no policy of its own speaks about, not even a refused one: that one holds on
// to what it programmed.
func (c *composer) spread(owners claims) {
	if c.resilience == nil {
		return
	}
	for i := range c.parts {
		p := &c.parts[i]
		_, owned := owners[claimed{aspectResilience, p.service.Name}]
		if _, problem := c.routableService(p.service.Name); !owned && problem == "" && len(routable(p.ports)) > 0 {
			p.resilience = c.resilience
		}
	}
}

// aspectResilience is what a policy for a Service claims.
const aspectResilience = "resilience of Service"

// claimAspects claims what the policy speaks about: each aspect of a target belongs to the oldest policy.
func (c *composer) claimAspects(owners claims, policy *v1alpha1.MeshPolicy, origin model.Origin) model.Problems {
	service := ""
	if policy.Spec.Target.Name != nil {
		service = string(*policy.Spec.Target.Name)
	}
	var problems model.Problems
	claim := func(what, place string) {
		if problem, won := owners.claim(claimed{what, service}, at(origin, place)); !won {
			problems = append(problems, problem)
		}
	}
	if policy.Spec.Injection != nil {
		claim("injection of the namespace", "spec.injection")
	}
	if policy.Spec.Access != nil {
		claim("access of Service", "spec.access")
		if len(problems) == 0 {
			problems = c.claimPods(owners, service, at(origin, "spec.access"))
		}
	}
	switch {
	case policy.Spec.Resilience == nil:
	case service == "":
		claim("resilience of the namespace", "spec.resilience")
	default:
		claim(aspectResilience, "spec.resilience")
	}
	return problems
}

// effect is what one policy comes to.
type effect struct {
	part       *part
	injection  *model.Injection
	access     []model.Access
	resilience *resilience
	problems   model.Problems
}

func (c *composer) readPolicy(policy *v1alpha1.MeshPolicy, origin model.Origin) effect {
	var e effect
	if policy.Spec.Target.Kind == v1alpha1.TargetNamespace {
		e.injection, e.problems = c.readInjection(policy, origin)
		if policy.Spec.Resilience != nil {
			var problems model.Problems
			e.resilience, problems = readResilience(policy.Spec.Resilience, origin)
			e.problems = append(e.problems, problems...)
		}
		return e
	}
	name := string(*policy.Spec.Target.Name)
	found, message := c.routableService(name)
	if message != "" {
		e.problems = model.Problems{{Origin: at(origin, "spec.target.name"), Reason: v1alpha1.ReasonServiceNotFound, Message: message}}
		return e
	}
	e.part = found
	if policy.Spec.Access != nil {
		var problems model.Problems
		e.access, problems = c.readAccess(e.part, policy.Spec.Access, origin)
		e.problems = append(e.problems, problems...)
	}
	if policy.Spec.Resilience != nil {
		var problems model.Problems
		e.resilience, problems = readResilience(policy.Spec.Resilience, origin)
		e.problems = append(e.problems, problems...)
		e.problems = append(e.problems, e.part.speaksHTTP(at(origin, "spec.resilience"))...)
	}
	return e
}

// speaksHTTP complains about a Service without requests to tell apart.
func (p *part) speaksHTTP(origin model.Origin) model.Problems {
	if len(routable(p.ports)) > 0 {
		return nil
	}
	return model.Problems{{
		Origin: origin, Reason: v1alpha1.ReasonPortNotFound,
		Message: "Service " + p.service.Name + " has no port that carries HTTP: timeouts and retries need requests; check appProtocol of its ports",
	}}
}

func (c *composer) applyPolicy(policy *v1alpha1.MeshPolicy, e effect) {
	if e.injection != nil {
		c.injection = e.injection
	}
	if policy.Spec.Access != nil {
		e.part.access = e.access
	}
	switch {
	case e.resilience == nil:
	case e.part == nil:
		c.resilience = e.resilience
	default:
		e.part.resilience = e.resilience
	}
}
