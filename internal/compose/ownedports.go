package compose

import (
	"maps"

	"github.com/kubemate/kubemate/internal/model"
)

// ownedPorts are the ports that policies for Services speak about.
func (c *composer) ownedPorts(owners claims) *ownedPorts {
	found := &ownedPorts{guarded: guarded{}, bySelector: map[string]bool{}}
	for i := range c.parts {
		p := &c.parts[i]
		if _, governed := c.governs(p, owners); !governed {
			continue
		}
		for j := range p.ports {
			found.add(c, p, p.ports[j].Target)
		}
	}
	return found
}

// ownedPorts are ports of workloads, and of pods of which no workload is known.
type ownedPorts struct {
	guarded
	// bySelector are the ports of such pods, in words.
	bySelector map[string]bool
}

func (o *ownedPorts) clone() *ownedPorts {
	copied := &ownedPorts{guarded: make(guarded, len(o.guarded)), bySelector: maps.Clone(o.bySelector)}
	for one, ports := range o.guarded {
		copied.guarded[one] = maps.Clone(ports)
	}
	return copied
}

func (o *ownedPorts) add(c *composer, p *part, target model.TargetPort) {
	for _, one := range c.workloadsOf(p) {
		o.guarded.add(one, targetNumber(&one.template.Spec, target))
	}
	if len(c.workloadsOf(p)) == 0 {
		o.bySelector[unknownPort(p, target)] = true
	}
}

func (o *ownedPorts) addPart(c *composer, p *part, all []model.Access) {
	for i := range all {
		o.add(c, p, all[i].Port)
	}
}

func unknownPort(p *part, target model.TargetPort) string {
	return portText(target) + " of " + selectorText(p.service.Spec.Selector)
}
