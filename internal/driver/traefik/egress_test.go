package traefik_test

import (
	"regexp"
	"strings"
	"testing"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
	"github.com/kubemate/kubemate/internal/driver/traefik"
	"github.com/kubemate/kubemate/internal/model"
)

// outward is what the driver writes for one partner with these routes.
func outward(t *testing.T, routes ...model.EdgeRoute) []*unstructured.Unstructured {
	t.Helper()
	out, err := traefik.New().Render(drivertest.Reached(routes...))
	if err != nil {
		t.Fatalf("Render: %v", err)
	}
	var objects []*unstructured.Unstructured
	for _, object := range out.Objects {
		objects = append(objects, object.Object.(*unstructured.Unstructured))
	}
	return objects
}

// rewriting is a route with a path, and what the path becomes.
func rewriting(path *model.PathMatch, becomes string) model.EdgeRoute {
	return drivertest.PartnerRoute("acquirer", func(r *model.EdgeRoute) { r.Path, r.Upstream.Rewrite = path, becomes })
}

func TestEgressGolden(t *testing.T) {
	full := drivertest.PartnerRoute("acquirer", func(r *model.EdgeRoute) {
		r.Path, r.Methods, r.Upstream.Rewrite = prefix("/pay"), []string{"POST"}, "/v2/pay"
		r.Upstream.Port, r.Upstream.ClientSecret = 8443, "acquirer-client"
		r.Upstream.Credential = &model.Credential{Name: "acquirer-token", Header: "X-Api-Key"}
	})
	out, err := traefik.New().Render(drivertest.Reached(full, drivertest.PartnerRoute("acquirer", func(r *model.EdgeRoute) { r.Path = exact("/status") })))
	if err != nil {
		t.Fatalf("Render: %v", err)
	}
	golden.Check(t, "testdata/egress.yaml", drivertest.YAML(out))
	schemas := definitions(t)
	for _, object := range out.Objects {
		if isGuardService(object) {
			continue
		}
		for _, fault := range faults(schemas[object.GetObjectKind().GroupVersionKind().Kind], object.Object.(*unstructured.Unstructured)) {
			t.Errorf("%s: %s", object.GetName(), fault)
		}
	}
}

// What Traefik makes of a path is what its middleware makes of it: ReplaceAllString on the path as it was sent.
func TestPathsBecomeThePartners(t *testing.T) {
	for name, test := range map[string]struct {
		route model.EdgeRoute
		paths map[string]string
	}{
		"a prefix becomes another": {rewriting(prefix("/pay"), "/v2/pay"), map[string]string{
			"/pay": "/v2/pay", "/pay/": "/v2/pay/", "/pay/1": "/v2/pay/1", "/pay/pay": "/v2/pay/pay", "/pay/a%2Fb": "/v2/pay/a%2Fb",
		}},
		"a prefix goes":                         {rewriting(prefix("/pay"), "/"), map[string]string{"/pay": "/", "/pay/": "/", "/pay/1": "/1", "/pay//1": "//1"}},
		"all paths get a prefix":                {rewriting(nil, "/v2"), map[string]string{"/": "/v2/", "/pay": "/v2/pay"}},
		"an exact path becomes another":         {rewriting(exact("/pay"), "/v2/pay"), map[string]string{"/pay": "/v2/pay"}},
		"an exact path becomes the root":        {rewriting(exact("/pay"), "/"), map[string]string{"/pay": "/"}},
		"a dollar is a dollar":                  {rewriting(prefix("/pay"), "/$1"), map[string]string{"/pay/1": "/$1/1"}},
		"what looks like an expression is none": {rewriting(prefix("/a.b(c)*"), "/x"), map[string]string{"/a.b(c)*/1": "/x/1", "/aXb(c)*/1": "/aXb(c)*/1"}},
	} {
		t.Run(name, func(t *testing.T) {
			replace := rewriteOf(t, outward(t, test.route))
			for path, want := range test.paths {
				if got := regexp.MustCompile(replace.Regex).ReplaceAllString(path, replace.Replacement); got != want {
					t.Errorf("%s becomes %s, want %s", path, got, want)
				}
			}
		})
	}
}

type replacement struct{ Regex, Replacement string }

func rewriteOf(t *testing.T, objects []*unstructured.Unstructured) replacement {
	t.Helper()
	for _, object := range objects {
		if fields, found, _ := unstructured.NestedStringMap(object.Object, "spec", "replacePathRegex"); found {
			return replacement{fields["regex"], fields["replacement"]}
		}
	}
	t.Fatal("no path is rewritten")
	return replacement{}
}

func TestNothingIsRewrittenThatStays(t *testing.T) {
	for _, object := range outward(t, drivertest.PartnerRoute("acquirer", func(*model.EdgeRoute) {}), rewriting(exact("/a"), "")) {
		if _, found, _ := unstructured.NestedMap(object.Object, "spec", "replacePathRegex"); found {
			t.Errorf("%s rewrites", object.GetName())
		}
	}
}

// Every line of every route passes the middlewares that a partner relies on, and leads over TLS.
func TestNoRouteToAPartnerGoesAroundItsMiddlewares(t *testing.T) {
	with := func(path *model.PathMatch) model.EdgeRoute {
		return drivertest.PartnerRoute("acquirer", func(r *model.EdgeRoute) {
			r.Path, r.Upstream.Credential = path, &model.Credential{Name: "token", Header: "Authorization"}
		})
	}
	objects := outward(t, with(prefix("/a")), with(exact("/b")), with(nil))
	seen := 0
	for _, object := range objects {
		switch object.GetKind() {
		case "IngressRoute":
			if strings.Contains(object.GetName(), "guard") {
				continue
			}
			var route traefikio.IngressRoute
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &route); err != nil {
				t.Fatal(err)
			}
			for _, line := range route.Spec.Routes {
				seen++
				if names := line.Middlewares; len(names) != 2 || !strings.Contains(names[0].Name, "-partner-") || !strings.Contains(names[1].Name, "-credential-") {
					t.Errorf("%s passes %v", line.Match, names)
				}
			}
		case "TraefikService":
			services, _, _ := unstructured.NestedSlice(object.Object, "spec", "weighted", "services")
			for _, service := range services {
				fields := service.(map[string]any)
				if fields["scheme"] != "https" || fields["serversTransport"] == nil {
					t.Errorf("%s: %v is not over TLS", object.GetName(), fields)
				}
			}
		}
	}
	if seen != 3 {
		t.Errorf("%d routes, want 3", seen)
	}
}

func TestACredentialNeedsAServerForIt(t *testing.T) {
	ns := drivertest.Reached(drivertest.PartnerRoute("acquirer", func(r *model.EdgeRoute) {
		r.Upstream.Credential = &model.Credential{Name: "token", Header: "Authorization"}
	}))
	ns.Egresses[0].Gateway.Egress.Credentials = ""
	if _, err := traefik.New().Render(ns); err == nil || !strings.Contains(err.Error(), "credentials server") {
		t.Errorf("Render: %v", err)
	}
}
