package driver

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// able is a driver that expresses some features and writes nothing.
type able struct{ features model.FeatureSet }

func (able) Name() string                             { return "able" }
func (a able) Features() model.FeatureSet             { return a.features }
func (able) Kinds() []schema.GroupVersionKind         { return nil }
func (able) Render(model.Namespace) (Output, error)   { return Output{}, nil }
func from(kind, name string) model.Origin             { return model.Origin{Kind: kind, Name: name} }
func place(of model.Origin, path string) model.Origin { of.Path = path; return of }

var (
	release = from(v1alpha1.KindCanaryRelease, "orders")
	policy  = from(v1alpha1.KindMeshPolicy, "orders")
	profile = from(v1alpha1.KindIngressProfile, "shop")
)

// everything asks for every feature that a mesh can have.
func everything() model.Namespace {
	return model.Namespace{
		Name: "shop", Injection: &model.Injection{Origin: policy},
		Pods: model.Pods{
			Encryption: &model.Encryption{Origin: policy}, Bypass: &model.Bypass{Origin: policy}, Opaque: &model.OpaquePorts{Origin: policy},
			Proxy: &model.Proxy{Origin: policy},
		},
		Outside: &model.Outside{Origin: policy},
		Services: []model.Service{{
			Name: "orders",
			Routes: []model.Route{{
				Match: model.Match{Query: []model.ValueMatch{{Name: "q"}}}, Split: []model.Share{{Backend: "v2", Weight: 1}}, Timeout: time.Second,
				Retry:   &model.Retry{Limit: 3, On: []string{"5xx", "unavailable"}, PerTryTimeout: time.Second, Path: "spec.resilience.retries"},
				Origins: []model.Origin{place(release, "spec.matches[0]"), policy},
			}},
			RetryBudget: &model.RetryBudget{Origin: policy}, Breaker: &model.Breaker{Origin: policy}, Opaque: &model.OpaquePorts{Origin: policy},
			Access: []model.Access{{Mode: model.AccessAudit, Grants: []model.Grant{{Requests: []model.Request{{}}, Path: "spec.access.rules[0]"}}, Origin: policy}},
		}},
	}
}

// everyEdge asks for every feature that a gateway can have.
func everyEdge() model.Edge {
	return model.Edge{
		Name: "shop", Hosts: []string{"shop.example"}, TLS: &model.TLS{RedirectHTTP: true, ClientAuth: &model.ClientAuth{}}, Security: &model.SecurityHeaders{},
		Routes: []model.EdgeRoute{{
			Methods: []string{"GET"}, StripPrefix: true, AllowFrom: []string{"10.0.0.0/8"}, RateLimit: &model.RateLimit{}, MaxInFlight: 1, BasicAuth: "users",
			ForwardAuth: &model.ForwardAuth{}, BodyLimit: 1, RemoveHeaders: []string{"x-internal"}, Timeout: time.Second, Attempts: 2, Sticky: &model.Sticky{},
			Table: everything().Services[0].Routes, YAMLPath: "spec.routes[0]",
		}},
		Origin: profile,
	}
}

// everyEgress asks for every feature that a way out can have, and an edge does not.
func everyEgress() model.Egress {
	route := model.EdgeRoute{Upstream: &model.Upstream{Credential: &model.Credential{Name: "token"}}}
	return model.Egress{
		Name: "partners", Partners: []model.Partner{{Routes: []model.EdgeRoute{route}, YAMLPath: "spec.partners[0]"}},
		Origin: from(v1alpha1.KindEgressProfile, "partners"),
	}
}

// problemsOf are those of everything, for a driver of both sides.
func problemsOf(features model.FeatureSet) model.Problems {
	check, ns := NewCheck(able{features}), everything()
	return slices.Concat(check.Namespace(ns), check.Service(ns.Services[0]), check.Outside(*ns.Outside), check.Edge(everyEdge()), check.Egress(everyEgress()))
}

func TestEveryFeatureIsKnownAndAskedFor(t *testing.T) {
	all := problemsOf(nil)
	for _, feature := range slices.Sorted(maps.Keys(features)) {
		known, lacks := features[feature], "cannot express "+string(feature)+" ("+features[feature].words+")"
		i := slices.IndexFunc(all, func(p model.Problem) bool { return strings.Contains(p.Message, lacks) })
		if i < 0 {
			t.Errorf("nothing asks for %s", feature)
			continue
		}
		if refused := known.class != advisory; all[i].Advisory == refused || (all[i].Reason == v1alpha1.ReasonUnsupported) != refused {
			t.Errorf("%s: %+v", feature, all[i])
		}
	}
	for _, problem := range all {
		if strings.Contains(problem.Message, "()") || problem.Origin.Name == "" {
			t.Errorf("something is asked for that is not known: %+v", problem)
		}
	}
	if none := problemsOf(maps.Collect(func(yield func(model.Feature, bool) bool) {
		for feature := range features {
			yield(feature, true)
		}
	})); len(none) > 0 {
		t.Errorf("a driver that can do everything lacks %v", none)
	}
}

func TestAProblemSaysWhere(t *testing.T) {
	places := map[model.Feature]string{
		model.FeatureRetryGRPC: "spec.resilience.retries.when", model.FeatureAccessRequests: "spec.access.rules[0]",
		model.FeatureMatchQuery: "spec.matches[0]", model.FeatureForwardAuth: "spec.routes[0].auth.forward", model.FeatureClientAuth: "spec.tls.clientAuth",
		model.FeatureCredential: "spec.partners[0].credential",
	}
	for _, problem := range problemsOf(nil) {
		for feature, path := range places {
			if strings.Contains(problem.Message, "express "+string(feature)+" ") && problem.Origin.Path != path {
				t.Errorf("%s is lacking at %q, want %q", feature, problem.Origin.Path, path)
			}
		}
	}
}

// TestWhatIsWithheldIsAllThatIsLacking: after the advisory parts are taken out that a driver lacks, it is asked for none of them, and what
// it was given is as it was.
func TestWhatIsWithheldIsAllThatIsLacking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		has := model.FeatureSet{}
		for _, feature := range slices.Sorted(maps.Keys(features)) {
			has[feature] = rapid.Bool().Draw(t, string(feature))
		}
		check, ns := NewCheck(able{has}), everything()
		left := model.Namespace{Name: ns.Name, Pods: check.WithholdPods(ns.Pods)}
		for _, problem := range slices.Concat(check.Service(check.Withhold(ns.Services[0])), check.Namespace(left)) {
			lackingLimit := !has[model.FeatureRetryLimit] && strings.Contains(problem.Message, string(model.FeatureRetryLimit))
			if problem.Advisory && !lackingLimit { // one retry remains where the number cannot be said
				t.Fatalf("still asked for: %s", problem.Message)
			}
		}
		if len(ns.Services[0].Routes[0].Retry.On) != 2 || ns.Services[0].Breaker == nil || ns.Pods.Proxy == nil {
			t.Fatalf("the input has changed: %+v", ns)
		}
	})
}
