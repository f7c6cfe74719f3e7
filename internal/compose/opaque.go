package compose

import (
	"slices"
	"strconv"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// aspectOpaque is what a policy for a Service claims with opaquePorts.
const aspectOpaque = "opaquePorts of Service"

// opaque is what is known of opaque ports before anything is composed: releases and access rules must know what carries no requests.
type opaque struct {
	// services by name have a policy of their own, the others go by the namespace's. Nil values: its policy takes no part.
	services  map[string]*model.OpaquePorts
	namespace *model.OpaquePorts
}

// readOpaque finds who decides about the opaque ports of each Service: the oldest policy for the Service, else the oldest for the namespace.
func (c *composer) readOpaque() {
	c.opaque.services = map[string]*model.OpaquePorts{}
	speaking := slices.DeleteFunc(slices.Clone(c.snapshot.Policies), func(p *v1alpha1.MeshPolicy) bool { return p.Spec.OpaquePorts == nil })
	decided := false
	for _, policy := range byAge(speaking) {
		spec := &policy.Spec
		origin := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: policy.Name}
		var ports *model.OpaquePorts
		if !suspended(policy) && !c.refused[origin] {
			ports = &model.OpaquePorts{Ports: portRanges(spec.OpaquePorts), Origin: at(origin, "spec.opaquePorts")}
		}
		if spec.Target.Name == nil {
			if _, forbidden := c.forbidsNamespace(origin); !decided && !forbidden {
				c.opaque.namespace, decided = ports, true
			}
			continue
		}
		if _, claimed := c.opaque.services[string(*spec.Target.Name)]; !claimed {
			c.opaque.services[string(*spec.Target.Name)] = ports
		}
	}
	if len(speaking) == 0 {
		return
	}
	for i := range c.parts {
		c.parts[i].opaque = c.opaque.mark(c.parts[i].service.Name, c.parts[i].ports)
	}
}

// mark marks the ports of a Service that are opaque, and says what the Service itself is to be annotated with; nil for nothing. A declared appProtocol wins
// (Linkerd 2.18).
func (o *opaque) mark(service string, ports []model.Port) *model.OpaquePorts {
	wanted, own := o.services[service]
	if !own {
		wanted = o.namespace
	}
	if wanted == nil {
		return nil
	}
	found := false
	for i := range ports {
		if ports[i].AppProtocol == "" && holdsPort(wanted.Ports, ports[i].Number) {
			ports[i].Protocol, found = model.ProtocolOpaque, true
		}
	}
	if !found {
		return nil // nothing to annotate
	}
	return wanted
}

// declared reports ports of a Service's own policy that are not opaque after all.
func (p *part) declared(policy string, wanted []model.PortRange) model.Problems {
	var problems model.Problems
	for _, port := range p.ports {
		if port.Protocol != model.ProtocolOpaque && holdsPort(wanted, port.Number) {
			problems = append(problems, model.Problem{
				Origin: model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: policy, Path: "spec.opaquePorts"}, Reason: v1alpha1.ReasonPartiallySupported, Advisory: true,
				Message: "port " + strconv.Itoa(int(port.Number)) + " of Service " + p.service.Name + " declares appProtocol " + port.AppProtocol +
					", which wins; remove one of the two",
			})
		}
	}
	return problems
}

// bytesOnly says in words why requests of a port cannot be told apart.
func bytesOnly(service string, port model.Port) string {
	text := "port " + strconv.Itoa(int(port.Number)) + " of Service " + service
	if port.AppProtocol == "" {
		return text + " is opaque by opaquePorts of a MeshPolicy"
	}
	return text + " has appProtocol " + port.AppProtocol
}
