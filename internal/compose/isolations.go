package compose

import (
	"cmp"
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// isolate turns what policies want of the network, and the access rules, into isolations of pods. It comes last: access rules of all policies must
// be known.
func (c *composer) isolate(owners claims) {
	var own []*part
	for i := range c.parts {
		p := &c.parts[i]
		if _, speaks := owners[claimed{aspectNetwork, p.service.Name}]; speaks && len(p.service.Spec.Selector) > 0 {
			own = append(own, p)
		}
	}
	if c.network == nil && len(own) == 0 {
		return
	}
	for i := range c.parts {
		if p := &c.parts[i]; len(p.service.Spec.Selector) > 0 {
			c.isolateService(p, own, owners)
		}
	}
	if c.network != nil {
		c.isolateNamespace(own, owners)
	}
	c.guardStrays(owners) // what these let through follows from the isolations, and not the other way round
}

// isolateService isolates the pods of one Service: by its own policy, else by the namespace's.
func (c *composer) isolateService(p *part, own []*part, owners claims) {
	wanted := c.networkOf(p, owners)
	if wanted == nil {
		return
	}
	if access, held := c.heldAccess(p, owners); held {
		c.keepNetwork(wanted, access)
		return
	}
	rules := c.accessAround(p, owners)
	if p.network == nil && len(rules) == 0 {
		return // the namespace's isolation says it all
	}
	isolation := model.Isolation{
		Service: p.service.Name, Selector: p.service.Spec.Selector, Origin: wanted.origin, Origins: []model.Origin{wanted.origin},
	}
	for i := range rules {
		isolation.Origins = append(isolation.Origins, rules[i].Origin)
		isolation.Passages = append(isolation.Passages, c.passages(&rules[i])...)
	}
	if p.network != nil || !slices.ContainsFunc(own, func(other *part) bool { return c.share(p, other) }) {
		isolation.Passages = append(isolation.Passages, wanted.passages...)
	}
	isolation.Passages = mergePassages(isolation.Passages)
	isolation.Origins = model.SortOrigins(isolation.Origins)
	c.isolations = append(c.isolations, isolation)
}

// networkOf is what is wanted of the network of a Service's pods. Nil: nothing, or what stands must stay, because the policy for the Service is held.
func (c *composer) networkOf(p *part, owners claims) *network {
	if _, speaks := owners[claimed{aspectNetwork, p.service.Name}]; speaks {
		return p.network
	}
	return c.network
}

// accessTo is what access rules say of a Service's pods: its own, and the namespace's about the rest.
func (c *composer) accessTo(p *part) []model.Access {
	if len(p.common) == 0 {
		return p.access
	}
	own := slices.DeleteFunc(slices.Clone(p.access), func(access model.Access) bool { return access.Origin == c.access.origin })
	return append(own, p.common...)
}

// accessAround is accessTo and, where the namespace's isolation is about the pods, what is said of them through other Services: each NetworkPolicy is complete
// for its pods, so that the first that is written cuts nobody off whom the next would let through.
func (c *composer) accessAround(p *part, owners claims) []model.Access {
	rules := c.accessTo(p)
	if c.network == nil || p.network != nil {
		return rules
	}
	for _, other := range c.sharing(p) {
		if c.networkOf(other, owners) == c.network {
			rules = slices.Concat(rules, c.accessTo(other))
		}
	}
	return rules
}

// sharing are the other Services that may select pods of a Service, sorted by name. All are looked at only where no workload is known: for each Service that
// would grow with the square of the namespace.
func (c *composer) sharing(p *part) []*part {
	if c.selecting == nil {
		c.selecting = map[*workload][]*part{}
		for i := range c.parts {
			for _, one := range c.workloadsOrNone(&c.parts[i]) {
				c.selecting[one] = append(c.selecting[one], &c.parts[i])
			}
		}
	}
	var candidates []*part
	for _, one := range c.workloadsOrNone(p) {
		candidates = append(candidates, c.selecting[one]...)
	}
	if len(c.workloadsOf(p)) == 0 {
		for i := range c.parts {
			candidates = append(candidates, &c.parts[i])
		}
	} else {
		candidates = append(candidates, c.selecting[nil]...)
	}
	slices.SortFunc(candidates, func(a, b *part) int { return cmp.Compare(a.service.Name, b.service.Name) })
	return slices.DeleteFunc(slices.Compact(candidates), func(other *part) bool {
		return other == p || len(other.service.Spec.Selector) == 0 || !c.share(p, other)
	})
}

// workloadsOrNone are the workloads whose pods a Service selects, or nil alone if none is known.
func (c *composer) workloadsOrNone(p *part) []*workload {
	if found := c.workloadsOf(p); len(found) > 0 {
		return found
	}
	return []*workload{nil}
}

// heldAccess says which held policy the access rules of a Service come from: what stands follows from rules that are not known any more.
func (c *composer) heldAccess(p *part, owners claims) (model.Origin, bool) {
	owner, own := c.governs(p, owners)
	if own && c.rejected[owner] {
		return owner, true
	}
	if common, claimed := owners[claimed{aspectNamespaceAccess, ""}]; claimed && guardable(p.service) {
		return common.Object(), c.rejected[common.Object()]
	}
	owner = owners[aspectOf(p)].Object()
	return owner, c.rejected[owner]
}

// keepNetwork leaves what stands of a policy's isolations as it is.
func (c *composer) keepNetwork(wanted *network, held model.Origin) {
	c.undecided = append(c.undecided, wanted.origin)
	c.waiting[wanted.origin.Object()] = Waiting{
		v1alpha1.ReasonPending, held.String() + " is held, on whose rules NetworkPolicies of " + wanted.origin.Object().String() + " depend: those stay as they are until it is accepted",
	}
}

// isolateNamespace isolates all pods but those with a policy of their own. While one of those policies is held it is not known whether its
// NetworkPolicy stands, so nothing changes.
func (c *composer) isolateNamespace(own []*part, owners claims) {
	isolation := model.Isolation{Origin: c.network.origin, Origins: []model.Origin{c.network.origin}, Passages: mergePassages(c.network.passages)}
	for _, p := range own {
		if p.network == nil {
			c.keepNetwork(c.network, owners[claimed{aspectNetwork, p.service.Name}].Object())
			return
		}
		isolation.Except = append(isolation.Except, p.service.Spec.Selector)
		isolation.Origins = append(isolation.Origins, p.network.origin)
	}
	isolation.Origins = model.SortOrigins(isolation.Origins)
	c.isolations = append(c.isolations, isolation)
}

// share says whether two Services may select the same pods: their selectors do not exclude each other, and where workloads are known, one has them.
func (c *composer) share(a, b *part) bool {
	if exclude(a.service.Spec.Selector, b.service.Spec.Selector) {
		return false
	}
	theirs := c.workloadsOf(b)
	return len(theirs) == 0 || len(c.workloadsOf(a)) == 0 ||
		slices.ContainsFunc(c.workloadsOf(a), func(one *workload) bool { return slices.Contains(theirs, one) })
}

// exclude says whether no pod has the labels of both selectors.
func exclude(a, b map[string]string) bool {
	for key, value := range a {
		if other, both := b[key]; both && other != value {
			return true
		}
	}
	return false
}
