package traefik

import (
	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
)

// redirect sends all plain HTTP of the hosts to TLS, for good. Its router needs a service, which never answers: that of the least specific
// path, which changes least. Traefik's own noop@internal is refused where references to other providers are forbidden.
func (w *edgeWriter) redirect() error {
	if w.edge.TLS == nil || !w.edge.TLS.RedirectHTTP || len(w.problems) > 0 {
		return nil
	}
	if w.edge.Gateway.HTTP == "" {
		w.refuse("spec.tls.redirectHTTP", invalidError{textError("the gateway " + w.edge.Gateway.Name + " has no entry point for plain HTTP; leave redirectHTTP out")})
		return nil
	}
	hosts, err := hostGroups(w.edge.Hosts, plainWildcard)
	if err != nil {
		w.refuse("spec.hosts", err)
		return nil
	}
	// 301 for GET and 308 for the rest. Without a port Traefik names none, which is 443.
	toHTTPS, err := w.middleware("redirect", traefikio.MiddlewareSpec{RedirectScheme: &dynamic.RedirectScheme{Scheme: "https", Permanent: true}})
	if err != nil {
		return err
	}
	route := w.edge.Routes[len(w.edge.Routes)-1]
	all := route.Table[len(route.Table)-1]
	service := w.splitName(&route, matchIdentity(route.Path, all.Match))
	var routes []traefikio.Route
	for _, group := range hosts {
		rank, err := priority(group.kind, nil, 0, 0)
		if err != nil {
			return err // the first line of every path always has a place
		}
		one, err := w.ruleOf(group, rank, line{service: service})
		if err != nil {
			w.refuse("spec.hosts", err)
			return nil
		}
		one.Middlewares = []traefikio.MiddlewareRef{toHTTPS}
		routes = append(routes, one)
	}
	return w.add(w.ingressRoute("redirect", w.edge.Gateway.HTTP, routes), nil)
}
