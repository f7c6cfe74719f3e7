package drivertest

import (
	"slices"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

var (
	release = model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: "orders"}
	policy  = model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "orders"}
	opaque  = &model.OpaquePorts{Ports: []model.PortRange{{First: 1433, Last: 1433}}, Origin: policy}
	profile = model.Origin{Kind: v1alpha1.KindIngressProfile, Name: "shop"}
)

// StandardMesh is one case for each feature of a mesh driver, as small as the feature allows. Cases that need a feature that is not in the
// set are left out.
func StandardMesh(features model.FeatureSet) []Case { return within(features, meshCases()) }

// StandardEdge is the same for an edge driver.
func StandardEdge(features model.FeatureSet) []Case {
	return within(features, append(edgeCases(), egressCases()...))
}

func within(features model.FeatureSet, cases []Case) []Case {
	return slices.DeleteFunc(cases, func(c Case) bool {
		return slices.ContainsFunc(c.Features, func(feature model.Feature) bool { return !features[feature] })
	})
}

func meshCases() []Case {
	return append([]Case{
		{"injection is switched on for a namespace", []model.Feature{model.FeatureInjection}, model.Namespace{
			Name: "shop", Injection: &model.Injection{Mode: model.InjectionEnabled, Origin: policy},
		}},
		{
			"plain-text callers are refused by default",
			[]model.Feature{model.FeatureEncryption},
			model.Namespace{Name: "shop", Pods: model.Pods{Encryption: &model.Encryption{Origin: policy}}},
		},
		{
			"ports bypass the mesh",
			[]model.Feature{model.FeatureBypass},
			model.Namespace{Name: "shop", Pods: model.Pods{Bypass: &model.Bypass{
				Inbound: []model.PortRange{{First: 9000, Last: 9000}}, Outbound: []model.PortRange{{First: 8500, Last: 8510}}, Origin: policy,
			}}},
		},
		{
			"ports of pods and of a Service carry no requests",
			[]model.Feature{model.FeatureOpaquePorts},
			model.Namespace{Name: "shop", Pods: model.Pods{Opaque: opaque}, Services: []model.Service{{Name: "database", Opaque: opaque}}},
		},
		{
			"proxies have settings of their own",
			[]model.Feature{model.FeatureProxy},
			model.Namespace{Name: "shop", Pods: model.Pods{Proxy: &model.Proxy{
				CPURequest: "50m", MemoryLimit: "128Mi", LogLevel: "warn", ShutdownGracePeriod: 90 * time.Second, WaitBeforeExit: 5 * time.Second, Origin: policy,
			}}},
		},
		{"some hosts and networks outside of the cluster may be called", []model.Feature{model.FeatureEgressHosts}, Outside()},
		{
			"pods of a Service run otherwise than those of the namespace",
			[]model.Feature{model.FeatureInjection, model.FeatureBypass, model.FeatureOpaquePorts, model.FeatureProxy},
			model.Namespace{Name: "shop", Templates: []model.Template{{
				Service: "database", Injection: &model.Injection{Mode: model.InjectionEnabled, Origin: policy}, Origin: policy,
				Pods:      model.Pods{Opaque: opaque, Proxy: &model.Proxy{LogLevel: "warn", Origin: policy}},
				Workloads: []model.Workload{{Kind: "StatefulSet", Name: "database"}},
			}, {
				Service: "ledger", Pods: model.Pods{Bypass: &model.Bypass{Outbound: []model.PortRange{{First: 8500, Last: 8510}}, Origin: policy}},
				Origin: model.Origin{Kind: "MeshPolicy", Name: "ledger"},
			}}},
		},
		{"a Service is split by weight between three backends", []model.Feature{model.FeatureWeights}, Released(
			model.Route{Split: shares(80, 15, 5)},
		)},
		{"a header leads to the new version", []model.Feature{model.FeatureWeights, model.FeatureMatches}, Released(
			model.Route{Match: model.Match{Headers: []model.ValueMatch{{Name: "x-canary", Kind: model.MatchExact, Value: "1"}}}, Split: shares(0, 1, 0)},
			model.Route{Split: shares(1, 0, 0)},
		)},
		{"a query parameter leads to the new version", []model.Feature{model.FeatureWeights, model.FeatureMatches, model.FeatureMatchQuery}, Released(
			model.Route{Match: model.Match{Query: []model.ValueMatch{{Name: "preview", Kind: model.MatchExact, Value: "on"}}}, Split: shares(0, 1, 0)},
			model.Route{Split: shares(1, 0, 0)},
		)},
	}, append(resilienceCases(), accessCases()...)...)
}

func resilienceCases() []Case {
	gets := model.Match{Methods: []string{"GET"}}
	retry := func(limit int32, perTry time.Duration, on ...string) *model.Retry {
		return &model.Retry{Limit: limit, On: on, PerTryTimeout: perTry}
	}
	return []Case{
		{"requests have a timeout", []model.Feature{model.FeatureTimeout}, Tuned(model.Route{Timeout: 5 * time.Second})},
		{
			"failed GETs are tried again",
			[]model.Feature{model.FeatureRetry},
			Tuned(model.Route{Match: gets, Retry: retry(1, 0, "5xx")}, model.Route{}),
		},
		{
			"how often requests are tried again is chosen",
			[]model.Feature{model.FeatureRetry, model.FeatureRetryLimit},
			Tuned(model.Route{Match: gets, Retry: retry(2, 0, "5xx")}, model.Route{}),
		},
		{
			"the responses that are tried again are chosen",
			[]model.Feature{model.FeatureRetry, model.FeatureRetryLimit, model.FeatureRetryOn},
			Tuned(model.Route{Match: gets, Retry: retry(2, 0, "gateway-error")}, model.Route{}),
		},
		{
			"statuses of gRPC are tried again",
			[]model.Feature{model.FeatureRetry, model.FeatureRetryLimit, model.FeatureRetryOn, model.FeatureRetryGRPC},
			Tuned(model.Route{Retry: retry(2, 0, "gateway-error", "unavailable")}),
		},
		{
			"each try has a bound of its own",
			[]model.Feature{model.FeatureRetry, model.FeatureRetryLimit, model.FeaturePerTryTimeout},
			Tuned(model.Route{Match: gets, Retry: retry(3, 500*time.Millisecond, "5xx")}, model.Route{}),
		},
		{
			"retries add no more than a fifth to the load",
			[]model.Feature{model.FeatureRetry, model.FeatureRetryBudget},
			withBudget(Tuned(model.Route{Match: gets, Retry: retry(1, 0, "5xx")}, model.Route{})),
		},
		{"callers leave pods alone that fail in a row", []model.Feature{model.FeatureCircuitBreaker}, Broken()},
	}
}

func accessCases() []Case {
	payment := []model.Client{{Kind: model.ClientServiceAccount, Namespace: "payment", Name: "payment"}}
	office := []model.Client{{Kind: model.ClientNetwork, CIDR: "10.1.0.0/16", Unauthenticated: true}}
	return []Case{
		{"callers are known by identity and network", []model.Feature{model.FeatureAccess}, Guarded(
			model.Grant{Clients: payment, Path: "spec.access.rules[0]"},
			model.Grant{Clients: office, Path: "spec.access.rules[1]"},
		)},
		{"callers are allowed single requests", []model.Feature{model.FeatureAccess, model.FeatureAccessRequests}, Guarded(
			model.Grant{
				Clients:  payment,
				Requests: []model.Request{{Methods: []string{"GET"}, Path: &model.PathMatch{Kind: model.MatchExact, Value: "/balance"}}},
				Path:     "spec.access.rules[0]",
			},
		)},
		{"callers that are not allowed are logged", []model.Feature{model.FeatureAccess, model.FeatureAccessAudit}, audited(Guarded(
			model.Grant{Clients: payment, Path: "spec.access.rules[0]"},
		))},
		{"callers send no more than so many requests", []model.Feature{model.FeatureAccess, model.FeatureRateLimit}, rateLimited(Guarded(
			model.Grant{Clients: []model.Client{{Kind: model.ClientAny}}, Path: "spec.access.rules[0]"},
		))},
	}
}

func rateLimited(ns model.Namespace) model.Namespace {
	for i := range ns.Services {
		ns.Services[i].Access[0].RateLimit = &model.MeshRateLimit{
			RequestsPerSecond: 100, PerClient: 10, Clients: []model.ClientLimit{{Namespace: "batch", Name: "night", RequestsPerSecond: 50}}, Origin: policy,
		}
	}
	return ns
}

func audited(ns model.Namespace) model.Namespace {
	for i := range ns.Services {
		ns.Services[i].Access[0].Mode = model.AccessAudit
	}
	return ns
}

// Released is a namespace with two Services under release, "orders" and "orders2", each with the routing table. Shares name the backends
// "v1", "v2" and "v3".
func Released(routes ...model.Route) model.Namespace {
	return twice(func(svc *model.Service) {
		svc.Routes = withOrigin(release, routes)
		svc.RoutedPorts = []int32{8080}
		svc.Retain = &model.Retain{Service: svc.Name, StableLeaf: "v1"}
		for i, name := range []string{"v1", "v2", "v3"} {
			svc.Backends = append(svc.Backends, model.Backend{Variant: name, Service: name, Ready: true, Stable: i == 0})
		}
	})
}

// Tuned is a namespace with two Services under a MeshPolicy, each with the routing table.
func Tuned(routes ...model.Route) model.Namespace {
	return twice(func(svc *model.Service) {
		svc.Routes = withOrigin(policy, routes)
		svc.RoutedPorts = []int32{8080}
	})
}

// withBudget bounds the retries of each Service.
func withBudget(ns model.Namespace) model.Namespace {
	for i := range ns.Services {
		ns.Services[i].RetryBudget = &model.RetryBudget{Percent: 20, MinPerSecond: 10, Origin: policy}
	}
	return ns
}

// Broken is a namespace with two Services that have a circuit breaker and nothing else.
func Broken() model.Namespace {
	return twice(func(svc *model.Service) {
		svc.Breaker = &model.Breaker{ConsecutiveFailures: 7, MinPenalty: time.Second, MaxPenalty: time.Minute, Origin: policy}
	})
}

// Guarded is a namespace with two Services whose port 8080 only the grants may call.
func Guarded(grants ...model.Grant) model.Namespace {
	return twice(func(svc *model.Service) {
		svc.Access = []model.Access{{
			Port: model.TargetPort{Number: 8080}, Protocol: model.ProtocolHTTP, Grants: grants,
			Probes: []model.Probe{{Path: "/healthz"}}, Origin: policy,
		}}
	})
}

// twice makes two Services of one kind, so that names that are not told apart collide.
func twice(fill func(*model.Service)) model.Namespace {
	ns := model.Namespace{Name: "shop"}
	for _, name := range []string{"orders", "orders2"} {
		svc := model.Service{
			Name: name, Selector: map[string]string{"app": name},
			Ports: []model.Port{{Name: "http", Number: 8080, Target: model.TargetPort{Number: 8080}, Protocol: model.ProtocolHTTP}},
		}
		fill(&svc)
		ns.Services = append(ns.Services, svc)
	}
	return ns
}

func withOrigin(origin model.Origin, routes []model.Route) []model.Route {
	out := make([]model.Route, len(routes))
	for i, route := range routes {
		route.Origins = []model.Origin{origin}
		out[i] = route
	}
	return out
}

// shares of v1, v2 and v3; weights of 0 are left out, as compose does.
func shares(weights ...int32) []model.Share {
	var split []model.Share
	for i, weight := range weights {
		if weight > 0 {
			split = append(split, model.Share{Backend: []string{"v1", "v2", "v3"}[i], Weight: weight})
		}
	}
	return split
}
