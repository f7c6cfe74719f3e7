package testbed_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/backend"
)

var everything = testbed.Options{
	Controllers: true, Nodes: 2, Audit: true, Traefik: &testbed.TraefikOptions{}, Backend: &backend.Options{DownWhenGone: true},
}

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, everything)) }

func await(t *testing.T, what string, attempt func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		last := attempt(ctx)
		if last == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("waited for %s: %v", what, last)
		case <-ticker.C:
		}
	}
}

func apply(t *testing.T, tb *testbed.Testbed, manifests string) {
	t.Helper()
	path := t.TempDir() + "/manifests.yaml"
	if err := os.WriteFile(path, []byte(manifests), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tb.Kubectl(t.Context(), "apply", "-f", path); err != nil {
		t.Fatal(err)
	}
}
