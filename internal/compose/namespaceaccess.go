package compose

import (
	"maps"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// readNamespaceAccess reads the access rules of the namespace's pods. Which ports they come to is known once all policies are read.
func (c *composer) readNamespaceAccess(spec *v1alpha1.Access, origin model.Origin) (*accessRules, model.Problems, model.Problems) {
	if slices.Contains(systemNamespaces, c.snapshot.Namespace) {
		return nil, model.Problems{{
			Origin: at(origin, "spec.access"), Reason: v1alpha1.ReasonInvalid,
			Message: "the namespace " + c.snapshot.Namespace + " belongs to Kubernetes itself, and everybody calls its pods; guard single Services of it, or remove access",
		}}, nil
	}
	read, problems, notices := c.readRules(spec, origin)
	return &read, problems, notices
}

// spreadAccess gives the namespace's access rules to each port of the Services' pods that no policy for a Service speaks about, pod by pod: those that
// the Service declares, and those that the containers of its workloads do. A refused policy speaks too, as long as what it programmed stands.
func (c *composer) spreadAccess(owners claims) {
	if !c.commonAccess(owners) {
		return
	}
	own := c.ownedPorts(owners)
	for i := range c.parts {
		if p := &c.parts[i]; guardable(p.service) {
			c.leaveToForeign(p, own)
		}
	}
	known := own.clone()
	for i := range c.parts {
		p := &c.parts[i]
		if !guardable(p.service) {
			continue
		}
		p.common = c.commonPorts(p, own)
		for _, access := range c.commonPorts(p, known) {
			if c.tellApart(p, &access, known) {
				p.access = append(p.access, access)
			}
		}
		c.add(c.unknownProbes(p, p.common)...)
		known.addPart(c, p, p.common)
	}
}

// commonAccess says whether the namespace has access rules. While they are held, what stands of them stays, and a policy for a Service that they still
// guard must wait.
func (c *composer) commonAccess(owners claims) bool {
	holder, claimed := owners[claimed{aspectNamespaceAccess, ""}]
	if !claimed || !c.rejected[holder.Object()] {
		return c.access != nil
	}
	for i := range c.parts {
		p := &c.parts[i]
		owner, owned := owners[aspectOf(p)]
		if len(p.access) == 0 || !owned || !c.guardedBy(p, holder.Object()) {
			continue
		}
		p.access = nil
		c.waiting[owner.Object()] = Waiting{
			v1alpha1.ReasonPending, holder.Object().String() + " is held, whose access rules guard Service " + p.service.Name + ": they stay until it is accepted",
		}
	}
	return false
}

func aspectOf(p *part) claimed { return claimed{aspectAccess, p.service.Name} }

// guardable says whether a Service has pods that can be guarded.
func guardable(service *corev1.Service) bool {
	return len(service.Spec.Selector) > 0 && service.Spec.Type != corev1.ServiceTypeExternalName
}

// guardedBy says whether what guards the pods of a Service comes from a policy.
func (c *composer) guardedBy(p *part, policy model.Origin) bool {
	return slices.Contains(c.snapshot.Guarding[p.service.Name], policy)
}

// governs says whether a policy for the Service decides about its access, and which: one that is in force, or that holds on to what it programmed.
func (c *composer) governs(p *part, owners claims) (model.Origin, bool) {
	owner, owned := owners[aspectOf(p)]
	owner = owner.Object()
	return owner, owned && (!c.rejected[owner] || c.guardedBy(p, owner))
}

// commonPorts are the namespace's rules for each port of a Service's pods that is not owned in all of them, ascending.
func (c *composer) commonPorts(p *part, owned *ownedPorts) []model.Access {
	var access []model.Access
	for _, number := range c.strays(p, owned.guarded) {
		if one, ok := c.commonPort(p, model.TargetPort{Number: number}); ok {
			access = append(access, one)
		}
	}
	if len(c.workloadsOf(p)) > 0 {
		return access
	}
	seen := map[model.TargetPort]bool{}
	for i := range p.ports {
		target := p.ports[i].Target
		if owned.bySelector[unknownPort(p, target)] || seen[target] {
			continue
		}
		seen[target] = true
		if one, ok := c.commonPort(p, target); ok {
			access = append(access, one)
		}
	}
	return access
}

// commonPort is what the namespace's rules say of a port. False: the mesh cannot guard it.
func (c *composer) commonPort(p *part, target model.TargetPort) (model.Access, bool) {
	place := "port " + portText(target) + " of the pods of Service " + p.service.Name
	access := model.Access{Port: target, Protocol: c.protocolOf(p, target), Mode: c.access.mode, Probes: c.probes(p, target), Origin: c.access.origin}
	access.Grants = grants(c.access.rules, target.Number, access.Protocol)
	if why, wholly := c.pastProxies(p, target); why != "" {
		c.advise(c.access.origin, place+" is open to everybody: "+why+"; take that back to guard it")
		if wholly {
			return model.Access{}, false
		}
	}
	switch kind := c.otherProbe(p, target.Number); {
	case kind == probeHTTPS && !slices.ContainsFunc(access.Grants, forEverybody):
		c.advise(c.access.origin, place+" has a probe over HTTPS, which the mesh cannot tell from other calls: so that the pods live, the port stays open to everybody; "+
			"probe another way, or write access rules for the Service that admit the nodes' network")
		return model.Access{}, false
	case kind == probeGRPC && access.Protocol != model.ProtocolOpaque:
		access.Grants = append(access.Grants, healthChecks(c.access.origin.Path))
	}
	return access, true
}

// forEverybody says whether a grant is of everything, to everybody.
func forEverybody(grant model.Grant) bool {
	return len(grant.Requests) == 0 && slices.ContainsFunc(grant.Clients, func(client model.Client) bool { return client.Kind == model.ClientAny })
}

// protocolOf is what a Service, or else the namespace, declares that is spoken on a port of its pods.
func (c *composer) protocolOf(p *part, target model.TargetPort) model.Protocol {
	for i := range p.ports {
		if p.ports[i].Target == target {
			return p.ports[i].Protocol
		}
		for _, one := range c.workloadsOf(p) {
			if targetNumber(&one.template.Spec, p.ports[i].Target) == target.Number {
				return p.ports[i].Protocol
			}
		}
	}
	if c.opaque.namespace != nil && holdsPort(c.opaque.namespace.Ports, target.Number) {
		return model.ProtocolOpaque
	}
	return model.ProtocolUnknown
}

// tellApart leaves out of an access the pods whose port is owned already: a mesh guards a port of a pod once. False: they cannot be told from the others
// by one label each.
func (c *composer) tellApart(p *part, access *model.Access, owned *ownedPorts) bool {
	var mine, others []*workload
	for _, one := range c.workloadsOf(p) {
		if owned.guarded[one][access.Port.Number] {
			others = append(others, one)
		} else {
			mine = append(mine, one)
		}
	}
	except := map[string][]string{}
	for _, other := range others {
		key := distinction(other, mine)
		if key == "" {
			c.advise(c.access.origin, "port "+strconv.Itoa(int(access.Port.Number))+" of the pods of Service "+p.service.Name+" has access rules of its own in some of the pods only (those of "+
				other.String()+"), and no label of theirs tells them from the others, where the port stays open to everybody; give the pod templates a label such as version")
			return false
		}
		except[key] = append(except[key], other.template.Labels[key])
	}
	for _, key := range slices.Sorted(maps.Keys(except)) {
		slices.Sort(except[key])
		access.Except = append(access.Except, model.LabelValues{Key: key, Values: slices.Compact(except[key])})
	}
	return true
}

// distinction is the first label of a workload's pods that those of the others have not, or not with its value. Empty: there is none.
func distinction(of *workload, others []*workload) string {
	labels := of.template.Labels
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		if !slices.ContainsFunc(others, func(other *workload) bool { return other.template.Labels[key] == labels[key] }) {
			return key
		}
	}
	return ""
}

// without says whether the pods of a workload are left out of an access.
func without(access *model.Access, one *workload) bool {
	return slices.ContainsFunc(access.Except, func(label model.LabelValues) bool {
		value, has := one.template.Labels[label.Key]
		return has && slices.Contains(label.Values, value)
	})
}
