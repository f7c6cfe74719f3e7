package traefik_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/traefik"
	"github.com/kubemate/kubemate/internal/model"
)

func TestWhatTraefikWouldDoDifferentlyIsRefusedWithItsPlace(t *testing.T) {
	on := func(hosts ...string) model.Edge { return edge(func(e *model.Edge) { e.Hosts = hosts }, to(nil, "web")) }
	secure := func(security model.SecurityHeaders) model.Edge {
		return edge(func(e *model.Edge) { e.Security = &security }, to(nil, "web"))
	}
	line := func(match model.Match) model.Edge {
		return edge(plain, released(to(nil, "orders"), canary(match), grayscale))
	}
	limit := func(average, burst int64, period time.Duration) model.Edge {
		route := to(nil, "web")
		route.RateLimit = &model.RateLimit{Average: average, Burst: burst, Period: period}
		return edge(plain, route)
	}
	for _, c := range []struct {
		name   string
		edge   model.Edge
		place  string
		reason string
		says   string
	}{
		{"a host in upper case", on("Shop.example"), "IngressProfile/shop: spec.hosts", v1alpha1.ReasonInvalid, "lower case"},
		{"a wildcard in the middle", on("www.*.example"), "IngressProfile/shop: spec.hosts", v1alpha1.ReasonInvalid, "www.*.example"},
		{"a wildcard for everything", on("*"), "IngressProfile/shop: spec.hosts", v1alpha1.ReasonInvalid, `"*"`},
		{"a host with a rule in it", on("a`) || PathPrefix(`/"), "IngressProfile/shop: spec.hosts", v1alpha1.ReasonInvalid, "DNS name"},
		{"no host", on(), "IngressProfile/shop: spec.hosts", v1alpha1.ReasonInvalid, "no host"},
		{
			"a gateway that lacks the entry point for TLS", edge(func(e *model.Edge) { secured(e); e.Gateway.HTTPS = "" }, to(nil, "web")),
			"IngressProfile/shop: spec.gateway", v1alpha1.ReasonInvalid, "no entry point for TLS",
		},
		{
			"a redirect on a gateway without plain HTTP", edge(func(e *model.Edge) { secured(e); e.Gateway.HTTP = "" }, to(nil, "web")),
			"IngressProfile/shop: spec.tls.redirectHTTP", v1alpha1.ReasonInvalid, "no entry point for plain HTTP",
		},
		{
			"TLS without a Secret", edge(func(e *model.Edge) { e.TLS = &model.TLS{} }, to(nil, "web")),
			"IngressProfile/shop: spec.tls.secretName", v1alpha1.ReasonInvalid, "Secret",
		},
		{
			"a nonce in the content security policy", secure(model.SecurityHeaders{ContentSecurityPolicy: "script-src $NONCE"}),
			"IngressProfile/shop: spec.security", v1alpha1.ReasonUnsupported, "$NONCE",
		},
		{
			"HSTS for less than a second", secure(model.SecurityHeaders{HSTS: &model.HSTS{MaxAge: time.Millisecond}}),
			"IngressProfile/shop: spec.security", v1alpha1.ReasonUnsupported, "hsts.maxAge",
		},
		{"a rate limit of nothing", limit(0, 1, time.Second), "IngressProfile/shop: spec.routes[web]", v1alpha1.ReasonInvalid, "rateLimit"},
		{"a rate limit without a burst", limit(1, 0, time.Second), "IngressProfile/shop: spec.routes[web]", v1alpha1.ReasonInvalid, "burst"},
		{"a rate limit that overflows", limit(1<<40, 1, time.Second), "IngressProfile/shop: spec.routes[web]", v1alpha1.ReasonInvalid, "rateLimit"},
		{
			"two routes with one condition", edge(plain, asking(to(prefix("/a"), "api"), []string{"GET"}), asking(to(prefix("/a"), "web"), []string{"GET"})),
			"IngressProfile/shop: spec.routes[web]", v1alpha1.ReasonInvalid, "spec.routes[api]",
		},
		{
			"a list of networks on a gateway that sees one address", edge(plain, changed(to(nil, "web"), func(r *model.EdgeRoute) { r.AllowFrom = []string{"10.0.0.0/8"} })),
			"IngressProfile/shop: spec.routes[web]", v1alpha1.ReasonInvalid, "does not know its clients",
		},
		{
			"two timeouts on one port", edge(plain, changed(to(prefix("/a"), "web"), func(r *model.EdgeRoute) { r.YAMLPath, r.Timeout = "spec.routes[a]", time.Second }), to(nil, "web")),
			"IngressProfile/shop: spec.routes[web]", v1alpha1.ReasonUnsupported, "timeout",
		},
		{
			"a header set to nothing", edge(plain, changed(to(nil, "web"), func(r *model.EdgeRoute) { r.SetHeaders = []model.Header{{Name: "X-A"}} })),
			"IngressProfile/shop: spec.routes[web]", v1alpha1.ReasonUnsupported, "X-A",
		},
		{
			"two routes for every path", edge(plain, to(prefix("/"), "api"), to(nil, "web")),
			"IngressProfile/shop: spec.routes[web]", v1alpha1.ReasonInvalid, "spec.routes[api]",
		},
		{
			"a route by expression", edge(plain, to(regex("/a.*"), "api")),
			"IngressProfile/shop: spec.routes[api]", v1alpha1.ReasonUnsupported, "expression",
		},
		{
			"a port that carries no HTTP", edge(plain, speaking(model.ProtocolOpaque, to(nil, "db"))),
			"IngressProfile/shop: spec.routes[db]", v1alpha1.ReasonUnsupported, "does not carry HTTP",
		},
		{
			"two protocols on one port", edge(plain, speaking(model.ProtocolH2C, to(prefix("/rpc"), "web")), to(nil, "web")),
			"IngressProfile/shop: spec.routes[web]", v1alpha1.ReasonUnsupported, "speaks",
		},
		{
			"a header that Traefik does not see", line(model.Match{Headers: value(model.MatchExact, "transfer-encoding", "chunked")}),
			"CanaryRelease/orders", v1alpha1.ReasonUnsupported, "transfer-encoding",
		},
		{
			"an expression that is not valid", line(model.Match{Headers: value(model.MatchRegex, "x", "(a")}),
			"CanaryRelease/orders", v1alpha1.ReasonInvalid, "missing closing )",
		},
		{
			"an expression with anchors for a cookie", line(model.Match{Cookies: value(model.MatchRegex, "x", "a$|b")}),
			"CanaryRelease/orders", v1alpha1.ReasonUnsupported, "anchored already",
		},
		{
			"a cookie with a semicolon", line(model.Match{Cookies: value(model.MatchPrefix, "x", "a;b")}),
			"CanaryRelease/orders", v1alpha1.ReasonInvalid, "semicolon",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := traefik.New().Render(model.Namespace{Name: "bank", Edges: []model.Edge{c.edge}})
			problems, ok := model.AsProblems(err)
			if !ok || len(problems) != 1 {
				t.Fatalf("want one problem, have %v", err)
			}
			if !strings.HasPrefix(problems[0].Error(), c.place+": ") || problems[0].Reason != c.reason || !strings.Contains(problems[0].Message, c.says) {
				t.Errorf("want %s (%s) to say %q, have (%s)\n%v", c.place, c.reason, c.says, problems[0].Reason, problems[0])
			}
		})
	}
}

func TestProblemsOfAllEdgesAreReportedTogether(t *testing.T) {
	other := edge(func(e *model.Edge) { e.Hosts, e.Name, e.Origin.Name = []string{"*"}, "other", "other" }, to(nil, "web"))
	first := edge(plain, to(exact("no slash"), "api"), to(regex("x"), "web"))
	_, err := traefik.New().Render(model.Namespace{Name: "bank", Edges: []model.Edge{other, first}})
	if problems, _ := model.AsProblems(err); len(problems) != 3 {
		t.Errorf("want 3 problems, have %v", err)
	}
}

// A split that no intent can lead to is a bug, and no fault of a user.
func TestABrokenSplitIsAnErrorAndNoProblem(t *testing.T) {
	for name, shares := range map[string][]model.Share{
		"nobody answers":    nil,
		"a share of 0":      split(model.Share{Backend: "a", Weight: 1}, model.Share{Backend: "b"}),
		"a share below 0":   split(model.Share{Backend: "a", Weight: -1}),
		"only a share of 0": split(model.Share{Backend: "a"}),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := traefik.New().Render(model.Namespace{Name: "bank", Edges: []model.Edge{edge(plain, released(to(nil, "orders"), model.Route{Split: shares}))}})
			if _, ok := model.AsProblems(err); err == nil || ok {
				t.Errorf("have %v", err)
			}
		})
	}
}
