package traefik_test

import (
	"slices"
	"strings"
	"testing"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// guardAnswers stands for the backend of a guard.
const guardAnswers = "503"

func isGuardService(object driver.Object) bool {
	spec, _, _ := unstructured.NestedMap(object.Object.(*unstructured.Unstructured).Object, "spec", "weighted")
	return object.GetObjectKind().GroupVersionKind().Kind == "TraefikService" && len(spec) == 0
}

// Traefik takes a router out when one of its middlewares is missing. What the model leads to such a route must then get 503, and nobody else
// may: neither a broader route's requests nor a narrower one's.
func TestALostRouteWithMiddlewaresIsAnsweredByItsGuardAndNothingElseIs(t *testing.T) {
	guarded, open := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		edges := drawEdges(t)
		intact := load(t, edges)
		withMiddlewares := func(object traefikio.IngressRoute) bool { return len(object.Spec.Routes[0].Middlewares) > 0 }
		broken := loadWithout(t, edges, withMiddlewares)
		for range 40 {
			one := drawRequest(t, edges)
			was, is := intact[one.entryPoint].route(one), broken[one.entryPoint].route(one)
			switch {
			case was == guardAnswers:
				t.Fatalf("%+v is answered by a guard while its route stands", one)
			case limitedBackend(edges, was):
				guarded++
				if is != guardAnswers {
					t.Fatalf("%+v\nwas led to %s behind a limit, and without it to %q", one, was, is)
				}
			default:
				open++
				if is != was {
					t.Fatalf("%+v\nwas led to %q, and to %q when other routes are lost", one, was, is)
				}
			}
		}
	})
	t.Logf("%d requests of guarded routes, %d of open ones", guarded, open)
	if guarded == 0 || open == 0 {
		t.Error("one side was never asked")
	}
}

// limitedBackend says whether a backend stands behind a rate limit.
func limitedBackend(edges []model.Edge, backend string) bool {
	for _, edge := range edges {
		for _, route := range edge.Routes {
			leads := slices.ContainsFunc(route.Table, func(line model.Route) bool { return line.Split[0].Backend == backend })
			if leads && route.RateLimit != nil {
				return true
			}
		}
	}
	return false
}

func TestGuardsAreWrittenBeforeAllRoutes(t *testing.T) {
	out := rendered(t, edge(secured, guarded(to(prefix("/api"), "api")), to(exact("/x"), "x"), to(nil, "web")))
	var names []string
	for _, object := range typed[traefikio.IngressRoute](t, out) {
		names = append(names, object.Name)
	}
	slices.Sort(names)
	guards := 0
	for i, name := range names {
		if !strings.Contains(name, "-guard-") {
			continue
		}
		if guards++; i >= guards {
			t.Errorf("%s comes after a route in %v; objects of one kind are written by name", name, names)
		}
	}
	if guards != 3 {
		t.Errorf("%d guards in %v", guards, names)
	}
}
