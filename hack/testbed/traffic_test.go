package testbed_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/load"
)

const host = "shop.example"

// shop is two Deployments with a Service each, and a route that splits 90 to 10.
const shop = `
{{variant v1}}
---
{{variant v2}}
---
apiVersion: traefik.io/v1alpha1
kind: TraefikService
metadata: {name: shop}
spec: {weighted: {services: [{name: v1, port: 80, weight: 90}, {name: v2, port: 80, weight: 10}]}}
---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: shop}
spec:
  entryPoints: [web]
  routes:
  - {kind: Rule, match: Host("shop.example"), priority: 10, services: [{kind: TraefikService, name: shop}]}
  - {kind: Rule, match: 'Host("shop.example") && Header("X-Canary", "always")', priority: 20, services: [{name: v2, port: 80}]}
`

const variant = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  replicas: 2
  selector: {matchLabels: {version: NAME}}
  template:
    metadata: {labels: {version: NAME}}
    spec: {terminationGracePeriodSeconds: 1, containers: [{name: shop, image: shop}]}
---
apiVersion: v1
kind: Service
metadata: {name: NAME}
spec: {selector: {version: NAME}, ports: [{port: 80, targetPort: 8080}]}
`

func TestWeightedTraffic(t *testing.T) {
	began := time.Now()
	tb := testbed.Shared(t)
	t.Logf("everything started in %s", time.Since(began).Round(10*time.Millisecond))
	began = time.Now()
	deployShop(t, tb)
	t.Logf("first answer of both variants %s later", time.Since(began).Round(10*time.Millisecond))

	t.Run("90 to 10", func(t *testing.T) {
		result := send(t, load.Options{URL: tb.Traefik.Web(), Host: host, Count: 100, Rate: 200})
		if !about(result.ByVariant["v1"], 90) || !about(result.ByVariant["v2"], 10) || result.Failed != 0 {
			t.Errorf("got %s, want 90 for v1 and 10 for v2", result)
		}
	})
	t.Run("header", func(t *testing.T) {
		header := map[string][]string{"X-Canary": {"always"}}
		result := send(t, load.Options{URL: tb.Traefik.Web(), Host: host, Count: 50, Header: header})
		if result.ByVariant["v2"] != 50 {
			t.Errorf("got %s, want all for v2", result)
		}
	})
	t.Run("errors of one variant", func(t *testing.T) {
		tb.Backend.Set(backend.Matcher{Labels: map[string]string{"version": "v2"}}, backend.Behaviour{ErrorRate: 1, Status: 503})
		defer tb.Backend.Reset()
		result := send(t, load.Options{URL: tb.Traefik.Web(), Host: host, Count: 100})
		if !about(result.ByStatus[503], 10) || result.Failed != result.ByStatus[503] {
			t.Errorf("got %s, want the 10 of v2 to fail", result)
		}
	})
	t.Run("a variant that is down", func(t *testing.T) {
		tb.Backend.Set(backend.Matcher{Labels: map[string]string{"version": "v2"}}, backend.Behaviour{Down: true})
		defer tb.Backend.Reset()
		result := send(t, load.Options{URL: tb.Traefik.Web(), Host: host, Count: 100})
		if !about(result.ByVariant["v1"], 90) || !about(result.Failed, 10) {
			t.Errorf("got %s, want only the 10 of v2 to fail", result)
		}
	})
	t.Run("weights change under load", func(t *testing.T) {
		running, err := load.Start(t.Context(), load.Options{URL: tb.Traefik.Web(), Host: host, Rate: 500})
		if err != nil {
			t.Fatal(err)
		}
		for _, weight := range []int{20, 50, 80, 100} {
			patch := fmt.Sprintf(`[{"op": "replace", "path": "/spec/weighted/services/0/weight", "value": %d},
				{"op": "replace", "path": "/spec/weighted/services/1/weight", "value": %d}]`, 100-weight, weight)
			if _, err := tb.Kubectl(t.Context(), "patch", "traefikservice", "shop", "--type=json", "-p", patch); err != nil {
				t.Fatal(err)
			}
		}
		await(t, "all traffic to reach v2", func(ctx context.Context) error {
			result, err := load.Run(ctx, load.Options{URL: tb.Traefik.Web(), Host: host, Count: 20})
			if err == nil && result.ByVariant["v2"] != 20 {
				err = errors.New(result.String())
			}
			return err
		})
		result := running.Stop()
		t.Log(result)
		if err := result.Err(); err != nil {
			t.Error(err)
		}
	})
	t.Run("Traefik restarts", func(t *testing.T) {
		if err := tb.Traefik.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		await(t, "an answer", func(ctx context.Context) error {
			result, err := load.Run(ctx, load.Options{URL: tb.Traefik.Web(), Host: host, Count: 1})
			return errors.Join(err, result.Err())
		})
	})
}

func deployShop(t *testing.T, tb *testbed.Testbed) {
	t.Helper()
	manifests := shop
	for _, name := range []string{"v1", "v2"} {
		manifests = strings.Replace(manifests, "{{variant "+name+"}}", strings.ReplaceAll(variant, "NAME", name), 1)
	}
	apply(t, tb, manifests)
	awaitVariants(t, tb)
}

func send(t *testing.T, options load.Options) load.Result {
	t.Helper()
	result, err := load.Run(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// about allows for one more or less: Traefik begins its round anew whenever it loads a configuration, and one that changes nothing may be on its way.
func about(got, want int) bool { return got >= want-1 && got <= want+1 }

// awaitVariants waits until all four pods answer: only then has Traefik seen every endpoint.
func awaitVariants(t *testing.T, tb *testbed.Testbed) {
	t.Helper()
	await(t, "all pods to answer", func(ctx context.Context) error {
		result, err := load.Run(ctx, load.Options{URL: tb.Traefik.Web(), Host: host, Count: 100})
		if err == nil && (len(result.ByPod) != 4 || result.Failed > 0) {
			err = errors.New(result.String())
		}
		return err
	})
}
