package linkerd

import (
	"strings"
	"testing"
	"time"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
	"github.com/kubemate/kubemate/internal/model"
)

// example is a namespace, and a golden named after its sentence.
type example struct {
	name string
	ns   model.Namespace
}

var (
	fromRelease = []model.Origin{{Kind: "CanaryRelease", Name: "orders"}}
	fromPolicy  = []model.Origin{{Kind: "MeshPolicy", Name: "orders"}}
	fromBoth    = append(append([]model.Origin{}, fromRelease...), fromPolicy...)
)

func TestGoldens(t *testing.T) {
	for folder, set := range map[string]struct {
		driver   driver.MeshDriver
		examples []example
	}{
		"policy":  {Policy(Config{}), append(splitExamples(), accessExamples()...)},
		"gateway": {Policy(Config{RouteGroup: RouteGroupGateway}), splitExamples()[:3]},
		"classic": {Classic(Config{}), classicExamples()},
	} {
		for _, one := range set.examples {
			t.Run(folder+"/"+one.name, func(t *testing.T) {
				out, err := set.driver.Render(one.ns)
				if err != nil {
					t.Fatal(err)
				}
				golden.Check(t, "testdata/"+folder+"/"+strings.ReplaceAll(one.name, " ", "-")+".yaml", drivertest.YAML(out))
			})
		}
	}
}

func serviceWith(fill func(*model.Service)) model.Namespace {
	svc := model.Service{
		Name: "orders", Selector: map[string]string{"app": "orders"},
		Ports: []model.Port{{Name: "http", Number: 80, Target: model.TargetPort{Name: "http"}, Protocol: model.ProtocolHTTP}},
	}
	fill(&svc)
	return model.Namespace{Name: "shop", Services: []model.Service{svc}}
}

func routed(origins []model.Origin, ports []int32, routes ...model.Route) model.Namespace {
	return serviceWith(func(svc *model.Service) {
		svc.RoutedPorts, svc.Routes = ports, routes
		for i := range svc.Routes {
			svc.Routes[i].Origins = origins
			if len(svc.Routes[i].Split) > 0 {
				svc.Retain = &model.Retain{Service: "orders", StableLeaf: "orders-v1"}
			}
		}
	})
}

func to(backend string) []model.Share { return []model.Share{{Backend: backend, Weight: 1}} }

func exact(name, value string) []model.ValueMatch {
	return []model.ValueMatch{{Name: name, Kind: model.MatchExact, Value: value}}
}

func prefixPath(value string) *model.PathMatch {
	return &model.PathMatch{Kind: model.MatchPrefix, Value: value}
}

func exactPath(value string) *model.PathMatch {
	return &model.PathMatch{Kind: model.MatchExact, Value: value}
}

func regexPath(value string) *model.PathMatch {
	return &model.PathMatch{Kind: model.MatchRegex, Value: value}
}

func splitExamples() []example {
	retry := &model.Retry{Limit: 2, On: []string{"5xx", "gateway-error"}, PerTryTimeout: 1500 * time.Millisecond}
	weighted := []model.Share{{Backend: "orders-v1", Weight: 90}, {Backend: "orders-v2", Weight: 10}}
	return []example{
		{"a split by weight on two ports", routed(fromRelease, []int32{80, 8080}, model.Route{Split: weighted})},
		{"every kind of match", routed(fromRelease, []int32{80},
			model.Route{Match: model.Match{Path: prefixPath("/api"), Methods: []string{"GET"}, Headers: exact("x-canary", "1")}, Split: to("orders-v2")},
			model.Route{Match: model.Match{Headers: []model.ValueMatch{
				{Name: "x-agent", Kind: model.MatchPrefix, Value: "test.bot"}, {Name: "x-cohort", Kind: model.MatchRegex, Value: `beta-\d+`},
			}}, Split: to("orders-v2")},
			model.Route{Match: model.Match{Query: exact("preview", "on")}, Split: to("orders-v2")},
			model.Route{Match: model.Match{Path: exactPath("/bank.Orders/Place"), Methods: []string{"POST"}}, Split: to("orders-v3")},
			model.Route{Split: weighted})},
		{"retries of idempotent methods beside a split are a second route", routed(fromBoth, []int32{80},
			model.Route{Match: model.Match{Methods: []string{"GET", "HEAD"}}, Split: weighted, Timeout: 90 * time.Second, Retry: retry},
			model.Route{Split: weighted, Timeout: 90 * time.Second})},
		{"cookies are expressions for the whole header", routed(fromRelease, []int32{80},
			model.Route{Match: model.Match{Headers: exact("x-a", "1"), Cookies: []model.ValueMatch{
				{Name: "cohort", Kind: model.MatchRegex, Value: "beta-.*"}, {Name: "user", Kind: model.MatchPrefix, Value: "a+b"},
			}}, Split: to("orders-v2")},
			model.Route{Split: to("orders-v1")})},
		{"a longer path of a later rule does not take requests from an earlier header", routed(fromRelease, []int32{80},
			model.Route{Match: model.Match{Headers: exact("x-canary", "1")}, Split: to("orders-v2")},
			model.Route{Match: model.Match{Path: prefixPath("/api/reports")}, Split: to("orders-v3")},
			model.Route{Split: to("orders-v1")})},
		{"an exact path and the prefix of the same length in different routes", routed(fromPolicy, []int32{80},
			model.Route{Match: model.Match{Path: exactPath("/api")}, Timeout: time.Second},
			model.Route{Match: model.Match{Path: prefixPath("/api")}, Timeout: 2 * time.Second},
			model.Route{})},
		{"a rule holds eight matches and a table more", routed(fromRelease, []int32{80}, manyMatches(10)...)},
		{"a rule that an earlier one covers is left out", routed(fromRelease, []int32{80},
			model.Route{Match: model.Match{Path: prefixPath("/api")}, Split: to("orders-v2")},
			model.Route{Match: model.Match{Path: prefixPath("/api/v2"), Headers: exact("x-a", "1")}, Split: to("orders-v3")},
			model.Route{Split: to("orders-v1")})},
		{"hosts and networks outside of the cluster", drivertest.Outside()},
		{"nothing outside of the cluster", model.Namespace{Name: "shop", Outside: &model.Outside{Origin: fromPolicy[0]}}},
		{"injection for gateways", model.Namespace{Name: "shop", Injection: &model.Injection{Mode: model.InjectionIngress, Origin: fromPolicy[0]}}},
	}
}

func manyMatches(n int) []model.Route {
	var routes []model.Route
	for i := range n {
		routes = append(routes, model.Route{Match: model.Match{Headers: exact("x-tenant", string(rune('a'+i)))}, Split: to("orders-v2")})
	}
	return append(routes, model.Route{Split: to("orders-v1")})
}

func guarded(access ...model.Access) model.Namespace {
	return serviceWith(func(svc *model.Service) {
		svc.Access = access
		for i := range svc.Access {
			svc.Access[i].Origin = model.Origin{Kind: "MeshPolicy", Name: "orders", Path: "spec.access"}
		}
	})
}

var (
	payment = model.Client{Kind: model.ClientServiceAccount, Namespace: "payment", Name: "payment"}
	ops     = model.Client{Kind: model.ClientNamespace, Namespace: "ops"}
	office  = model.Client{Kind: model.ClientNetwork, CIDR: "10.1.0.0/16", Unauthenticated: true}
	cluster = model.Client{Kind: model.ClientNetwork, CIDR: "10.0.0.0/8"}
	anybody = model.Client{Kind: model.ClientAny}
)

func granted(path string, who []model.Client, requests ...model.Request) model.Grant {
	return model.Grant{Clients: who, Requests: requests, Path: path}
}

func accessExamples() []example {
	http := model.TargetPort{Name: "http"}
	probes := []model.Probe{{Path: "/healthz"}}
	first, second := "spec.access.rules[0]", "spec.access.rules[1]"
	return []example{
		{"nobody may call", guarded(model.Access{Port: http, Protocol: model.ProtocolHTTP, Probes: probes})},
		{"callers by identity and network may call everything", guarded(
			model.Access{Port: http, Protocol: model.ProtocolHTTP, Probes: probes, Grants: []model.Grant{
				granted(first, []model.Client{ops, payment}), granted(second, []model.Client{cluster, office}),
			}},
			model.Access{Port: model.TargetPort{Number: 9090}, Protocol: model.ProtocolOpaque, Grants: []model.Grant{granted(first, []model.Client{ops, payment})}},
		)},
		{"everybody may call", guarded(model.Access{Port: http, Protocol: model.ProtocolH2C, Grants: []model.Grant{
			granted(first, []model.Client{anybody}), granted(second, []model.Client{payment}),
		}})},
		{"a path within a granted prefix gets the grants of both", guarded(model.Access{Port: http, Probes: probes, Grants: []model.Grant{
			granted(first, []model.Client{payment}, model.Request{Path: prefixPath("/api"), Methods: []string{"GET"}}),
			granted(second, []model.Client{office}, model.Request{Path: exactPath("/api/balance")}),
		}})},
		{"a probe of the root beside a grant of all GETs", guarded(model.Access{Port: http, Probes: []model.Probe{{Path: "/"}}, Grants: []model.Grant{
			granted(first, []model.Client{payment}, model.Request{Methods: []string{"GET"}}),
		}})},
		{"an exact path and its prefix for different callers", guarded(model.Access{Port: http, Grants: []model.Grant{
			granted(first, []model.Client{payment}, model.Request{Path: exactPath("/api")}),
			granted(second, []model.Client{ops}, model.Request{Path: prefixPath("/api")}),
		}})},
	}
}

func classicExamples() []example {
	first, second := "spec.access.rules[0]", "spec.access.rules[1]"
	weighted := []model.Share{{Backend: "orders-v1", Weight: 90}, {Backend: "orders-v2", Weight: 10}}
	retry := &model.Retry{Limit: 1, On: []string{"5xx"}}
	return []example{
		{"a split by weight", routed(fromRelease, []int32{80}, model.Route{Split: weighted})},
		{"timeouts and retries beside a split", routed(fromBoth, []int32{80},
			model.Route{Match: model.Match{Methods: []string{"GET", "HEAD"}}, Split: weighted, Timeout: 5 * time.Second, Retry: retry},
			model.Route{Split: weighted, Timeout: 5 * time.Second})},
		{"paths have their own timeouts", routed(fromPolicy, []int32{80},
			model.Route{Match: model.Match{Path: prefixPath("/api/v1.0"), Methods: []string{"GET"}}, Timeout: 2 * time.Second, Retry: retry},
			model.Route{Match: model.Match{Path: exactPath("/slow")}},
			model.Route{Match: model.Match{Path: regexPath(`/a|/b`)}, Timeout: time.Second},
			model.Route{Timeout: 1500 * time.Millisecond})},
		{"callers by identity and network", guarded(model.Access{Port: model.TargetPort{Number: 8080}, Protocol: model.ProtocolHTTP, Grants: []model.Grant{
			granted(first, []model.Client{ops, payment}), granted(second, []model.Client{cluster, office}),
		}})},
		{"everybody may call", guarded(model.Access{Port: model.TargetPort{Name: "http"}, Grants: []model.Grant{granted(first, []model.Client{anybody})}})},
		{"nobody may call", guarded(model.Access{Port: model.TargetPort{Name: "http"}})},
	}
}
