package compose

import (
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// guardStrays gives access rules to the ports of isolated pods that none speak about. Calls in the mesh arrive at the proxy's port, so the network
// cannot tell to which port of the pod they go: who may send to one of them could call all of them, were it not for the mesh.
func (c *composer) guardStrays(owners claims) {
	guarded := c.guardedPorts()
	for i := range c.parts {
		p := &c.parts[i]
		wanted := c.networkOf(p, owners)
		if _, held := c.heldAccess(p, owners); wanted == nil || held || len(p.service.Spec.Selector) == 0 || p.network == nil && len(c.accessTo(p)) == 0 {
			continue
		}
		if len(c.workloadsOf(p)) == 0 {
			c.advise(wanted.origin, unknownPods(p)+": what ports they have besides the Service's is not known, and who may "+
				"call one of the Service's ports through the mesh reaches those too; give them access rules of their own, or keep them from listening")
		}
		for _, port := range c.strays(p, guarded) {
			c.guardStray(p, port, wanted, guarded)
		}
	}
}

// guarded are ports of workloads that access rules speak about.
type guarded map[*workload]map[int32]bool

func (g guarded) add(one *workload, port int32) {
	if g[one] == nil {
		g[one] = map[int32]bool{}
	}
	g[one][port] = true
}

func (c *composer) guardedPorts() guarded {
	found := guarded{}
	for i := range c.parts {
		p := &c.parts[i]
		for j := range p.access {
			for _, one := range c.workloadsOf(p) {
				if !without(&p.access[j], one) {
					found.add(one, targetNumber(&one.template.Spec, p.access[j].Port))
				}
			}
		}
	}
	return found
}

// strays are the ports of a Service's pods, and of the Service itself, that no access rules speak about in some of the pods, ascending.
func (c *composer) strays(p *part, known guarded) []int32 {
	var found []int32
	for _, one := range c.workloadsOf(p) {
		pod := &one.template.Spec
		for container := range containers(pod) {
			for _, port := range container.Ports {
				if (port.Protocol == "" || port.Protocol == corev1.ProtocolTCP) && !known[one][port.ContainerPort] {
					found = append(found, port.ContainerPort)
				}
			}
		}
		for i := range p.ports {
			if number := targetNumber(pod, p.ports[i].Target); number > 0 && !known[one][number] {
				found = append(found, number)
			}
		}
	}
	return ascending(found)
}

// guardStray lets those call a port whom the network lets through to it on purpose, and the kubelet. Those of the own namespace are known by identity.
func (c *composer) guardStray(p *part, port int32, wanted *network, known guarded) {
	place := "port " + strconv.Itoa(int(port)) + " of the pods of Service " + p.service.Name
	access := model.Access{Port: model.TargetPort{Number: port}, Mode: model.AccessEnforce, Origin: wanted.origin}
	access.Probes = c.probes(p, access.Port)
	access.Grants = c.strayGrants(port, wanted)
	if c.opaque.namespace != nil && holdsPort(c.opaque.namespace.Ports, port) {
		access.Protocol = model.ProtocolOpaque
	}
	if name := c.foreignGuardOf(p, access.Port); name != "" && !c.guardedBy(p, wanted.origin.Object()) {
		c.advise(wanted.origin, place+" is guarded by Server "+name+", which Kubemate did not write: who may call another port through the mesh reaches it as far as that "+
			"one allows; delete it, or see to it that it refuses them")
		return
	}
	for _, one := range c.workloadsOf(p) {
		if known[one][port] {
			c.advise(wanted.origin, place+" has access rules in some of the pods only (those of "+one.String()+"): in the others, who may call another port "+
				"through the mesh reaches it too; write access rules for the same pods")
			return
		}
	}
	switch kind := c.otherProbe(p, port); {
	case kind == probeHTTPS && len(access.Grants) == 0:
		c.advise(wanted.origin, place+" has a probe over HTTPS, which the mesh cannot tell from other calls: so that the pods live, who may call another port "+
			"through the mesh reaches it too; add the nodes' network and the port to spec.network.alsoAllow, or probe another way")
		return
	case kind == probeGRPC && access.Protocol != model.ProtocolOpaque:
		access.Grants = append(access.Grants, healthChecks(wanted.origin.Path))
	}
	for _, one := range c.workloadsOf(p) {
		known.add(one, port)
	}
	p.access = append(p.access, access)
}

// healthChecks lets everybody ask for what the kubelet asks for by gRPC.
func healthChecks(path string) model.Grant {
	return model.Grant{
		Clients: []model.Client{{Kind: model.ClientAny}}, Path: path,
		Requests: []model.Request{{Methods: []string{"POST"}, Path: &model.PathMatch{Kind: model.MatchExact, Value: "/grpc.health.v1.Health/Check"}}},
	}
}

func (c *composer) strayGrants(port int32, wanted *network) []model.Grant {
	var clients []model.Client
	for _, passage := range wanted.passages {
		switch {
		case !everyPort(passage) && !holdsPort(passage.Ranges, port):
			continue
		case len(passage.Peers) == 0:
			clients = append(clients, model.Client{Kind: model.ClientAny})
		}
		for _, peer := range passage.Peers {
			switch peer.Namespace {
			case "":
				clients = append(clients, model.Client{Kind: model.ClientNetwork, CIDR: peer.CIDR, Unauthenticated: true})
			case c.snapshot.Namespace:
				clients = append(clients, model.Client{Kind: model.ClientNamespace, Namespace: peer.Namespace})
			default: // in the mesh or not
				clients = append(clients, model.Client{Kind: model.ClientAny})
			}
		}
	}
	if len(clients) == 0 {
		return nil
	}
	return []model.Grant{{Clients: sortClients(clients), Path: wanted.origin.Path}}
}

// probeKind is a kind of probe that a proxy does not let through by itself.
type probeKind int

const (
	probeNone probeKind = iota
	probeGRPC
	probeHTTPS
)

// otherProbe is the kind of the probe of a port that the mesh does not let through by itself (facts: Linkerd knows those over plain HTTP).
func (c *composer) otherProbe(p *part, port int32) probeKind {
	found := probeNone
	for _, one := range c.workloadsOf(p) {
		for container := range containers(&one.template.Spec) {
			for _, probe := range [...]*corev1.Probe{container.LivenessProbe, container.ReadinessProbe, container.StartupProbe} {
				switch {
				case probe == nil:
				case probe.HTTPGet != nil && probe.HTTPGet.Scheme == corev1.URISchemeHTTPS && probedPort(container, probe.HTTPGet.Port) == port:
					return probeHTTPS
				case probe.GRPC != nil && probe.GRPC.Port == port:
					found = probeGRPC
				}
			}
		}
	}
	return found
}

// advise tells about something that is less than what was asked for.
func (c *composer) advise(origin model.Origin, message string) {
	problem := model.Problem{Origin: origin, Reason: v1alpha1.ReasonPartiallySupported, Message: message, Advisory: true}
	if !slices.Contains(c.problems, problem) {
		c.add(problem)
	}
}
