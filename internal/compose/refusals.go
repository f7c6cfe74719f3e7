package compose

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// refusals tells both sides where access rules refuse what a profile leads there through its gateway. What is not known for sure is not told.
func (c *composer) refusals() {
	guarded := c.guarded()
	if len(guarded) == 0 {
		return
	}
	for i := range c.edges {
		edge := &c.edges[i]
		told := map[model.Origin]bool{} // one word for each policy is enough
		for j := range edge.Routes {
			for _, one := range destinationsOf(&edge.Routes[j]) {
				by, refused := c.refuses(guarded, &edge.Gateway, one)
				if !refused || told[by.Object()] {
					continue
				}
				told[by.Object()] = true
				c.add(refusal(edge, one, by)...)
			}
		}
	}
}

// destination is what a route sends to a Service.
type destination struct {
	service string
	port    int32
	sent    model.Request
	// path is the place of the Service in the profile.
	path string
}

// destinationsOf lists what a route asks of Services, in the words that they see.
func destinationsOf(route *model.EdgeRoute) []destination {
	path := route.Path
	if route.StripPrefix {
		path = nil // what remains begins with anything
	}
	destinations := []destination{{route.Service, route.Port, model.Request{Methods: route.Methods, Path: path}, route.YAMLPath + ".to"}}
	if ask := route.ForwardAuth; ask != nil {
		destinations = append(destinations, destination{
			ask.Service, ask.Port, model.Request{Path: &model.PathMatch{Kind: model.MatchExact, Value: ask.Path}}, route.YAMLPath + ".auth.forward",
		})
	}
	return destinations
}

func refusal(edge *model.Edge, to destination, by model.Origin) []model.Problem {
	return []model.Problem{
		{
			Origin: at(edge.Origin, to.path), Reason: v1alpha1.ReasonGatewayRefused, Advisory: true,
			Message: by.String() + " does not let the gateway " + edge.Gateway.Name + " send these requests to Service " + to.service +
				": they are answered with 403; add gateway: " + edge.Gateway.Name + " to its access rules, or lead the requests elsewhere",
		},
		{
			Origin: by, Reason: v1alpha1.ReasonGatewayRefused, Advisory: true,
			Message: edge.Origin.String() + " leads requests through the gateway " + edge.Gateway.Name + " to Service " + to.service + " (" + to.path +
				"), and no rule allows them; add a rule from gateway: " + edge.Gateway.Name,
		},
	}
}

// guarded are the Services with access rules, by the workloads whose pods they select; those of pods that no workload has under nil.
func (c *composer) guarded() map[*workload][]*part {
	found := map[*workload][]*part{}
	for i := range c.parts {
		p := &c.parts[i]
		if p.access == nil {
			continue
		}
		workloads := c.workloadsOf(p)
		for _, one := range workloads {
			found[one] = append(found[one], p)
		}
		if len(workloads) == 0 {
			found[nil] = append(found[nil], p)
		}
	}
	return found
}

// refuses says whether access rules refuse what is sent to a Service on some of its pods, and where they stand.
func (c *composer) refuses(guarded map[*workload][]*part, gateway *model.Gateway, to destination) (model.Origin, bool) {
	called := c.byName[to.service]
	if called == nil {
		return model.Origin{}, false
	}
	port, ok := findPort(called.ports, to.port)
	if !ok {
		return model.Origin{}, false
	}
	over := c.workloadsOf(called)
	if len(over) == 0 {
		over = []*workload{nil}
	}
	for _, one := range over {
		for _, by := range guarded[one] {
			for i := range by.access {
				access := &by.access[i]
				if one != nil && without(access, one) {
					continue
				}
				if samePort(one, by, access.Port, called, port.Target) && !c.admits(access, gateway, &to.sent) {
					return access.Origin, true
				}
			}
		}
	}
	return model.Origin{}, false
}

// samePort says whether two Services mean the same port of the same pods: those of a workload, or what one selector selects.
func samePort(of *workload, a *part, target model.TargetPort, b *part, other model.TargetPort) bool {
	if of == nil {
		return target == other && selectorText(a.service.Spec.Selector) == selectorText(b.service.Spec.Selector)
	}
	pod := &of.template.Spec
	return podPort(pod, target) == podPort(pod, other)
}

// admits says whether access rules let a gateway send some of what a route sends, as far as that is known.
func (c *composer) admits(access *model.Access, gateway *model.Gateway, sent *model.Request) bool {
	if access.Mode == model.AccessAudit {
		return true
	}
	grants := slices.DeleteFunc(slices.Clone(access.Grants), func(grant model.Grant) bool { return !speaksOf(grant.Requests, sent) })
	if gateway.Pods == nil {
		return len(grants) > 0 // whoever is admitted may be the gateway
	}
	for _, face := range c.faces(gateway) {
		if !slices.ContainsFunc(grants, func(grant model.Grant) bool {
			return slices.ContainsFunc(grant.Clients, func(client model.Client) bool { return mayBe(client, face) })
		}) {
			return false
		}
	}
	return true
}

// faces are how the calls of a gateway may look: as one client each, which must all be admitted. The addresses of a gateway that no policy of the
// namespace names are not known.
func (c *composer) faces(gateway *model.Gateway) []model.Client {
	if faces := c.clientsOf(gateway); len(faces) > 0 {
		return faces
	}
	return []model.Client{{Kind: model.ClientNetwork, Unauthenticated: true}}
}

// speaksOf says whether a grant of requests, all of them if there are none, may be about some of what is sent.
func speaksOf(granted []model.Request, sent *model.Request) bool {
	return len(granted) == 0 || slices.ContainsFunc(granted, func(request model.Request) bool {
		return methodsMeet(request.Methods, sent.Methods) && pathsMeet(request.Path, sent.Path)
	})
}

func methodsMeet(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(method string) bool { return slices.Contains(b, method) })
}

// pathsMeet says whether some path matches both: exact ones, or prefixes of whole segments.
func pathsMeet(a, b *model.PathMatch) bool {
	switch {
	case a == nil || b == nil || *a == *b:
		return true
	case a.Kind == model.MatchExact && b.Kind == model.MatchExact:
		return false
	case a.Kind == model.MatchExact:
		return below(a.Value, b.Value)
	case b.Kind == model.MatchExact:
		return below(b.Value, a.Value)
	}
	return below(a.Value, b.Value) || below(b.Value, a.Value)
}

// below says whether a path is a prefix or under it.
func below(path, prefix string) bool {
	return prefix == "/" || path == prefix || strings.HasPrefix(path, prefix+"/")
}

// mayBe says whether a caller that a rule names may be the one whom a gateway is known as. The address of a meshed gateway is not known.
func mayBe(client, face model.Client) bool {
	if client.Kind == model.ClientAny || client.Gateway != "" && client.Gateway == face.Gateway {
		return true
	}
	switch face.Kind {
	case model.ClientServiceAccount:
		return client.Kind == model.ClientNetwork || client.Namespace == face.Namespace && (client.Kind == model.ClientNamespace || client.Name == face.Name)
	case model.ClientNetwork:
		return client.Kind == model.ClientNetwork && client.Unauthenticated && (face.CIDR == "" || overlap(client.CIDR, face.CIDR))
	case model.ClientNamespace, model.ClientAny:
	}
	return false
}

func overlap(a, b string) bool {
	one, err := netip.ParsePrefix(a)
	if err != nil {
		return false
	}
	other, err := netip.ParsePrefix(b)
	return err == nil && one.Overlaps(other)
}
