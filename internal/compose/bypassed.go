package compose

import (
	"slices"
	"strconv"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// bypassed are ports of pods that no proxy guards, ports that pods call past their proxies, and who says so.
type bypassed struct {
	inbound, outbound []model.PortRange
	// unmeshed: the pods get no proxy.
	unmeshed bool
	// of is the Service whose pods they are. Nil: all of the namespace.
	of *part
	by model.Origin
}

// words say what the policy does.
func (b *bypassed) words(port int32) string {
	if b.unmeshed {
		return b.by.String() + " gives the pods no proxy (spec.injection)"
	}
	return b.by.String() + " lets calls reach port " + strconv.Itoa(int(port)) + " of the pods past their proxies (spec.bypass.inboundPorts)"
}

// readBypassed finds them before anything is composed: access rules for such a port, or hosts that may be called there, would be a promise that nobody keeps. Of a Service's pods they are
// where the policy stands, whether their templates say so already or not.
func (c *composer) readBypassed() {
	speaks := map[string]bool{}
	for _, policy := range byAge(c.snapshot.Policies) {
		origin := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: policy.Name}
		spec, of := &policy.Spec, (*part)(nil)
		target := ""
		if spec.Target.Name != nil {
			target = string(*spec.Target.Name)
			if of = c.byName[target]; of == nil {
				continue
			}
		}
		first := func(aspect string) bool {
			before := speaks[aspect+target]
			speaks[aspect+target] = true
			return !before && !suspended(policy) && !c.refused[origin]
		}
		if bypass := spec.Bypass; bypass != nil && first("bypass of ") && !expired(bypass, c.snapshot.Now) {
			c.bypassed = append(c.bypassed, bypassed{inbound: portRanges(bypass.InboundPorts), outbound: portRanges(bypass.OutboundPorts), of: of, by: origin})
		}
		if of != nil && spec.Injection != nil && first("injection of ") && *spec.Injection == v1alpha1.InjectionDisabled {
			c.bypassed = append(c.bypassed, bypassed{unmeshed: true, of: of, by: origin})
		}
	}
}

// pastProxies says in words why calls reach a port of a Service's pods without being checked, and whether that is so of all the pods. Empty: they do not.
func (c *composer) pastProxies(p *part, target model.TargetPort) (why string, wholly bool) {
	for i := range c.bypassed {
		one := &c.bypassed[i]
		if one.of != nil && one.of != p && !c.share(one.of, p) {
			continue
		}
		if one.unmeshed {
			return one.words(0), one.of == nil || one.of == p
		}
		for _, number := range c.targetNumbers(p, target) {
			if holdsPort(one.inbound, number) {
				return one.words(number), one.of == nil || one.of == p
			}
		}
	}
	return "", false
}

// callsPastProxies says in words why calls to a port go past the proxies of some pods. Empty: they do not.
func (c *composer) callsPastProxies(port int32) string {
	for i := range c.bypassed {
		if one := &c.bypassed[i]; holdsPort(one.outbound, port) {
			return one.by.String() + " lets calls to port " + strconv.Itoa(int(port)) + " go past the proxies (spec.bypass.outboundPorts)"
		}
	}
	return ""
}

// unguarded refuses access rules for ports that calls reach past the proxies.
func (c *composer) unguarded(p *part, access []model.Access, origin model.Origin) model.Problems {
	var problems model.Problems
	for i := range access {
		why, _ := c.pastProxies(p, access[i].Port)
		if why == "" {
			continue
		}
		problem := model.Problem{
			Origin: at(origin, "spec.access"), Reason: v1alpha1.ReasonConflicted,
			Message: why + ": nobody checks there who calls; take that back, or the access rules out",
		}
		if !slices.Contains(problems, problem) {
			problems = append(problems, problem)
		}
	}
	return problems
}
