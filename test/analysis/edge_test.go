package analysis

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/load"
	"github.com/kubemate/kubemate/internal/analysis"
	"github.com/kubemate/kubemate/internal/driver/traefik"
	"github.com/kubemate/kubemate/internal/model"
)

const host = "shop.example"

// deployment is a variant's pods and the Service that answers for it.
const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec: {terminationGracePeriodSeconds: 1, containers: [{name: shop, image: shop}]}
---
apiVersion: v1
kind: Service
metadata: {name: NAME, namespace: shop}
spec: {selector: {app: NAME}, ports: [{port: 80, targetPort: 8080}]}
---
`

// edge publishes orders, half of it from each variant, exactly as the driver writes it.
func edge(t *testing.T) string {
	t.Helper()
	origin := model.Origin{Kind: "IngressProfile", Name: "shop"}
	out, err := traefik.New().Render(model.Namespace{Name: "shop", Edges: []model.Edge{{
		Name: "shop", Gateway: model.Gateway{Name: "default", HTTP: "web", HTTPS: "websecure"}, Hosts: []string{host}, Origin: origin,
		Routes: []model.EdgeRoute{{
			Service: "orders", Port: 80, Protocol: model.ProtocolHTTP,
			Table: []model.Route{{Split: []model.Share{{Backend: "orders-v1", Weight: 50}, {Backend: "orders-v2", Weight: 50}}, Origins: []model.Origin{origin}}},
		}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	for _, object := range out.Objects {
		content, err := yaml.Marshal(object.Object)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "---\n%s", content)
	}
	return text.String()
}

func TestEdgeMetrics(t *testing.T) {
	tb := testbed.Shared(t)
	if _, err := tb.Kubectl(t.Context(), "create", "namespace", "shop"); err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/shop.yaml"
	manifests := strings.ReplaceAll(deployment, "NAME", "orders-v1") + strings.ReplaceAll(deployment, "NAME", "orders-v2") + edge(t)
	if err := os.WriteFile(path, []byte(manifests), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tb.Kubectl(t.Context(), "apply", "-f", path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tb.Backend.Reset)
	reader := reader(t, tb, nil)
	orders := round("orders", everything, signals(t, traefik.New()))
	orders.Window = 8 * time.Second
	measure := func() []analysis.Finding { return reader.Measure(t.Context(), now(orders)).Findings }
	// Each kind of request fails at a rate of its own, so that what is left of the one before in the window does not do.
	for name, test := range map[string]struct {
		kind     string
		failures float64
		low      float64
	}{
		"http": {"text/plain", 0.1, 87},
		"grpc": {"application/grpc", 0.5, 47},
	} {
		t.Run(name, func(t *testing.T) {
			tb.Backend.Set(backend.Matcher{Labels: map[string]string{"app": "orders-v2"}}, backend.Behaviour{
				Latency: 150 * time.Millisecond, ErrorRate: test.failures, GRPCStatus: 14,
			})
			running, err := load.Start(t.Context(), load.Options{
				URL: tb.Traefik.Web(), Host: host, Method: http.MethodPost, Header: http.Header{"Content-Type": {test.kind}}, Rate: 80,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer running.Stop()
			rate, latency := expectation{"Fail", test.low, test.low + 6}, expectation{"Pass", 0.1, 0.3}
			slow := expectation{"Fail", 0.1, 0.3}
			await(t, measure, expect(rate, expectation{"Pass", 20, 60}, latency, latency, latency, slow, rate, slow))
		})
	}
}
