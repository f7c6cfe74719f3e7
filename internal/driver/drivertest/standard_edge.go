package drivertest

import (
	"time"

	"github.com/kubemate/kubemate/internal/model"
)

func edgeCases() []Case {
	root := &model.PathMatch{Kind: model.MatchPrefix, Value: "/"}
	api := &model.PathMatch{Kind: model.MatchPrefix, Value: "/api"}
	hosts := model.FeatureHosts
	tls := &model.TLS{SecretName: "shop-tls"}
	return []Case{
		{"a host leads to a Service", []model.Feature{hosts}, Published(func(*model.Edge) {}, edgeRoute(root))},
		{"a host is served with TLS", []model.Feature{hosts, model.FeatureTLS}, Published(func(e *model.Edge) { e.TLS = tls }, edgeRoute(root))},
		{
			"plain HTTP is redirected to TLS",
			[]model.Feature{hosts, model.FeatureTLS, model.FeatureRedirect},
			Published(func(e *model.Edge) { e.TLS = &model.TLS{SecretName: "shop-tls", RedirectHTTP: true} }, edgeRoute(root)),
		},
		{
			"a prefix is removed before the Service sees the request",
			[]model.Feature{hosts, model.FeatureStripPrefix},
			Published(func(*model.Edge) {}, stripped(edgeRoute(api)), edgeRoute(root)),
		},
		{
			"responses carry security headers",
			[]model.Feature{hosts, model.FeatureTLS, model.FeatureSecurityHeaders},
			Published(func(e *model.Edge) { e.TLS, e.Security = tls, security() }, edgeRoute(root)),
		},
		{
			"each client address has a rate limit",
			[]model.Feature{hosts, model.FeatureRateLimit},
			Published(func(*model.Edge) {}, limited(edgeRoute(root))),
		},
		{
			"clients show a certificate",
			[]model.Feature{hosts, model.FeatureTLS, model.FeatureClientAuth},
			Published(func(e *model.Edge) {
				e.TLS = &model.TLS{SecretName: "shop-tls", MinVersion: "1.3", ClientAuth: &model.ClientAuth{Required: true, CASecret: "partners"}}
				e.Gateway.ClientCertificates = true
			}, edgeRoute(root)),
		},
		{
			"methods and headers tell the requests of a path apart",
			[]model.Feature{hosts, model.FeatureRouteMatches},
			Published(func(*model.Edge) {}, asking(edgeRoute(api), "GET"), edgeRoute(root)),
		},
		{
			"callers are known by network and password",
			[]model.Feature{hosts, model.FeatureAllowFrom, model.FeatureBasicAuth},
			Published(func(e *model.Edge) { e.Gateway.ClientAddress = true }, changed(edgeRoute(root), func(r *model.EdgeRoute) {
				r.AllowFrom, r.BasicAuth = []string{"10.0.0.0/8", "2001:db8::/32"}, "users"
			})),
		},
		{
			"a Service is asked about each request",
			[]model.Feature{hosts, model.FeatureForwardAuth},
			Published(func(*model.Edge) {}, changed(edgeRoute(root), func(r *model.EdgeRoute) {
				r.ForwardAuth = &model.ForwardAuth{Service: "sso", Port: 80, Path: "/check", Headers: []string{"X-User"}}
			})),
		},
		{
			"requests are bounded in number, size and time, and sent again",
			[]model.Feature{hosts, model.FeatureMaxInFlight, model.FeatureBodyLimit, model.FeatureEdgeTimeout, model.FeatureEdgeRetry},
			Published(func(*model.Edge) {}, changed(edgeRoute(root), func(r *model.EdgeRoute) {
				r.MaxInFlight, r.BodyLimit, r.Timeout, r.Attempts = 200, 10<<20, 30*time.Second, 2
			})),
		},
		{
			"headers of requests are set and removed",
			[]model.Feature{hosts, model.FeatureRequestHeaders},
			Published(func(*model.Edge) {}, changed(edgeRoute(root), func(r *model.EdgeRoute) {
				r.SetHeaders, r.RemoveHeaders = []model.Header{{Name: "X-Channel", Value: "web"}}, []string{"X-Debug"}
			})),
		},
		{
			"clients stay with the variant that they met first",
			[]model.Feature{hosts, model.FeatureWeights, model.FeatureSticky},
			Published(func(*model.Edge) {}, changed(split(edgeRoute(root), model.Route{Split: shares(90, 10)}), func(r *model.EdgeRoute) {
				r.Sticky = &model.Sticky{Cookie: "cohort", MaxAge: time.Hour}
			})),
		},
		{
			"a published Service is split by weight",
			[]model.Feature{hosts, model.FeatureWeights},
			Published(func(*model.Edge) {}, split(edgeRoute(root), model.Route{Split: shares(90, 10)})),
		},
		{
			"a header leads outside callers to the new version",
			[]model.Feature{hosts, model.FeatureWeights, model.FeatureMatches},
			Published(func(*model.Edge) {}, split(edgeRoute(root),
				model.Route{Match: model.Match{Headers: []model.ValueMatch{{Name: "x-canary", Kind: model.MatchExact, Value: "1"}}}, Split: shares(0, 1)},
				model.Route{Split: shares(1)})),
		},
		{
			"a query parameter leads outside callers to the new version",
			[]model.Feature{hosts, model.FeatureWeights, model.FeatureMatches, model.FeatureMatchQuery},
			Published(func(*model.Edge) {}, split(edgeRoute(root),
				model.Route{Match: model.Match{Query: []model.ValueMatch{{Name: "preview", Kind: model.MatchExact, Value: "on"}}}, Split: shares(0, 1)},
				model.Route{Split: shares(1)})),
		},
	}
}

// Published is a namespace with two Edges, "shop" and "shop2", of one host each and with the routes.
func Published(fill func(*model.Edge), routes ...model.EdgeRoute) model.Namespace {
	ns := model.Namespace{Name: "shop"}
	for _, name := range []string{"shop", "shop2"} {
		origin := profile
		origin.Name = name
		edge := model.Edge{
			Name: name, Hosts: []string{name + ".example"}, Routes: routes, Origin: origin,
			Gateway: model.Gateway{Name: "default", Labels: map[string]string{"gateway": "default"}, HTTP: "web", HTTPS: "websecure"},
		}
		fill(&edge)
		ns.Edges = append(ns.Edges, edge)
	}
	return ns
}

func edgeRoute(path *model.PathMatch) model.EdgeRoute {
	return model.EdgeRoute{
		Path: path, Service: "orders", Port: 8080, Protocol: model.ProtocolHTTP, YAMLPath: "spec.routes[0]",
		Table: []model.Route{{
			Match: model.Match{Path: path}, Split: []model.Share{{Backend: "orders", Weight: 1}}, Origins: []model.Origin{profile},
		}},
	}
}

func changed(route model.EdgeRoute, change func(*model.EdgeRoute)) model.EdgeRoute {
	change(&route)
	return route
}

// asking gives a route conditions besides its path.
func asking(route model.EdgeRoute, methods ...string) model.EdgeRoute {
	route.Methods = methods
	route.Headers = []model.ValueMatch{{Name: "x-channel", Kind: model.MatchExact, Value: "app"}}
	return route
}

func stripped(route model.EdgeRoute) model.EdgeRoute {
	route.StripPrefix = true
	return route
}

func limited(route model.EdgeRoute) model.EdgeRoute {
	route.RateLimit = &model.RateLimit{Average: 100, Period: time.Second, Burst: 50}
	return route
}

// split puts the Service under release. Paths of the table are the route's own.
func split(route model.EdgeRoute, table ...model.Route) model.EdgeRoute {
	route.Table = nil
	for _, line := range withOrigin(release, table) {
		line.Match.Path = route.Path
		line.Origins = []model.Origin{release, profile}
		route.Table = append(route.Table, line)
	}
	route.Retain = &model.Retain{Service: route.Service, StableLeaf: "v1"}
	return route
}

func security() *model.SecurityHeaders {
	return &model.SecurityHeaders{
		HSTS:                  &model.HSTS{MaxAge: 365 * 24 * time.Hour, IncludeSubDomains: true},
		ContentSecurityPolicy: "default-src 'self'", FrameOptions: "DENY", ReferrerPolicy: "no-referrer",
		PermissionsPolicy: "camera=()", NoSniff: true, HideServer: true,
	}
}
