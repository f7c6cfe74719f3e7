package compose

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// policies composes the MeshPolicies, aspect by aspect. A policy with a problem in one aspect takes no part in any.
func (c *composer) policies() {
	owners := make(claims, 2*len(c.snapshot.Policies))
	for _, policy := range byAge(c.snapshot.Policies) {
		origin := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: policy.Name}
		composed := false
		c.fail(safely(func() { composed = c.policy(policy, origin, owners) }), origin)
		c.rejected[origin] = !composed
		c.keepTemplates(policy, composed)
	}
	c.spread(owners)
	c.spreadAccess(owners)
	c.isolate(owners)
	c.governing = c.governance(owners)
}

// policy composes a policy. False: it is held.
func (c *composer) policy(policy *v1alpha1.MeshPolicy, origin model.Origin, owners claims) bool {
	problems := c.claimAspects(owners, policy, origin)
	if c.skip(policy, origin) {
		return false
	}
	effect := c.readPolicy(policy, origin)
	problems = append(problems, effect.problems...)
	if len(problems) > 0 {
		c.add(problems...)
		return false
	}
	c.applyPolicy(policy, effect)
	return true
}

// spread gives the namespace's resilience to every Service that no policy of its own speaks about, not even a refused one: that one
// holds on to what it programmed.
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

// What a policy for a Service claims.
const (
	aspectResilience = "resilience of Service"
	aspectAccess     = "access of Service"
	// The same for the Namespace.
	aspectNamespaceAccess     = "access of the namespace"
	aspectNamespaceOpaque     = "opaquePorts of the namespace"
	aspectNamespaceResilience = "resilience of the namespace"
)

// effect is what one policy comes to.
type effect struct {
	part       *part
	settings   settings
	access     []model.Access
	rules      *accessRules
	resilience *resilience
	network    *network
	outside    *model.Outside
	template   *model.Template
	problems   model.Problems
	// notices are advice that goes with it.
	notices model.Problems
}

func (c *composer) readPolicy(policy *v1alpha1.MeshPolicy, origin model.Origin) effect {
	var e effect
	if policy.Spec.Target.Kind == v1alpha1.TargetNamespace {
		e.settings, e.problems = c.readSettings(&policy.Spec, origin)
	} else if e.part, e.problems = c.target(&policy.Spec, origin); e.part == nil {
		return e
	}
	if e.part != nil {
		e.template, e.problems, e.notices = c.readTemplate(e.part, &policy.Spec, origin)
	}
	if policy.Spec.Access != nil {
		c.readPolicyAccess(&e, policy, origin)
	}
	if policy.Spec.Resilience != nil {
		var problems model.Problems
		e.resilience, problems = readResilience(policy.Spec.Resilience, origin)
		e.problems = append(e.problems, problems...)
		if e.part != nil {
			e.problems = append(e.problems, e.part.speaksHTTP(at(origin, "spec.resilience"))...)
		}
	}
	if policy.Spec.Network != nil {
		var problems model.Problems
		e.network, problems = c.readNetwork(policy.Spec.Network, e.part, origin)
		e.problems = append(e.problems, problems...)
	}
	if policy.Spec.Egress != nil {
		var problems, notices model.Problems
		e.outside, problems, notices = c.readOutside(policy, origin)
		e.problems, e.notices = append(e.problems, problems...), append(e.notices, notices...)
	}
	return e
}

// readPolicyAccess reads the access rules of a policy, and the rate limits on top of them.
func (c *composer) readPolicyAccess(e *effect, policy *v1alpha1.MeshPolicy, origin model.Origin) {
	var problems, notices model.Problems
	if e.part == nil {
		e.rules, problems, notices = c.readNamespaceAccess(policy.Spec.Access, origin)
	} else {
		e.access, problems, notices = c.readAccess(e.part, policy.Spec.Access, origin)
		problems = append(problems, c.foreign(e.part, e.access, origin)...)
		notices = append(notices, c.unknownProbes(e.part, e.access)...)
		problems = append(problems, c.unguarded(e.part, e.access, origin)...)
	}
	limits, unlimited := limitRates(e.access, policy.Spec.RateLimit, at(origin, "spec.rateLimit"))
	e.problems = append(append(e.problems, problems...), limits...)
	e.notices = append(append(e.notices, notices...), unlimited...)
}

// target finds the Service that a policy is for. A headless one can have no resilience: its callers choose pods themselves.
func (c *composer) target(spec *v1alpha1.MeshPolicySpec, origin model.Origin) (*part, model.Problems) {
	name := string(*spec.Target.Name)
	found, message := c.routableService(name)
	if whatever := c.byName[name]; whatever != nil && spec.Resilience == nil && (spec.Access == nil || whatever.service.Spec.Type != corev1.ServiceTypeExternalName) {
		found, message = whatever, ""
	}
	if message != "" {
		return nil, model.Problems{{Origin: at(origin, "spec.target.name"), Reason: v1alpha1.ReasonServiceNotFound, Message: message}}
	}
	return found, nil
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
	c.applySettings(e.settings)
	c.addTemplate(e.template)
	c.add(e.notices...)
	switch {
	case policy.Spec.Access == nil:
	case e.part == nil:
		c.access = e.rules
	default:
		e.part.access = e.access
	}
	if policy.Spec.OpaquePorts != nil && e.part != nil {
		c.add(e.part.declared(policy.Name, portRanges(policy.Spec.OpaquePorts))...)
	}
	if e.outside != nil {
		c.outside = e.outside
	}
	switch {
	case e.network == nil:
	case e.part == nil:
		c.network = e.network
	default:
		e.part.network = e.network
	}
	switch {
	case e.resilience == nil:
	case e.part == nil:
		c.resilience = e.resilience
	default:
		e.part.resilience = e.resilience
	}
}

// applySettings takes what one policy wants of the namespace; each aspect has one owner.
func (c *composer) applySettings(wanted settings) {
	c.add(wanted.notices...)
	if wanted.injection != nil {
		c.injection = wanted.injection
	}
	if wanted.pods.Encryption != nil {
		c.pods.Encryption = wanted.pods.Encryption
	}
	if wanted.pods.Bypass != nil {
		c.pods.Bypass = wanted.pods.Bypass
	}
	if wanted.pods.Opaque != nil {
		c.pods.Opaque = wanted.pods.Opaque
	}
	if wanted.pods.Proxy != nil {
		c.pods.Proxy = wanted.pods.Proxy
	}
}
