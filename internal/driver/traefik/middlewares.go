package traefik

import (
	"slices"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
)

// chain adds the middlewares of a path and gives the references to all that every line of its table passes, in the order in which a request
// meets them: headers, which also go onto the answers of those behind; the rate limit; and last what changes the request.
func (w *routeWriter) chain() ([]traefikio.MiddlewareRef, error) {
	refs := slices.Clone(w.outermost)
	path := pathIdentity(w.route.Path)
	if w.route.RateLimit != nil {
		limit, err := rateLimit(*w.route.RateLimit, w.edge.Gateway)
		if err != nil {
			w.refuse(w.route.YAMLPath, err)
			return nil, nil
		}
		ref, err := w.middleware("ratelimit", traefikio.MiddlewareSpec{RateLimit: limit}, path...)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	if !w.route.StripPrefix {
		return refs, nil
	}
	if anyPath(w.route.Path) {
		w.refuse(w.route.YAMLPath, invalidError{textError("stripPrefix: the route has no path to strip; leave stripPrefix out")})
		return nil, nil
	}
	// Traefik strips the beginning of a string. The rule has made sure that it is whole segments.
	strip := &dynamic.StripPrefix{Prefixes: []string{w.route.Path.Value}}
	ref, err := w.middleware("strip", traefikio.MiddlewareSpec{StripPrefix: strip}, path...)
	return append(refs, ref), err
}
