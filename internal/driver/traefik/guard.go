package traefik

import (
	"fmt"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// guard adds what answers 503 when the route of a path is lost. Traefik takes a router out of service when one of its middlewares is missing
// or refused, and would then lead the requests to the next route that matches, which may be broader and open. The guard asks for the same
// hosts, path and conditions, ranks below all lines of the route and above everything else, and needs nothing that the route needs but its TLS options,
// without which Traefik serves no route of the host.
//
// Its name sorts before that of the route, so it is written first.
func (w *routeWriter) guard() error {
	service, err := w.guardService()
	if err != nil {
		return err
	}
	match, err := predicate(w.route.Path, w.route.Conditions())
	if err != nil {
		return err // check has read them before
	}
	var routes []traefikio.Route
	for _, hosts := range w.hosts {
		rank, err := guardPriority(hosts.kind, w.route.Path, w.rank)
		if err != nil {
			w.refuse(w.route.YAMLPath, err)
			return nil
		}
		one, err := w.ruleOf(hosts, rank, line{match: match, service: service})
		if err != nil {
			w.refuse(w.route.YAMLPath, err)
			return nil
		}
		routes = append(routes, one)
	}
	object := w.ingressRoute("guard", w.entryPoint, routes, routeIdentity(w.route)...)
	object.Spec.TLS = w.tls
	return w.add(object, nil)
}

// guardService adds the TraefikService that all guards of the edge lead to, once, and gives its name. It shares out requests among nobody,
// and Traefik answers 503 in place of nobody: a Service without endpoints would do so only on gateways with allowEmptyServices, and is absent
// with its router on the others.
func (w *edgeWriter) guardService() (string, error) {
	name := objectName(w.edge.Name, "guard", "guard service", w.namespace, w.edge.Name)
	if w.guarded {
		return name, nil
	}
	w.guarded = true
	object := &traefikio.TraefikService{TypeMeta: typeMeta(kindTraefikService), ObjectMeta: w.meta(name)}
	if err := w.add(object, nil); err != nil {
		return "", err
	}
	written, ok := w.objects[len(w.objects)-1].Object.(*unstructured.Unstructured)
	if !ok {
		return "", fmt.Errorf("writing TraefikService %s: it was added as %T", name, w.objects[len(w.objects)-1].Object)
	}
	// The empty map says which kind of TraefikService it is. Everywhere else an empty map means nothing, and is left out.
	written.Object["spec"] = map[string]any{"weighted": map[string]any{}}
	return name, nil
}
