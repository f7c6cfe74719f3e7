package traefik

import (
	"fmt"
	"time"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// edgeWriter writes the objects of one edge and collects what is wrong with it.
type edgeWriter struct {
	namespace string
	edge      model.Edge
	read      ruleReader
	// spoken is how each Service and port that a route leads to is spoken to.
	spoken map[string]connection
	// transports are the names of the ServersTransports among the objects, by their timeouts.
	transports map[time.Duration]string
	// upstreams are the names of the ServersTransports for servers outside of the cluster that are among the objects.
	upstreams map[string]bool
	// guarded says that the TraefikService of the guards is among the objects.
	guarded  bool
	objects  []driver.Object
	problems model.Problems
}

// write fills objects and problems. An error is none of the user's doing.
func (w *edgeWriter) write() error {
	entryPoint := w.entryPoint()
	wildcard := plainWildcard
	if w.edge.TLS != nil {
		wildcard = tlsWildcard
	}
	hosts, err := hostGroups(w.edge.Hosts, wildcard)
	if err != nil {
		w.refuse("spec.hosts", err)
		return nil
	}
	tls, err := w.tls()
	if err != nil {
		return err
	}
	outermost, err := w.outermost()
	if err != nil {
		return err
	}
	seen, ranks := map[string]string{}, map[string]int{}
	for i := range w.edge.Routes {
		route := &w.edge.Routes[i]
		if !w.unique(seen, route) {
			continue
		}
		path := encode(pathIdentity(route.Path))
		page := routeWriter{edgeWriter: w, route: route, rank: ranks[path], hosts: hosts, entryPoint: entryPoint, tls: tls, outermost: outermost}
		ranks[path]++
		if err := page.write(); err != nil {
			return err
		}
	}
	return w.redirect()
}

// outermost are the middlewares that all routes share, in front of their own.
func (w *edgeWriter) outermost() ([]traefikio.MiddlewareRef, error) {
	headers, err := w.headers()
	if err != nil {
		return nil, err
	}
	outsiders, err := w.outsiders()
	return append(headers, outsiders...), err
}

// entryPoint that the edge is served on. An IngressRoute without one would be served on all.
func (w *edgeWriter) entryPoint() string {
	name, field := w.edge.Gateway.HTTP, "plain HTTP"
	if w.edge.TLS != nil {
		name, field = w.edge.Gateway.HTTPS, "TLS"
	}
	if name == "" {
		w.refuse("spec.gateway", invalidError{fmt.Errorf("the gateway %s has no entry point for %s; ask the administrator to name one, or choose another gateway",
			w.edge.Gateway.Name, field)})
	}
	return name
}

// unique makes sure that no two routes ask for the same: neither would be the more specific one.
func (w *edgeWriter) unique(seen map[string]string, route *model.EdgeRoute) bool {
	identity := encode(routeIdentity(route))
	if first, taken := seen[identity]; taken {
		w.refuse(route.YAMLPath, invalidError{fmt.Errorf("it asks for the same as %s; leave one of them out", first)})
		return false
	}
	seen[identity] = route.YAMLPath
	return true
}

// add takes an object that the profile wants, and with it the origins of the lines that the object carries.
func (w *edgeWriter) add(object client.Object, retain *model.Retain, lines ...model.Route) error {
	written, err := clean(object)
	if err != nil {
		return err
	}
	origins := []model.Origin{w.edge.Origin}
	for _, line := range lines {
		origins = append(origins, line.Origins...)
	}
	w.objects = append(w.objects, driver.Object{Object: written, Origins: model.SortOrigins(origins), Retain: retain})
	return nil
}

// refuse reports what cannot be written of the profile.
func (w *edgeWriter) refuse(path string, err error) {
	origin := w.edge.Origin
	origin.Path = path
	w.problems = append(w.problems, problem(origin, err))
}

// middleware adds a Middleware of one type, which is all that Traefik allows, and gives the reference to it.
func (w *edgeWriter) middleware(purpose string, spec traefikio.MiddlewareSpec, path ...string) (traefikio.MiddlewareRef, error) {
	identity := append([]string{purpose, w.namespace, w.edge.Name}, path...)
	name := objectName(w.edge.Name, purpose, identity...)
	err := w.add(&traefikio.Middleware{TypeMeta: typeMeta(kindMiddleware), ObjectMeta: w.meta(name), Spec: spec}, nil)
	return traefikio.MiddlewareRef{Name: name}, err
}
