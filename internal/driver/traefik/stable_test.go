package traefik_test

import (
	"slices"
	"testing"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/model"
)

// A step of a release changes one TraefikService and nothing else: each object more is a write more, for every release and step.
func TestAStepChangesOneObject(t *testing.T) {
	before := rendered(t, edge(secured, guarded(released(to(prefix("/api"), "orders"), allMatches()...))))
	table := allMatches()
	table[len(table)-1].Split = split(model.Share{Backend: "orders-v1", Weight: 50}, model.Share{Backend: "orders-v2", Weight: 50})
	after := rendered(t, edge(secured, guarded(released(to(prefix("/api"), "orders"), table...))))
	if changed := differing(before, after); len(changed) != 1 {
		t.Errorf("a step changes %v", changed)
	}
}

// A release that begins and ends moves weights, not the route to them.
func TestTheIngressRouteOfASplitByWeightIsThatOfTheService(t *testing.T) {
	before := rendered(t, edge(plain, to(nil, "orders")))
	during := rendered(t, edge(plain, released(to(nil, "orders"), grayscale)))
	for _, object := range differing(before, during) {
		if object.GetObjectKind().GroupVersionKind().Kind == "IngressRoute" {
			t.Errorf("the release changes the IngressRoute %s", object.GetName())
		}
	}
	if a, b := len(before.Objects), len(during.Objects); a != b {
		t.Errorf("%d objects before the release, %d in it", a, b)
	}
}

// A match that is put before others gets a TraefikService of its own. If it took over the name of another's, that one's requests would be led
// astray between two writes.
func TestANewMatchLeavesTheOthersTheirTraefikServices(t *testing.T) {
	before := rendered(t, edge(plain, released(to(nil, "orders"), allMatches()...)))
	first := canary(model.Match{Headers: value(model.MatchExact, "x-first", "1")})
	first.Split[0].Backend = "orders-v3"
	after := rendered(t, edge(plain, released(to(nil, "orders"), append([]model.Route{first}, allMatches()...)...)))
	had, has := services(t, before), services(t, after)
	if len(has) != len(had)+1 {
		t.Errorf("%d TraefikServices became %d", len(had), len(has))
	}
	for name, backends := range had {
		if !slices.Equal(has[name], backends) {
			t.Errorf("the TraefikService %s led to %v, now to %v", name, backends, has[name])
		}
	}
}

func services(t *testing.T, out driver.Output) map[string][]string {
	byName := map[string][]string{}
	for _, service := range typed[traefikio.TraefikService](t, out) {
		for _, child := range service.Spec.Weighted.Services {
			byName[service.Name] = append(byName[service.Name], child.Name)
		}
	}
	return byName
}

func differing(before, after driver.Output) []client.Object {
	var changed []client.Object
	standing := map[string]string{}
	for _, object := range before.Objects {
		standing[object.GetObjectKind().GroupVersionKind().Kind+object.GetName()] = drivertest.YAML(driver.Output{Objects: []driver.Object{object}})
	}
	for _, object := range after.Objects {
		if standing[object.GetObjectKind().GroupVersionKind().Kind+object.GetName()] != drivertest.YAML(driver.Output{Objects: []driver.Object{object}}) {
			changed = append(changed, object.Object)
		}
	}
	return changed
}
