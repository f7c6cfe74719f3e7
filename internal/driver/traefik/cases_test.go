package traefik_test

import (
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

var (
	release = model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: "orders"}
	profile = model.Origin{Kind: v1alpha1.KindIngressProfile, Name: "shop"}
)

func exact(value string) *model.PathMatch {
	return &model.PathMatch{Kind: model.MatchExact, Value: value}
}

func prefix(value string) *model.PathMatch {
	return &model.PathMatch{Kind: model.MatchPrefix, Value: value}
}

func regex(value string) *model.PathMatch {
	return &model.PathMatch{Kind: model.MatchRegex, Value: value}
}

func value(kind model.MatchKind, name, text string) []model.ValueMatch {
	return []model.ValueMatch{{Name: name, Kind: kind, Value: text}}
}

func split(shares ...model.Share) []model.Share { return shares }

// to is a route of a Service that is not under release.
func to(path *model.PathMatch, service string) model.EdgeRoute {
	return model.EdgeRoute{
		Path: path, Service: service, Port: 8080, Protocol: model.ProtocolHTTP, YAMLPath: "spec.routes[" + service + "]",
		Table: []model.Route{{Split: split(model.Share{Backend: service, Weight: 1}), Origins: []model.Origin{profile}}},
	}
}

// released puts the route's Service under release.
func released(route model.EdgeRoute, table ...model.Route) model.EdgeRoute {
	route.Table = nil
	for _, line := range table {
		line.Origins = []model.Origin{release, profile}
		route.Table = append(route.Table, line)
	}
	route.Retain = &model.Retain{Service: route.Service, StableLeaf: "orders-v1"}
	return route
}

func canary(match model.Match) model.Route {
	return model.Route{Match: match, Split: split(model.Share{Backend: "orders-v2", Weight: 1})}
}

var grayscale = model.Route{Split: split(model.Share{Backend: "orders-v1", Weight: 90}, model.Share{Backend: "orders-v2", Weight: 10})}

// edge is "shop" on shop.example with what fill makes of it.
func edge(fill func(*model.Edge), routes ...model.EdgeRoute) model.Edge {
	e := model.Edge{
		Name: "shop", Hosts: []string{"shop.example"}, Routes: routes, Origin: profile,
		Gateway: model.Gateway{
			Name: "default", Labels: map[string]string{"gateway": "north"}, Class: "north", HTTP: "web", HTTPS: "websecure",
		},
	}
	fill(&e)
	return e
}

func plain(*model.Edge) {}

func secured(e *model.Edge) {
	e.TLS = &model.TLS{SecretName: "shop-tls", RedirectHTTP: true}
	e.Security = &model.SecurityHeaders{
		HSTS:                  &model.HSTS{MaxAge: 365 * 24 * time.Hour, IncludeSubDomains: true, Preload: true},
		ContentSecurityPolicy: "default-src 'self'", FrameOptions: "DENY", ReferrerPolicy: "no-referrer",
		PermissionsPolicy: "camera=(), geolocation=()", NoSniff: true, HideServer: true,
	}
	e.Gateway.ClientAddress, e.Gateway.ClientAddressDepth = true, 2
}

func guarded(route model.EdgeRoute) model.EdgeRoute {
	route.StripPrefix = true
	route.RateLimit = &model.RateLimit{Average: 100, Period: 90 * time.Second, Burst: 50}
	return route
}

func changed(route model.EdgeRoute, change func(*model.EdgeRoute)) model.EdgeRoute {
	change(&route)
	return route
}

func asking(route model.EdgeRoute, methods []string, headers ...model.ValueMatch) model.EdgeRoute {
	route.Methods, route.Headers = methods, headers
	return route
}

func everything(route model.EdgeRoute) model.EdgeRoute {
	route = guarded(route)
	route.AllowFrom, route.BasicAuth, route.MaxInFlight, route.BodyLimit = []string{"10.0.0.0/8"}, "users", 200, 10<<20
	route.SetHeaders, route.RemoveHeaders = []model.Header{{Name: "X-Channel", Value: "web"}}, []string{"X-Debug"}
	route.Timeout, route.Attempts = 30*time.Second, 3
	return route
}

// lasting asks another Service about each request and keeps clients with a variant.
func lasting(route model.EdgeRoute) model.EdgeRoute {
	route.ForwardAuth = &model.ForwardAuth{Service: "sso", Port: 8080, Path: "/check", Headers: []string{"X-User"}}
	route.Sticky = &model.Sticky{Cookie: "cohort", MaxAge: time.Hour}
	return route
}

func speaking(protocol model.Protocol, route model.EdgeRoute) model.EdgeRoute {
	route.Protocol = protocol
	return route
}

// allMatches is one line of each kind of match.
func allMatches() []model.Route {
	return []model.Route{
		canary(model.Match{
			Path: prefix("/api/v2"), Methods: []string{"GET", "HEAD"},
			Headers: value(model.MatchExact, "x-canary", "1"), Query: value(model.MatchExact, "preview", "on"),
		}),
		canary(model.Match{Headers: append(value(model.MatchPrefix, "user-agent", "Bank/2."), value(model.MatchRegex, "x-team", "blue|green")...)}),
		canary(model.Match{Cookies: append(value(model.MatchExact, "canary", "always"), value(model.MatchRegex, "cohort", "beta-.*")...)}),
		canary(model.Match{Cookies: value(model.MatchPrefix, "session", "v2.")}),
		canary(model.Match{Path: regex("/api/orders/[0-9]+")}),
		canary(model.Match{Path: exact("/api/status"), Query: value(model.MatchRegex, "build", "[0-9a-f]{7,40}")}),
		grayscale,
	}
}

// goldens are namespaces whose objects are written down in testdata.
var goldens = []struct {
	name string
	edge model.Edge
}{
	{"a Service is published over plain HTTP", edge(plain, to(nil, "web"))},
	{"paths lead to different Services", edge(plain, to(exact("/healthz"), "web"), to(prefix("/api/orders"), "orders"), to(prefix("/api"), "api"), to(nil, "web"))},
	{"a profile for an auditor has TLS, redirect, headers, limits and stripped prefixes", edge(secured, guarded(to(prefix("/api"), "api")), to(nil, "web"))},
	{"a Service under release is split by weight", edge(plain, released(to(nil, "orders"), grayscale))},
	{
		"a release that has ended keeps its TraefikService",
		edge(plain, released(to(nil, "orders"), model.Route{Split: split(model.Share{Backend: "orders-v2", Weight: 100})})),
	},
	{"every kind of match leads to the new version, behind the same guards", edge(secured, guarded(released(to(prefix("/api"), "orders"), allMatches()...)))},
	{"exact hosts and wildcards are served over plain HTTP", edge(func(e *model.Edge) {
		e.Hosts = []string{"*.shop.example", "shop.example", "www.shop.example"}
	}, to(nil, "web"))},
	{"a wildcard is served with TLS", edge(func(e *model.Edge) {
		e.Hosts, e.TLS = []string{"*.shop.example"}, &model.TLS{SecretName: "shop-tls", RedirectHTTP: true}
	}, to(nil, "web"))},
	{"ports that speak HTTP/2 or do not say what they speak", edge(plain,
		speaking(model.ProtocolH2C, to(prefix("/bank.Orders"), "orders")), speaking(model.ProtocolUnknown, to(nil, "web")))},
	{"routes of one path are told apart by methods and headers, and each has its guard", edge(plain,
		asking(guarded(to(prefix("/api"), "api-app")), []string{"GET"}, value(model.MatchExact, "x-channel", "app")...),
		asking(to(prefix("/api"), "api-read"), []string{"GET", "HEAD"}), to(prefix("/api"), "api"), to(nil, "web"))},
	{"everything that a route can ask for stands in the order in which a request meets it", edge(secured, everything(to(prefix("/api"), "api")))},
	{"clients show a certificate over TLS 1.3", edge(func(e *model.Edge) {
		e.TLS = &model.TLS{SecretName: "shop-tls", MinVersion: "1.3", ClientAuth: &model.ClientAuth{Required: true, CASecret: "partners"}}
	}, to(nil, "web"))},
	{"clients may show a certificate, over two suites of TLS 1.2", edge(func(e *model.Edge) {
		e.TLS = &model.TLS{
			SecretName: "shop-tls", ClientAuth: &model.ClientAuth{CASecret: "partners"},
			CipherSuites: []string{"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
		}
	}, to(nil, "web"))},
	{"a Service is asked about each request, and clients stay with a variant", edge(plain, lasting(released(to(nil, "orders"), grayscale)))},
	{"a meshed gateway calls the Services behind a release, and keeps clients from talking to the mesh", edge(func(e *model.Edge) {
		e.Gateway.Meshed = true
	}, released(to(prefix("/orders"), "orders"), canary(model.Match{Headers: value(model.MatchExact, "x-canary", "1")}), grayscale), to(nil, "web"))},
	{"a gateway without class, labels and client address", edge(func(e *model.Edge) {
		e.Gateway = model.Gateway{Name: "bare", HTTP: "http"}
		e.Security = &model.SecurityHeaders{FrameOptions: "SAMEORIGIN"}
	}, guarded(to(prefix("/api"), "api")))},
}
