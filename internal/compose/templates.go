package compose

import (
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// AnnotatesTemplates says whether a policy wants annotations in the pod templates of a Service's workloads.
func AnnotatesTemplates(spec *v1alpha1.MeshPolicySpec) bool {
	return spec.Target.Kind == v1alpha1.TargetService && (ofTemplates(spec) || spec.OpaquePorts != nil)
}

// ofTemplates says whether a policy for a Service wants what nothing but pod templates can say.
func ofTemplates(spec *v1alpha1.MeshPolicySpec) bool {
	return spec.Injection != nil || spec.Bypass != nil || spec.Proxy != nil
}

// Applies says whether a policy asks for annotations to be written into pod templates.
func Applies(spec *v1alpha1.MeshPolicySpec) bool {
	return AnnotatesTemplates(spec) && spec.ApplyToWorkloads != nil && *spec.ApplyToWorkloads
}

// claimTemplates claims what a policy says of the pods of a Service's workloads: where several Services select the same, the oldest policy governs. Opaque
// ports are the Service's before they are the pods': where they meet the older is left in the templates, and the younger told.
func (c *composer) claimTemplates(owners claims, spec *v1alpha1.MeshPolicySpec, origin model.Origin) model.Problems {
	p := c.byName[string(*spec.Target.Name)]
	if p == nil || !ofTemplates(spec) || !guardable(p.service) {
		return nil
	}
	var problems model.Problems
	for _, one := range []struct {
		wanted bool
		aspect string
	}{{spec.Injection != nil, "injection"}, {spec.Bypass != nil, "bypass"}, {spec.Proxy != nil, "proxy"}} {
		if !one.wanted {
			continue
		}
		for _, workload := range c.workloadsOf(p) {
			if problem, won := owners.claim(claimed{one.aspect + " of the pods of " + workload.kind, workload.name}, at(origin, "spec."+one.aspect)); !won {
				problems = append(problems, problem)
			}
		}
	}
	problems.Sort()
	return problems[:min(len(problems), 1)] // one is enough to say which Services meet
}

// readTemplate reads what a policy wants of the pod templates of a Service's workloads. Nil: nothing.
func (c *composer) readTemplate(p *part, spec *v1alpha1.MeshPolicySpec, origin model.Origin) (*model.Template, model.Problems, model.Problems) {
	if problem, impossible := c.forbidsTemplates(p, spec, origin); impossible {
		return nil, model.Problems{problem}, nil
	}
	if !AnnotatesTemplates(spec) || !guardable(p.service) {
		return nil, nil, nil
	}
	out := &model.Template{Service: p.service.Name, Apply: Applies(spec), Origin: origin}
	if spec.Injection != nil {
		out.Injection = &model.Injection{Mode: model.InjectionMode(*spec.Injection), Origin: at(origin, "spec.injection")}
	}
	var notices model.Problems
	out.Pods.Bypass, notices = c.readBypass(spec.Bypass, at(origin, "spec.bypass"), "is no longer among the annotations of status.podTemplates; pods keep it as long as their templates "+
		"have it: take it out of them, and the bypass out of this policy")
	read := durations{origin: origin}
	out.Pods.Proxy = read.proxy(spec.Proxy, "spec.proxy")
	if ports := c.opaqueTargets(p, spec.OpaquePorts); len(ports) > 0 {
		out.Pods.Opaque = &model.OpaquePorts{Ports: ports, Origin: at(origin, "spec.opaquePorts")}
	}
	for _, one := range c.workloadsOf(p) {
		out.Workloads = append(out.Workloads, one.id())
	}
	slices.SortFunc(out.Workloads, model.Workload.Compare)
	if Applies(spec) && !c.snapshot.RestartsAllowed {
		notices = append(notices, model.Problem{
			Origin: at(origin, "spec.applyToWorkloads"), Reason: v1alpha1.ReasonPartiallySupported, Advisory: true,
			Message: "the operator may not write into pod templates here: put the annotations of status.podTemplates there yourself, " +
				"or ask the administrator to set injection.restarts in its configuration",
		})
	}
	return out, read.problems, notices
}

// forbidsTemplates says why there are no pod templates to be annotated.
func (c *composer) forbidsTemplates(p *part, spec *v1alpha1.MeshPolicySpec, origin model.Origin) (model.Problem, bool) {
	owner := c.snapshot.systemOwner()
	switch {
	case !ofTemplates(spec):
		return model.Problem{}, false
	case owner != "":
		return model.Problem{
			Origin: at(origin, "spec.target"), Reason: v1alpha1.ReasonInvalid,
			Message: "the namespace " + c.snapshot.Namespace + " belongs to " + owner + ", its pods are not in the mesh; remove injection, bypass and proxy",
		}, true
	case !guardable(p.service):
		return model.Problem{
			Origin: at(origin, "spec.target.name"), Reason: v1alpha1.ReasonServiceNotFound,
			Message: "Service " + p.service.Name + " has no selector: there are no pods of it to annotate; name a Service with a selector",
		}, true
	}
	return model.Problem{}, false
}

// opaqueTargets are the ports of a Service's pods that its opaque ports lead to, ascending.
func (c *composer) opaqueTargets(p *part, wanted []v1alpha1.PortRange) []model.PortRange {
	ranges := portRanges(wanted)
	var numbers []int32
	for i := range p.ports {
		if port := &p.ports[i]; port.AppProtocol == "" && holdsPort(ranges, port.Number) {
			numbers = append(numbers, c.targetNumbers(p, port.Target)...)
		}
	}
	var ports []model.PortRange
	for _, number := range ascending(numbers) {
		ports = append(ports, model.PortRange{First: number, Last: number})
	}
	return ports
}

// targetNumbers are the numbers that a port of a Service has in its pods, as far as they are known.
func (c *composer) targetNumbers(p *part, target model.TargetPort) []int32 {
	if target.Number > 0 {
		return []int32{target.Number}
	}
	var numbers []int32
	for _, one := range c.workloadsOf(p) {
		if number := targetNumber(&one.template.Spec, target); number > 0 {
			numbers = append(numbers, number)
		}
	}
	return ascending(numbers)
}

// addTemplate takes what an accepted policy wants of pod templates, and tells it where an older one's opaque ports stay.
func (c *composer) addTemplate(template *model.Template) {
	if template == nil || template.Empty() {
		return
	}
	if mine := template.Pods.Opaque; mine != nil {
		for i := range c.templates {
			older := &c.templates[i]
			if older.Pods.Opaque == nil || slices.Equal(older.Pods.Opaque.Ports, mine.Ports) {
				continue
			}
			if shared, both := older.Shared(template); both {
				c.add(model.Problem{
					Origin: mine.Origin, Reason: v1alpha1.ReasonConflicted, Advisory: true,
					Message: "the pods of " + shared.String() + " are those of Service " + older.Service + " too, whose opaque ports " + older.Origin.String() + " names, which is older: " +
						"its list counts in their templates; name the same ports in both",
				})
			}
		}
	}
	c.templates = append(c.templates, *template)
}

// keepTemplates notes the workloads in whose pod templates nothing changes: a policy that has annotations there is held, or its bypass has expired, which
// restarts nothing. Where the Service is gone nobody knows which they are, and all stay.
func (c *composer) keepTemplates(policy *v1alpha1.MeshPolicy, composed bool) {
	spec := &policy.Spec
	if !Applies(spec) || composed && !expired(spec.Bypass, c.snapshot.Now) {
		return
	}
	if p := c.byName[string(*spec.Target.Name)]; p != nil {
		for _, one := range c.workloadsOf(p) {
			c.kept = append(c.kept, one.id())
		}
		return
	}
	for i := range c.workloads.all {
		c.kept = append(c.kept, c.workloads.all[i].id())
	}
}
