package compose

import (
	"strconv"

	k8slabels "k8s.io/apimachinery/pkg/labels"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// foreignGuard is an object that somebody else wrote and that guards a port of some pods of a workload. Empty: there is none.
func (c *composer) foreignGuard(one *workload, port int32) string {
	for i := range c.snapshot.ForeignGuards {
		guard := &c.snapshot.ForeignGuards[i]
		if guard.Pods.Matches(k8slabels.Set(one.template.Labels)) && targetNumber(&one.template.Spec, guard.Port) == port {
			return guard.Name
		}
	}
	return ""
}

// foreignGuardOf is the same for the pods of a Service, of which no workload may be known: then they have the labels of its selector.
func (c *composer) foreignGuardOf(p *part, target model.TargetPort) string {
	for _, one := range c.workloadsOf(p) {
		if number := targetNumber(&one.template.Spec, target); number > 0 {
			if name := c.foreignGuard(one, number); name != "" {
				return name
			}
		}
	}
	if len(c.workloadsOf(p)) > 0 {
		return ""
	}
	for i := range c.snapshot.ForeignGuards {
		if guard := &c.snapshot.ForeignGuards[i]; guard.Port == target && guard.Pods.Matches(k8slabels.Set(p.service.Spec.Selector)) {
			return guard.Name
		}
	}
	return ""
}

// foreign refuses access rules for ports that somebody else's object guards: a mesh looks at one of them, and ignores the other or refuses it.
func (c *composer) foreign(p *part, access []model.Access, origin model.Origin) model.Problems {
	for i := range access {
		if name := c.foreignGuardOf(p, access[i].Port); name != "" {
			return model.Problems{{
				Origin: at(origin, "spec.access"), Reason: v1alpha1.ReasonConflicted,
				Message: "Server " + name + ", which Kubemate did not write, guards port " + portText(access[i].Port) + " of pods of Service " + p.service.Name +
					", and the mesh asks one of them only; delete it, or take the access rules out",
			}}
		}
	}
	return nil
}

// leaveToForeign takes the ports that somebody else's objects guard for owned, and says so; but for those of a Service that the namespace's rules guard
// already: what came later does not put them out of force.
func (c *composer) leaveToForeign(p *part, owned *ownedPorts) {
	if len(c.snapshot.ForeignGuards) == 0 {
		return
	}
	first := c.guardedBy(p, c.access.origin.Object())
	tell := func(name, port string) {
		what := "that Server is left to decide there"
		if first {
			what = "the older of the two decides there"
		}
		c.add(model.Problem{
			Origin: c.access.origin, Reason: v1alpha1.ReasonConflicted, Advisory: true,
			Message: "Server " + name + ", which Kubemate did not write, guards port " + port + " of pods of Service " + p.service.Name + ": " + what +
				"; delete it for the rules of the namespace to hold",
		})
	}
	for _, one := range c.workloadsOf(p) {
		for _, number := range c.strays(&part{service: p.service, ports: p.ports, workloads: []*workload{one}}, owned.guarded) {
			if name := c.foreignGuard(one, number); name != "" {
				tell(name, strconv.Itoa(int(number)))
				if !first {
					owned.guarded.add(one, number)
				}
			}
		}
	}
	if len(c.workloadsOf(p)) > 0 {
		return
	}
	for i := range p.ports {
		target := p.ports[i].Target
		if name := c.foreignGuardOf(p, target); name != "" && !owned.bySelector[unknownPort(p, target)] {
			tell(name, portText(target))
			if !first {
				owned.bySelector[unknownPort(p, target)] = true
			}
		}
	}
}
