package traefik

import (
	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
)

// meshHeaders are the headers of requests that proxies of Linkerd read, in all generations: where a request really goes, who must answer it, and
// how often and how long it is tried. From outside they would be orders to the mesh. Traefik removes headers by name only.
var meshHeaders = []string{
	"l5d-client-id", "l5d-dst-canonical", "l5d-dst-override", "l5d-identity", "l5d-orig-proto", "l5d-remote-ip", "l5d-require-id",
	"l5d-response-timeout", "l5d-retry-grpc", "l5d-retry-http", "l5d-retry-limit", "l5d-retry-timeout", "l5d-server-id", "l5d-timeout",
}

// outsiders are the middlewares that keep clients from talking to the mesh: one on a meshed gateway, and none on another, whose requests a mesh
// takes for what they are, calls from outside.
func (w *edgeWriter) outsiders() ([]traefikio.MiddlewareRef, error) {
	if !w.edge.Gateway.Meshed {
		return nil, nil
	}
	removed := make(map[string]string, len(meshHeaders))
	for _, name := range meshHeaders {
		removed[name] = "" // an empty value removes the header
	}
	ref, err := w.middleware("mesh", traefikio.MiddlewareSpec{Headers: &dynamic.Headers{CustomRequestHeaders: removed}})
	return []traefikio.MiddlewareRef{ref}, err
}

// nativeLB sends requests to the cluster IP of a backend, by which a proxy knows which Service is meant. Nil: to pods.
//
// The backends of a routing table are the Services behind the one under release, whose own split the mesh does not apply to them: a request is
// shared out once.
func (w *edgeWriter) nativeLB() *bool {
	if !w.edge.Gateway.Meshed {
		return nil
	}
	native := true
	return &native
}
