package traefik_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/traefik/traefik/v3/pkg/middlewares/requestdecorator"
	httpmuxer "github.com/traefik/traefik/v3/pkg/muxer/http"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/traefik"
	"github.com/kubemate/kubemate/internal/model"
)

// Traefik's own muxer, fed with what the driver writes, must choose the line that the model says. The model's side is read by an evaluator of
// its own (evaluate_test.go), which knows nothing of rules.
func TestTraefikChoosesTheLineThatTheModelSays(t *testing.T) {
	decided := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		edges := drawEdges(t)
		muxers := load(t, edges)
		for range 40 {
			one := drawRequest(t, edges)
			want := evaluate(edges, one)
			if got := muxers[one.entryPoint].route(one); got != want.backend {
				t.Fatalf("%+v\nTraefik: %q\nmodel:   %q\nedges: %+v", one, got, want.backend, edges)
			}
			for _, kind := range want.decidedBy {
				decided[kind]++
			}
		}
	})
	for _, kind := range slices.Sorted(maps.Keys(decided)) {
		t.Logf("%-24s decided %d requests", kind, decided[kind])
	}
	for _, kind := range []string{
		"nothing", "catch-all", "path Exact", "path Prefix", "path Regex", "method", "header Exact", "header Prefix", "header Regex",
		"cookie Exact", "cookie Prefix", "cookie Regex", "query Exact", "query Prefix", "query Regex", "wildcard host", "less specific path",
	} {
		if decided[kind] == 0 {
			t.Errorf("no request was decided by %s", kind)
		}
	}
}

// muxer is one entry point of Traefik.
type muxer struct {
	*httpmuxer.Muxer
	chosen string
}

// load puts what the driver writes into a muxer for each entry point. A route's handler notes the backend of its TraefikService.
func load(t rapid.TB, edges []model.Edge) map[string]*muxer {
	return loadWithout(t, edges, func(traefikio.IngressRoute) bool { return false })
}

// loadWithout does the same without the IngressRoutes that are lost.
func loadWithout(t rapid.TB, edges []model.Edge, lost func(traefikio.IngressRoute) bool) map[string]*muxer {
	out, err := traefik.New().Render(model.Namespace{Name: "bank", Edges: edges})
	if err != nil {
		t.Fatalf("Render: %v\n%+v", err, edges)
	}
	backends := map[string]string{}
	for _, service := range typed[traefikio.TraefikService](t, out) {
		if backends[service.Name] != "" {
			t.Fatalf("two lines have the TraefikService %s", service.Name)
		}
		backends[service.Name] = guardAnswers
		if children := service.Spec.Weighted.Services; len(children) > 0 {
			backends[service.Name] = children[0].Name
		}
	}
	muxers := map[string]*muxer{"web": newMuxer(t), "websecure": newMuxer(t)}
	for _, object := range typed[traefikio.IngressRoute](t, out) {
		if len(object.Spec.EntryPoints) != 1 {
			t.Fatalf("%s has the entry points %v", object.Name, object.Spec.EntryPoints)
		}
		if lost(object) {
			continue
		}
		m := muxers[object.Spec.EntryPoints[0]]
		rules := map[string]bool{}
		for _, route := range object.Spec.Routes {
			if rules[route.Match] {
				t.Fatalf("%s has the rule %s twice: Traefik would keep one of them", object.Name, route.Match)
			}
			rules[route.Match] = true
			if !slices.Equal(route.Middlewares, object.Spec.Routes[0].Middlewares) {
				t.Fatalf("%s: the rule %s has other middlewares than the first, a way around them", object.Name, route.Match)
			}
			if object.Spec.TLS != nil && strings.Contains(route.Match, "HostRegexp") {
				t.Fatalf("%s: Traefik serves the rule %s with its default TLS options", object.Name, route.Match)
			}
			m.add(t, route.Match, route.Priority, backends[route.Services[0].Name])
		}
	}
	return muxers
}

// syntaxParser is made once: it keeps nothing of what it reads.
var syntaxParser = sync.OnceValues(func() (httpmuxer.SyntaxParser, error) { return httpmuxer.NewSyntaxParser() })

func newMuxer(t rapid.TB) *muxer {
	parser, err := syntaxParser()
	if err != nil {
		t.Fatalf("NewSyntaxParser: %v", err)
	}
	return &muxer{Muxer: httpmuxer.NewMuxer(parser, nil)}
}

func (m *muxer) add(t rapid.TB, rule string, priority int, backend string) {
	if priority < 1 || priority > 1<<31-1-1000 {
		t.Fatalf("the priority %d of %s is out of Traefik's range", priority, rule)
	}
	handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { m.chosen = backend })
	if err := m.AddRoute(rule, "", priority, "kubernetescrd", handler); err != nil {
		t.Fatalf("Traefik refuses the rule %s: %v", rule, err)
	}
}

// route gives the backend that a request is led to, empty when Traefik answers 404.
func (m *muxer) route(request request) string {
	m.chosen = ""
	requestdecorator.New(nil).ServeHTTP(httptest.NewRecorder(), request.http(), m.ServeHTTP)
	return m.chosen
}

// typed are the objects of a kind, read into Traefik's type.
func typed[T any](t rapid.TB, out driver.Output) []T {
	kind := fmt.Sprintf("%T", *new(T))
	kind = kind[strings.LastIndex(kind, ".")+1:]
	var objects []T
	for _, object := range out.Objects {
		if object.GetObjectKind().GroupVersionKind().Kind != kind {
			continue
		}
		var into T
		content := object.Object.(*unstructured.Unstructured).Object
		if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(content, &into, true); err != nil {
			t.Fatalf("%s: %v", object.GetName(), err)
		}
		objects = append(objects, into)
	}
	return objects
}
