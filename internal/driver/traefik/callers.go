package traefik

import (
	"strconv"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"

	"github.com/kubemate/kubemate/internal/model"
)

// addressStrategy is how Traefik finds a client's address. Nil: it is the connection's.
func addressStrategy(gateway model.Gateway) *dynamic.IPStrategy {
	if gateway.ClientAddressDepth == 0 {
		return nil
	}
	return &dynamic.IPStrategy{Depth: gateway.ClientAddressDepth}
}

// allowFrom admits some networks. A request whose X-Forwarded-For is too short for the gateway's depth is refused.
func (w *routeWriter) allowFrom() (*traefikio.MiddlewareSpec, error) {
	if len(w.route.AllowFrom) == 0 {
		return nil, nil
	}
	if !w.edge.Gateway.ClientAddress {
		return nil, invalidError{textError("allowFrom: the gateway " + w.edge.Gateway.Name + " does not know its clients' addresses")}
	}
	return &traefikio.MiddlewareSpec{IPAllowList: &dynamic.IPAllowList{SourceRange: w.route.AllowFrom, IPStrategy: addressStrategy(w.edge.Gateway)}}, nil
}

// auth asks who calls. Traefik drops the middleware when the Secret with the users is missing, and the route's guard answers.
func (w *routeWriter) auth() (*traefikio.MiddlewareSpec, error) {
	forward := w.route.ForwardAuth
	switch {
	case w.route.BasicAuth != "":
		// The Service has no use for the password.
		return &traefikio.MiddlewareSpec{BasicAuth: &traefikio.BasicAuth{Secret: w.route.BasicAuth, RemoveHeader: true}}, nil
	case forward != nil:
		if err := checkPath(forward.Path); err != nil {
			return nil, err
		}
		// Without a domain, so that it does not matter which one the cluster has.
		address := "http://" + forward.Service + "." + w.namespace + ".svc:" + strconv.Itoa(int(forward.Port)) + forward.Path
		return &traefikio.MiddlewareSpec{ForwardAuth: &traefikio.ForwardAuth{Address: address, AuthResponseHeaders: forward.Headers}}, nil
	default:
		return nil, nil
	}
}
