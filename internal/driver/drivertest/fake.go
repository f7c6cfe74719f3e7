package drivertest

import (
	"encoding/json"
	"maps"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// Fake is a driver for tests of the layers above. It can express everything and writes what it is asked for as JSON into ConfigMaps, which
// every API server serves: "routes.SERVICE", "access.SERVICE" and "outside" on the mesh side, "edge.PROFILE" on the edge side.
type Fake struct {
	name     string
	features model.FeatureSet
	render   func(model.Namespace) (driver.Output, error)
}

// FakeMesh is a Fake for the mesh side.
func FakeMesh() Fake {
	return Fake{name: "fake-mesh", render: fakeMesh, features: model.Features(
		model.FeatureInjection, model.FeatureWeights, model.FeatureMatches, model.FeatureMatchQuery, model.FeatureTimeout,
		model.FeatureRetry, model.FeatureRetryLimit, model.FeatureRetryOn, model.FeatureRetryGRPC, model.FeaturePerTryTimeout,
		model.FeatureRetryBudget, model.FeatureCircuitBreaker, model.FeatureEncryption, model.FeatureBypass, model.FeatureOpaquePorts,
		model.FeatureProxy, model.FeatureAccess, model.FeatureAccessRequests, model.FeatureAccessAudit,
		model.FeatureRateLimit, model.FeatureEgressHosts,
	)}
}

// FakeEdge is a Fake for the edge side.
func FakeEdge() Fake {
	return Fake{name: "fake-edge", render: fakeEdge, features: model.Features(
		model.FeatureWeights, model.FeatureMatches, model.FeatureMatchQuery, model.FeatureHosts, model.FeatureTLS,
		model.FeatureRedirect, model.FeatureStripPrefix, model.FeatureSecurityHeaders, model.FeatureRateLimit, model.FeatureRouteMatches,
		model.FeatureAllowFrom, model.FeatureMaxInFlight, model.FeatureBasicAuth, model.FeatureForwardAuth, model.FeatureBodyLimit,
		model.FeatureRequestHeaders, model.FeatureEdgeTimeout, model.FeatureEdgeRetry, model.FeatureSticky, model.FeatureClientAuth,
		model.FeatureEgress, model.FeatureCredential,
	)}
}

// Without is the Fake with some features taken away, to test what happens to intent that cannot be expressed.
func (f Fake) Without(features ...model.Feature) Fake {
	f.features = maps.Clone(f.features)
	for _, feature := range features {
		delete(f.features, feature)
	}
	return f
}

// Failing is the Fake with a Render that asks before: an error of the function is Render's, a panic too.
func (f Fake) Failing(before func(model.Namespace) error) Fake {
	render := f.render
	f.render = func(ns model.Namespace) (driver.Output, error) {
		if err := before(ns); err != nil {
			return driver.Output{}, err
		}
		return render(ns)
	}
	return f
}

// Name is "fake-mesh" or "fake-edge".
func (f Fake) Name() string { return f.name }

// Features is everything of the side.
func (f Fake) Features() model.FeatureSet { return f.features }

// Kinds is ConfigMap.
func (f Fake) Kinds() []schema.GroupVersionKind {
	return []schema.GroupVersionKind{corev1.SchemeGroupVersion.WithKind("ConfigMap")}
}

// Render writes the side's part of the model.
func (f Fake) Render(ns model.Namespace) (driver.Output, error) { return f.render(ns) }

// fakeInject on a Namespace gives its new pods a container named FakeProxy.
const fakeInject = "fake.example/inject"

// fakePods has how pods run, as JSON.
const fakePods = "fake.example/pods"

// FakeProxy is the name of the container that the fake mesh takes for its proxy.
const FakeProxy = "fake-proxy"

// TakingKind is ConfigMap.
func (f Fake) TakingKind() schema.GroupVersionKind { return f.Kinds()[0] }

// TakesOver is true of nothing: tests say what takes over.
func (f Fake) TakesOver(client.Object) (model.Takeover, bool) { return model.Takeover{}, false }

// FakeInjector is the name of the MutatingWebhookConfiguration that the fake's proxies come from.
const FakeInjector = "fake-injector"

// ProxyNeeds is an injector, and a port of their own.
func (f Fake) ProxyNeeds() driver.ProxyNeeds {
	return driver.ProxyNeeds{Injector: FakeInjector, Port: 4143, MetricsPort: 4191}
}

// PodAnnotations are what ReadPod looks at.
func (f Fake) PodAnnotations() []string { return []string{fakeInject, fakePods} }

func fakeMesh(ns model.Namespace) (driver.Output, error) {
	var out driver.Output
	if ns.Injection != nil || !ns.Pods.Empty() {
		loan, err := fakeLoan("Namespace", "", ns.Name, podValues(ns.Pods), ns.Pods.Origins())
		if err != nil {
			return driver.Output{}, err
		}
		if ns.Injection != nil {
			loan.Annotations[fakeInject] = strings.ToLower(string(ns.Injection.Mode))
			loan.Origins = model.SortOrigins(append(loan.Origins, ns.Injection.Origin))
		}
		out.Borrowed = append(out.Borrowed, loan)
	}
	if ns.Outside != nil {
		object, err := configMap(ns.Name, "outside", map[string]any{"outside": ns.Outside})
		if err != nil {
			return driver.Output{}, err
		}
		out.Objects = append(out.Objects, driver.Object{Object: object, Origins: []model.Origin{ns.Outside.Origin.Object()}})
	}
	for i := range ns.Templates {
		template, err := fakeTemplate(&ns.Templates[i])
		if err != nil {
			return driver.Output{}, err
		}
		out.Templates = append(out.Templates, template)
	}
	for _, svc := range ns.Services {
		if err := fakeService(&out, ns.Name, svc); err != nil {
			return driver.Output{}, err
		}
	}
	return out, nil
}

func fakeService(out *driver.Output, namespace string, svc model.Service) error {
	if len(svc.Routes) > 0 {
		var origins []model.Origin
		for _, route := range svc.Routes {
			origins = append(origins, route.Origins...)
		}
		object, err := configMap(namespace, "routes."+svc.Name, map[string]any{"routes": svc.Routes, "ports": svc.RoutedPorts, "budget": svc.RetryBudget})
		if err != nil {
			return err
		}
		out.Objects = append(out.Objects, driver.Object{Object: object, Origins: model.SortOrigins(origins), Retain: svc.Retain})
	}
	if err := fakeBalancing(out, namespace, svc); err != nil {
		return err
	}
	if svc.Access == nil {
		return nil
	}
	data := map[string]any{}
	var origins []model.Origin
	for _, access := range svc.Access {
		port, err := json.Marshal(access.Port)
		if err != nil {
			return err
		}
		data[string(port)] = sets(access)
		origins = append(origins, access.Origin)
	}
	object, err := configMap(namespace, "access."+svc.Name, map[string]any{"access": data})
	if err != nil {
		return err
	}
	out.Objects = append(out.Objects, driver.Object{Object: object, Origins: model.SortOrigins(origins)})
	return nil
}

// fakeBalancing lays what is said of a Service itself over it.
func fakeBalancing(out *driver.Output, namespace string, svc model.Service) error {
	var origins []model.Origin
	if svc.Breaker != nil {
		origins = append(origins, svc.Breaker.Origin)
	}
	if svc.Opaque != nil {
		origins = append(origins, svc.Opaque.Origin)
	}
	if len(origins) == 0 {
		return nil
	}
	loan, err := fakeLoan("Service", namespace, svc.Name, map[string]any{"breaker": svc.Breaker, "opaque": svc.Opaque}, origins)
	out.Borrowed = append(out.Borrowed, loan)
	return err
}

// sets writes an access with what has no order as the keys of maps, which JSON sorts.
func sets(access model.Access) map[string]any {
	grants, probes := map[string]any{}, map[string]any{}
	for _, grant := range access.Grants {
		requests := map[string]any{}
		for _, request := range grant.Requests {
			requests[text(request)] = true
		}
		grants[grant.Path] = map[string]any{"clients": grant.Clients, "requests": requests}
	}
	for _, probe := range access.Probes {
		probes[probe.Path] = true
	}
	all := map[string]any{"protocol": access.Protocol, "mode": access.Mode, "grants": grants, "probes": probes}
	if access.RateLimit != nil {
		all["rateLimit"] = access.RateLimit
	}
	return all
}

func text(request model.Request) string {
	words := strings.Join(request.Methods, ",")
	if request.Path != nil {
		words += " " + string(request.Path.Kind) + " " + request.Path.Value
	}
	return words
}

func configMap(namespace, name string, data map[string]any) (*corev1.ConfigMap, error) {
	object := &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Data:       map[string]string{},
	}
	for key, value := range data {
		bytes, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		object.Data[key] = string(bytes)
	}
	return object, nil
}
