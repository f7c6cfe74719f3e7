package traefik

import (
	"slices"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
)

// chain adds the middlewares of a route and gives the references to all that every line of its table passes, in the order in which a request
// meets them: headers, which also go onto the answers of those behind; who may call from where, how often and who it is; how much; and last
// what changes the request and sends it again. A credential is added as late as can be.
func (w *routeWriter) chain() ([]traefikio.MiddlewareRef, error) {
	refs := slices.Clone(w.outermost)
	for _, one := range []struct {
		purpose string
		spec    func() (*traefikio.MiddlewareSpec, error)
	}{
		{"allowfrom", w.allowFrom},
		{"ratelimit", w.rateLimit},
		{"inflight", w.inFlight},
		{"auth", w.auth},
		{"body", w.bodyLimit},
		{"request", w.requestHeaders},
		{"strip", w.stripPrefix},
		{"rewrite", w.rewritePath},
		{"partner", w.asPartnerKnows},
		{"credential", w.credential},
		{"retry", w.retry},
	} {
		spec, err := one.spec()
		if err != nil {
			w.refuse(w.route.YAMLPath, err)
			return nil, nil
		}
		if spec == nil {
			continue
		}
		ref, err := w.middleware(one.purpose, *spec, routeIdentity(w.route)...)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

func (w *routeWriter) rateLimit() (*traefikio.MiddlewareSpec, error) {
	if w.route.RateLimit == nil {
		return nil, nil
	}
	limit, err := rateLimit(*w.route.RateLimit, w.edge.Gateway)
	return &traefikio.MiddlewareSpec{RateLimit: limit}, err
}

func (w *routeWriter) inFlight() (*traefikio.MiddlewareSpec, error) {
	if w.route.MaxInFlight == 0 {
		return nil, nil
	}
	return &traefikio.MiddlewareSpec{InFlightReq: &dynamic.InFlightReq{
		Amount: w.route.MaxInFlight, SourceCriterion: &dynamic.SourceCriterion{RequestHost: true},
	}}, nil
}

func (w *routeWriter) bodyLimit() (*traefikio.MiddlewareSpec, error) {
	if w.route.BodyLimit == 0 {
		return nil, nil
	}
	return &traefikio.MiddlewareSpec{Buffering: &traefikio.Buffering{MaxRequestBodyBytes: w.route.BodyLimit}}, nil
}

// requestHeaders sets and removes headers of the request: an empty value removes one.
func (w *routeWriter) requestHeaders() (*traefikio.MiddlewareSpec, error) {
	if len(w.route.SetHeaders)+len(w.route.RemoveHeaders) == 0 {
		return nil, nil
	}
	headers := map[string]string{}
	for _, header := range w.route.SetHeaders {
		if header.Value == "" {
			return nil, textError("requestHeaders: Traefik removes the header " + header.Name + " when its value is empty; give it one, or remove it")
		}
		headers[header.Name] = header.Value
	}
	for _, name := range w.route.RemoveHeaders {
		headers[name] = ""
	}
	return &traefikio.MiddlewareSpec{Headers: &dynamic.Headers{CustomRequestHeaders: headers}}, nil
}

// stripPrefix strips the beginning of a string, as Traefik does. The rule has made sure that it is whole segments.
func (w *routeWriter) stripPrefix() (*traefikio.MiddlewareSpec, error) {
	if !w.route.StripPrefix {
		return nil, nil
	}
	if anyPath(w.route.Path) {
		return nil, invalidError{textError("stripPrefix: the route has no path to strip; leave stripPrefix out")}
	}
	return &traefikio.MiddlewareSpec{StripPrefix: &dynamic.StripPrefix{Prefixes: []string{w.route.Path.Value}}}, nil
}

func (w *routeWriter) retry() (*traefikio.MiddlewareSpec, error) {
	if w.route.Attempts == 0 {
		return nil, nil
	}
	return &traefikio.MiddlewareSpec{Retry: &traefikio.Retry{Attempts: int(w.route.Attempts)}}, nil
}
