package linkerd

import (
	"testing"
	"time"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
)

func TestMetricQueries(t *testing.T) {
	traffic := driver.Traffic{Namespace: "shop", Service: "orders", Backend: "orders-v2-4f1e", Ports: []int32{8080}, Window: time.Minute}
	for name, source := range map[string]driver.MetricSource{
		"policy": policyDriver{}, "classic": classicDriver{},
	} {
		text := "requests\n" + source.Requests(traffic) + "\n\nfailures\n" + source.Failures(traffic) + "\n\nlatency\n" + source.Latency(traffic, 0.99) + "\n"
		golden.Check(t, "testdata/metrics/"+name+".promql", text)
	}
}
