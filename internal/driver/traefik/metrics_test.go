package traefik

import (
	"testing"
	"time"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
)

func TestMetricQueries(t *testing.T) {
	traffic := driver.Traffic{Namespace: "shop", Service: "orders", Backend: "orders-v2-4f1e", Ports: []int32{8080, 9090}, Window: time.Minute}
	d := New()
	text := "requests\n" + d.Requests(traffic) + "\n\nfailures\n" + d.Failures(traffic) + "\n\nlatency\n" + d.Latency(traffic, 0.99) + "\n"
	golden.Check(t, "testdata/metrics/queries.promql", text)
}

func TestNamesAreNormalizedAsTraefikDoes(t *testing.T) {
	for name, want := range map[string]string{"orders": "orders", "orders-v2": "orders-v2", "a--b": "a-b", "a.b": "a-b", "a-.b": "a-b", "1-2": "1-2"} {
		if got := normalized(name); got != want {
			t.Errorf("%s: %s; want %s", name, got, want)
		}
	}
}
