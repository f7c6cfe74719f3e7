package plan_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/traefik/traefik/v3/pkg/middlewares/requestdecorator"
	httpmuxer "github.com/traefik/traefik/v3/pkg/muxer/http"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/internal/plan"
)

// traefikReading puts the emitted IngressRoutes into Traefik's own muxer. A route's handler notes the split of its TraefikService.
func traefikReading(t *rapid.T, planned plan.Plan) edgeReading {
	parser, err := httpmuxer.NewSyntaxParser()
	if err != nil {
		t.Fatal(err)
	}
	splits := map[string]string{}
	for _, service := range traefikObjects[traefikio.TraefikService](t, planned, "TraefikService") {
		weights := map[string]int64{}
		for _, one := range service.Spec.Weighted.Services {
			weights[one.Name] += int64(*one.Weight)
		}
		splits[service.Name] = splitText(weights)
	}
	muxer := httpmuxer.NewMuxer(parser, nil)
	chosen := ""
	for _, object := range traefikObjects[traefikio.IngressRoute](t, planned, "IngressRoute") {
		for _, route := range object.Spec.Routes {
			leads := splits[route.Services[0].Name]
			handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { chosen = leads })
			if err := muxer.AddRoute(route.Match, "", route.Priority, "kubernetescrd", handler); err != nil {
				t.Fatalf("Traefik refuses the rule %s: %v", route.Match, err)
			}
		}
	}
	return edgeReading{name: "Traefik", ask: func(c call) string {
		chosen = "404"
		requestdecorator.New(nil).ServeHTTP(httptest.NewRecorder(), c.http(), muxer.ServeHTTP)
		return chosen
	}}
}

func (c call) http() *http.Request {
	request := httptest.NewRequest(c.method, "http://"+meaningHost+c.path, nil)
	for name, value := range c.headers {
		request.Header.Set(name, value)
	}
	if len(c.cookies) > 0 {
		request.Header.Set("Cookie", c.cookieHeader())
	}
	query := url.Values{}
	for name, value := range c.query {
		query.Set(name, value)
	}
	request.URL.RawQuery = query.Encode()
	return request
}

// traefikObjects are the planned objects of a kind, read into Traefik's type.
func traefikObjects[T any](t *rapid.T, planned plan.Plan, kind string) []T {
	var objects []T
	for _, object := range objectsOf[*unstructured.Unstructured](planned) {
		if object.GetKind() != kind {
			continue
		}
		var into T
		if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, &into, true); err != nil {
			t.Fatalf("%s: %v", object.GetName(), err)
		}
		objects = append(objects, into)
	}
	return objects
}
