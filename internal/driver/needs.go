package driver

import (
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// need is one feature that an intent asks for, and where.
type need struct {
	feature model.Feature
	origin  model.Origin
}

// asking collects what an intent asks for and a driver does not have. Most intents ask for nothing that is missing, so texts are made for
// those that do only.
type asking struct {
	features model.FeatureSet
	missing  []need
}

func (a *asking) want(feature model.Feature, origin model.Origin) {
	if !a.features[feature] {
		a.missing = append(a.missing, need{feature, origin})
	}
}

// wantAt asks for a feature at a place in the origin, given in two parts.
func (a *asking) wantAt(feature model.Feature, origin model.Origin, place, field string) {
	if !a.features[feature] {
		origin.Path = place + field
		a.missing = append(a.missing, need{feature, origin})
	}
}

// namespace asks for what a namespace as a whole needs of a mesh.
func (a *asking) namespace(ns *model.Namespace) {
	if ns.Injection != nil {
		a.want(model.FeatureInjection, ns.Injection.Origin)
	}
	if ns.Pods.Encryption != nil {
		a.want(model.FeatureEncryption, ns.Pods.Encryption.Origin)
	}
	if ns.Pods.Bypass != nil {
		a.want(model.FeatureBypass, ns.Pods.Bypass.Origin)
	}
	if ns.Pods.Opaque != nil {
		a.want(model.FeatureOpaquePorts, ns.Pods.Opaque.Origin)
	}
	if ns.Pods.Proxy != nil {
		a.want(model.FeatureProxy, ns.Pods.Proxy.Origin)
	}
}

// service asks for what a Service needs of a mesh.
func (a *asking) service(svc *model.Service) {
	for i := range svc.Routes {
		a.route(&svc.Routes[i])
	}
	if svc.RetryBudget != nil {
		a.want(model.FeatureRetryBudget, svc.RetryBudget.Origin)
	}
	if svc.Opaque != nil {
		a.want(model.FeatureOpaquePorts, svc.Opaque.Origin)
	}
	if svc.Breaker != nil {
		a.want(model.FeatureCircuitBreaker, svc.Breaker.Origin)
	}
	for i := range svc.Access {
		access := &svc.Access[i]
		a.want(model.FeatureAccess, access.Origin)
		if access.RateLimit != nil {
			a.want(model.FeatureRateLimit, access.RateLimit.Origin)
		}
		if access.Mode == model.AccessAudit {
			a.wantAt(model.FeatureAccessAudit, access.Origin, access.Origin.Path, ".mode")
		}
		for j := range access.Grants {
			if len(access.Grants[j].Requests) > 0 {
				a.wantAt(model.FeatureAccessRequests, access.Origin, access.Grants[j].Path, "")
			}
		}
	}
}

func (a *asking) route(route *model.Route) {
	if release, ok := originOf(route, v1alpha1.KindCanaryRelease); ok {
		a.release(route, release)
	}
	if policy, ok := originOf(route, v1alpha1.KindMeshPolicy); ok {
		a.resilience(route, policy)
	}
}

// release asks for what a release's line needs. A match is the release's own only where the origin names one: the methods of other lines are
// compose's, to keep retries away from requests that may not be repeated, and every driver that retries can tell methods apart.
func (a *asking) release(route *model.Route, origin model.Origin) {
	if len(route.Split) > 0 {
		a.want(model.FeatureWeights, origin.Object())
	}
	if origin.Path == "" {
		return
	}
	a.want(model.FeatureMatches, origin)
	if len(route.Match.Query) > 0 {
		a.want(model.FeatureMatchQuery, origin)
	}
}

func (a *asking) resilience(route *model.Route, origin model.Origin) {
	if route.Timeout > 0 {
		a.wantAt(model.FeatureTimeout, origin, origin.Path, ".timeout")
	}
	if route.Retry == nil {
		return
	}
	place := route.Retry.Path
	a.wantAt(model.FeatureRetry, origin, place, "")
	a.wantAt(model.FeatureRetryLimit, origin, place, ".limit")
	if len(route.Retry.On) != 1 || route.Retry.On[0] != "5xx" {
		a.wantAt(model.FeatureRetryOn, origin, place, ".when")
	}
	if slices.ContainsFunc(route.Retry.On, model.OfGRPC) {
		a.wantAt(model.FeatureRetryGRPC, origin, place, ".when")
	}
	if route.Retry.PerTryTimeout > 0 {
		a.wantAt(model.FeaturePerTryTimeout, origin, place, ".perTryTimeout")
	}
}

// edge asks for what an Edge needs of a gateway.
func (a *asking) edge(edge *model.Edge) {
	a.wantAt(model.FeatureHosts, edge.Origin, "spec.hosts", "")
	if edge.TLS != nil {
		a.wantAt(model.FeatureTLS, edge.Origin, "spec.tls", "")
		if edge.TLS.RedirectHTTP {
			a.wantAt(model.FeatureRedirect, edge.Origin, "spec.tls", ".redirectHTTP")
		}
		if edge.TLS.ClientAuth != nil {
			a.wantAt(model.FeatureClientAuth, edge.Origin, "spec.tls", ".clientAuth")
		}
	}
	if edge.Security != nil {
		a.wantAt(model.FeatureSecurityHeaders, edge.Origin, "spec.security", "")
	}
	for i := range edge.Routes {
		route := &edge.Routes[i]
		a.edgeRoute(route, edge.Origin)
		for j := range route.Table {
			if release, ok := originOf(&route.Table[j], v1alpha1.KindCanaryRelease); ok {
				a.release(&route.Table[j], release)
			}
		}
	}
}

// edgeRoute asks for what a route needs besides leading somewhere.
func (a *asking) edgeRoute(route *model.EdgeRoute, origin model.Origin) {
	for _, one := range []struct {
		wanted  bool
		feature model.Feature
		field   string
	}{
		{len(route.Methods)+len(route.Headers) > 0, model.FeatureRouteMatches, ".match"},
		{route.StripPrefix, model.FeatureStripPrefix, ".stripPrefix"},
		{len(route.AllowFrom) > 0, model.FeatureAllowFrom, ".allowFrom"},
		{route.RateLimit != nil, model.FeatureRateLimit, ".rateLimit"},
		{route.MaxInFlight > 0, model.FeatureMaxInFlight, ".maxInFlight"},
		{route.BasicAuth != "", model.FeatureBasicAuth, ".auth.basic"},
		{route.ForwardAuth != nil, model.FeatureForwardAuth, ".auth.forward"},
		{route.BodyLimit > 0, model.FeatureBodyLimit, ".bodyLimit"},
		{len(route.SetHeaders)+len(route.RemoveHeaders) > 0, model.FeatureRequestHeaders, ".requestHeaders"},
		{route.Timeout > 0, model.FeatureEdgeTimeout, ".timeout"},
		{route.Attempts > 0, model.FeatureEdgeRetry, ".retries"},
		{route.Sticky != nil, model.FeatureSticky, ".sticky"},
	} {
		if one.wanted {
			a.wantAt(one.feature, origin, route.YAMLPath, one.field)
		}
	}
}

func originOf(route *model.Route, kind string) (model.Origin, bool) {
	for _, origin := range route.Origins {
		if origin.Kind == kind {
			return origin, true
		}
	}
	return model.Origin{}, false
}
