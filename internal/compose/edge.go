package compose

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// defaultGateway is the gateway of a profile that names none.
const defaultGateway = "default"

// GatewayName is the name of the gateway that a profile asks for.
func GatewayName(profile *v1alpha1.IngressProfile) string {
	if profile.Spec.Gateway != nil {
		return string(*profile.Spec.Gateway)
	}
	return defaultGateway
}

// profiles composes the IngressProfiles. They come last: their routes show the splits that releases have decided.
func (c *composer) profiles() {
	owners := hostOwners{paths: claims{}, transports: transports{}, tls: map[model.HostKey]tlsOwner{}, refused: map[model.Origin]bool{}}
	for _, profile := range byAge(c.snapshot.Profiles) {
		origin := model.Origin{Kind: v1alpha1.KindIngressProfile, Name: profile.Name}
		own := c.contest(profile, origin)
		c.add(own.problems...)
		composed := false
		c.fail(safely(func() { composed = c.profile(profile, &owners, own) }), origin)
		if !composed {
			owners.refused[origin] = true
		}
		if composed && len(own.lost) > 0 || own.serves(profile.Status) {
			c.freed = append(c.freed, origin)
		}
	}
	slices.SortFunc(c.edges, func(a, b model.Edge) int { return cmp.Compare(a.Name, b.Name) })
}

// profile composes a profile on the hosts that are its own. False: there are none, or something else is wrong with it.
func (c *composer) profile(profile *v1alpha1.IngressProfile, owners *hostOwners, own contest) bool {
	problems := owners.claim(profile, own)
	options, more := owners.tlsOf(own)
	problems = append(problems, more...)
	if c.skip(profile, own.origin) {
		return false
	}
	edge, more := c.readEdge(profile, own.origin)
	problems = append(problems, more...)
	if len(problems) == 0 {
		problems = owners.transports.agree(&edge)
	}
	c.add(problems...)
	if len(problems) > 0 || len(own.won) == 0 {
		return false
	}
	c.add(c.strangers(own)...)
	for _, host := range own.won {
		edge.Hosts = append(edge.Hosts, host.key.Host)
		if _, recorded := c.recorded[host.key]; !recorded {
			c.hostClaims[edge.Name] = append(c.hostClaims[edge.Name], model.HostClaim{HostKey: host.key, Reserved: host.reserved})
		}
	}
	slices.Sort(edge.Hosts)
	if edge.TLS != nil && options != profile.Name {
		edge.TLS.Options = options
	}
	c.edges = append(c.edges, edge)
	return true
}

func (c *composer) readEdge(profile *v1alpha1.IngressProfile, origin model.Origin) (model.Edge, model.Problems) {
	var problems model.Problems
	gateway, ok := c.snapshot.Gateways[GatewayName(profile)]
	if !ok {
		problems = append(problems, model.Problem{
			Origin: at(origin, "spec.gateway"), Reason: v1alpha1.ReasonInvalid,
			Message: "there is no gateway " + GatewayName(profile) + " in the operator's configuration; name one that is, or ask the administrator to add it",
		})
	}
	if gateway.Egress != nil {
		problems = append(problems, model.Problem{
			Origin: at(origin, "spec.gateway"), Reason: v1alpha1.ReasonInvalid,
			Message: "the gateway " + gateway.Name + " is a way out of the cluster; name one that is a way in",
		})
	}
	edge := model.Edge{Name: profile.Name, Gateway: gateway, Origin: origin}
	security, wrong := readSecurity(profile)
	if wrong != "" {
		problems = append(problems, model.Problem{Origin: at(origin, "spec.security.hsts"), Reason: v1alpha1.ReasonInvalid, Message: wrong})
	}
	edge.Security = security
	edge.TLS = readTLS(profile)
	if ok {
		problems = append(problems, undeclared(profile, gateway, origin)...)
	}
	for i := range profile.Spec.Routes {
		route, more := c.readEdgeRoute(&profile.Spec.Routes[i], gateway, at(origin, "spec.routes["+strconv.Itoa(i)+"]"))
		problems = append(problems, more...)
		edge.Routes = append(edge.Routes, route)
	}
	slices.SortStableFunc(edge.Routes, mostSpecificFirst)
	return edge, problems
}

func mostSpecificFirst(a, b model.EdgeRoute) int {
	length := func(path *model.PathMatch) int {
		switch {
		case path == nil:
			return 0
		case path.Kind == model.MatchExact:
			return 2*len(path.Value) + 1
		default:
			return 2 * len(path.Value)
		}
	}
	value := func(path *model.PathMatch) string {
		if path == nil {
			return ""
		}
		return path.Value
	}
	return cmp.Or(cmp.Compare(length(b.Path), length(a.Path)), cmp.Compare(value(a.Path), value(b.Path)), moreConditionsFirst(a, b))
}

// moreConditionsFirst orders routes of one path by what else they ask of a request: a method before none, then by the number of headers; and
// where that is the same by the conditions themselves, so that the order in the profile does not matter.
func moreConditionsFirst(a, b model.EdgeRoute) int {
	methods := func(r model.EdgeRoute) int { return min(len(r.Methods), 1) }
	return cmp.Or(cmp.Compare(methods(b), methods(a)), cmp.Compare(len(b.Headers), len(a.Headers)),
		slices.Compare(a.Methods, b.Methods), slices.CompareFunc(a.Headers, b.Headers, func(a, b model.ValueMatch) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
		}))
}

func (c *composer) readEdgeRoute(spec *v1alpha1.IngressRoute, gateway model.Gateway, origin model.Origin) (model.EdgeRoute, model.Problems) {
	name, number := string(spec.To.Service), int32(spec.To.Port)
	route := model.EdgeRoute{Path: routePath(spec), Service: name, Port: number, StripPrefix: spec.StripPrefix, YAMLPath: origin.Path}
	refuse := func(field, reason, message string) (model.EdgeRoute, model.Problems) {
		return route, model.Problems{{Origin: at(origin, origin.Path+field), Reason: reason, Message: message}}
	}
	to, message := c.routableService(name)
	if message != "" {
		return refuse(".to.service", v1alpha1.ReasonServiceNotFound, message)
	}
	port, ok := findPort(to.ports, number)
	if !ok {
		return refuse(".to.port", v1alpha1.ReasonPortNotFound, portMissing(name, number))
	}
	route.Protocol = port.Protocol
	c.fillTable(&route, origin)
	if message := c.splitTwice(&route, gateway); message != "" {
		return refuse(".to.service", v1alpha1.ReasonInvalid, message)
	}
	reader := routeReader{composer: c, spec: spec, gateway: gateway, origin: origin, route: &route}
	problems := reader.read()
	return route, problems
}

func routePath(spec *v1alpha1.IngressRoute) *model.PathMatch {
	if spec.Match == nil || spec.Match.Path == nil {
		return nil
	}
	path := accessPath(spec.Match.Path)
	if path.Kind == model.MatchPrefix && path.Value == "/" {
		return nil
	}
	return path
}

// fillTable writes the release's routing table for the path as clients send it, or the Service itself when no release routes the port.
func (c *composer) fillTable(route *model.EdgeRoute, origin model.Origin) {
	part := c.byName[route.Service]
	if part.table == nil || !slices.Contains(part.table.ports, route.Port) {
		route.Table = []model.Route{{Split: []model.Share{{Backend: route.Service, Weight: 1}}, Origins: []model.Origin{origin.Object()}}}
		return
	}
	retain := part.table.retain
	route.Retain = &retain
	for _, line := range part.table.routes {
		for _, path := range clientPaths(route, line.Match.Path) {
			seen := line
			seen.Match.Path = path
			seen.Origins = append(slices.Clip(line.Origins), origin.Object())
			route.Table = append(route.Table, seen)
		}
	}
}

// splitTwice finds a backend of a meshed gateway's route that is under release itself: the mesh would share out once more what the gateway has
// shared out. Empty: there is none. A gateway outside the mesh calls pods, and a mesh follows only the first of two splits by itself.
func (c *composer) splitTwice(route *model.EdgeRoute, gateway model.Gateway) string {
	if !gateway.Meshed || route.Retain == nil {
		return ""
	}
	for _, name := range backendsOf(route) {
		backend := c.byName[name]
		if backend != nil && backend.table != nil && slices.Contains(backend.table.ports, route.Port) {
			return "Service " + route.Service + " is under release, and so is Service " + name + ", a variant of it: the meshed gateway " + gateway.Name +
				" and the mesh would both share out the requests; let the variant name a Deployment, or lead the route through a gateway outside the mesh"
		}
	}
	return ""
}
