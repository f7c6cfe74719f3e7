package traefik

import (
	"slices"
	"time"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// The kinds that Driver writes.
const (
	kindTLSOption        = "TLSOption"
	kindServersTransport = "ServersTransport"
	kindMiddleware       = "Middleware"
	kindTraefikService   = "TraefikService"
	kindIngressRoute     = "IngressRoute"
)

// Driver is the driver for Traefik. The zero value is ready.
type Driver struct{}

var _ driver.EdgeDriver = Driver{}

// New is the driver for Traefik.
func New() Driver { return Driver{} }

// AddToScheme registers the types of traefik.io/v1alpha1.
func AddToScheme(scheme *runtime.Scheme) error { return traefikio.AddToScheme(scheme) }

// Name is "traefik".
func (Driver) Name() string { return "traefik" }

// Features is everything that an edge can ask for.
func (Driver) Features() model.FeatureSet {
	return model.Features(
		model.FeatureWeights, model.FeatureMatches, model.FeatureMatchQuery, model.FeatureHosts, model.FeatureTLS, model.FeatureRedirect,
		model.FeatureStripPrefix, model.FeatureSecurityHeaders, model.FeatureRateLimit, model.FeatureRouteMatches, model.FeatureAllowFrom,
		model.FeatureMaxInFlight, model.FeatureBasicAuth, model.FeatureForwardAuth, model.FeatureBodyLimit, model.FeatureRequestHeaders,
		model.FeatureEdgeTimeout, model.FeatureEdgeRetry, model.FeatureSticky, model.FeatureClientAuth,
		model.FeatureEgress, model.FeatureCredential,
	)
}

// Kinds are in write order: an IngressRoute names all the others, and Traefik takes a router out of service while one of them is missing.
func (Driver) Kinds() []schema.GroupVersionKind {
	var kinds []schema.GroupVersionKind
	for _, kind := range []string{kindTLSOption, kindServersTransport, kindMiddleware, kindTraefikService, kindIngressRoute} {
		kinds = append(kinds, traefikio.SchemeGroupVersion.WithKind(kind))
	}
	return kinds
}

// Render writes the Edges and the Egresses of the namespace. Problems of all of them are returned together.
func (Driver) Render(ns model.Namespace) (driver.Output, error) {
	if len(ns.Edges)+len(ns.Egresses) == 0 {
		return driver.Output{}, nil
	}
	read, err := newRuleReader()
	if err != nil {
		return driver.Output{}, err
	}
	var out driver.Output
	var problems model.Problems
	for _, edge := range slices.Concat(ns.Edges, partnerEdges(ns.Egresses)) {
		w := edgeWriter{
			namespace: ns.Name, edge: edge, read: read, spoken: map[string]connection{}, transports: map[time.Duration]string{}, upstreams: map[string]bool{},
		}
		if err := w.write(); err != nil {
			return driver.Output{}, err
		}
		out.Objects = append(out.Objects, w.objects...)
		problems = append(problems, w.problems...)
	}
	if len(problems) > 0 {
		problems.Sort()
		return driver.Output{}, problems
	}
	return out, nil
}
