package traefik

import (
	"fmt"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"github.com/traefik/traefik/v3/pkg/rules"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// routeWriter writes the objects of one route. Each has an IngressRoute of its own: a release that is held keeps its route from being
// written, and must not keep the others from it.
type routeWriter struct {
	*edgeWriter
	route *model.EdgeRoute
	// rank among the routes of the path, from 0.
	rank       int
	hosts      []hostGroup
	entryPoint string
	tls        *traefikio.TLS
	// outermost are the middlewares that the edge's routes share.
	outermost []traefikio.MiddlewareRef
}

// line is a line of the routing table on its way into an IngressRoute.
type line struct {
	// match is what must all be true.
	match []*rules.Tree
	// service is the name of the line's TraefikService.
	service string
}

func (w *routeWriter) write() error {
	if err := w.check(); err != nil {
		w.refuse(w.route.YAMLPath, err)
		return nil
	}
	middlewares, err := w.chain()
	if err != nil {
		return err
	}
	lines, err := w.lines()
	if err != nil {
		return err
	}
	if len(middlewares) > 0 {
		if err := w.guard(); err != nil {
			return err
		}
	}
	var routes []traefikio.Route
	for _, hosts := range w.hosts {
		for i, line := range lines {
			route, err := w.lineOf(hosts, i, line)
			if err != nil {
				w.refuse(w.route.YAMLPath, err)
				continue
			}
			// Every line has all of them: a line that lacked one would be a way around it.
			route.Middlewares = middlewares
			routes = append(routes, route)
		}
	}
	object := w.ingressRoute("route", w.entryPoint, routes, routeIdentity(w.route)...)
	object.Spec.TLS = w.tls
	return w.addRoutes(object, lines)
}

// addRoutes adds the IngressRoute of the path. It carries a split when some of its lines lead a part of the requests away, and is then held
// as long as the split is. A single line says the same whatever the split is, because its TraefikService keeps its name.
func (w *routeWriter) addRoutes(object *traefikio.IngressRoute, lines []line) error {
	if len(lines) < 2 {
		return w.add(object, nil)
	}
	return w.add(object, w.route.Retain, w.route.Table...)
}

// check finds what is wrong with the path as the profile says it, apart from any release.
func (w *routeWriter) check() error {
	if path := w.route.Path; path != nil && path.Kind == model.MatchRegex {
		return textError("the path of a route is exact or a prefix, never an expression: expressions cannot be ranked")
	}
	if w.route.Protocol == model.ProtocolOpaque {
		return fmt.Errorf("port %d of the Service %s does not carry HTTP; declare its appProtocol or choose another port", w.route.Port, w.route.Service)
	}
	_, err := predicate(w.route.Path, w.route.Conditions())
	return err
}

// lines are the lines of the table with their TraefikServices. A line that asks for the same as one before it never decides and is left out:
// Traefik names routers by their rules, so the later one would replace the earlier.
func (w *routeWriter) lines() ([]line, error) {
	var lines []line
	seen := map[string]bool{}
	for _, route := range w.route.Table {
		identity := matchIdentity(w.route.Path, route.Match)
		if seen[encode(identity)] {
			continue
		}
		seen[encode(identity)] = true
		match, err := predicate(w.route.Path, route.Match)
		if err != nil {
			w.problems = append(w.problems, problem(w.blame(route), err))
			continue
		}
		conditions, err := predicate(nil, w.route.Conditions())
		if err != nil {
			return nil, err // check has read them before
		}
		match = append(match, conditions...)
		service, err := w.split(route, identity)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line{match: match, service: service})
	}
	return lines, nil
}

// blame is the release that a line comes from, or the place in the profile.
func (w *routeWriter) blame(route model.Route) model.Origin {
	for _, origin := range route.Origins {
		if origin.Kind == v1alpha1.KindCanaryRelease {
			return origin
		}
	}
	origin := w.edge.Origin
	origin.Path = w.route.YAMLPath
	return origin
}

// lineOf is one line on the hosts of one kind, with its place among the others.
func (w *routeWriter) lineOf(hosts hostGroup, place int, line line) (traefikio.Route, error) {
	rank, err := priority(hosts.kind, w.route.Path, w.rank, place)
	if err != nil {
		return traefikio.Route{}, err
	}
	return w.ruleOf(hosts, rank, line)
}

// ruleOf is a route of one rule and one TraefikService.
func (w *edgeWriter) ruleOf(hosts hostGroup, rank int, line line) (traefikio.Route, error) {
	text, err := writeRule(allOf(append([]*rules.Tree{hosts.tree}, line.match...)...), w.read)
	if err != nil {
		return traefikio.Route{}, unreadableError{err}
	}
	return traefikio.Route{Kind: "Rule", Match: text, Priority: rank, Services: []traefikio.Service{reference(line.service)}}, nil
}

// ingressRoute is on one entry point exactly: with several, Traefik renames its routers.
func (w *edgeWriter) ingressRoute(purpose, entryPoint string, routes []traefikio.Route, path ...string) *traefikio.IngressRoute {
	identity := append([]string{purpose, w.namespace, w.edge.Name}, path...)
	object := &traefikio.IngressRoute{
		TypeMeta: typeMeta(kindIngressRoute), ObjectMeta: w.meta(objectName(w.edge.Name, purpose, identity...)),
		Spec: traefikio.IngressRouteSpec{EntryPoints: []string{entryPoint}, Routes: routes},
	}
	if w.edge.Gateway.Class != "" {
		object.Annotations = map[string]string{classAnnotation: w.edge.Gateway.Class}
	}
	return object
}
