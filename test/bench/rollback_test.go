package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// interval of the analysis of these releases.
const interval = 5 * time.Second

// BenchmarkRollback has the analysis of each of 500 releases fail, ten in a second. It measures the time from the metric source's answer to the last
// write of the objects that send all requests to stable again.
func BenchmarkRollback(b *testing.B) {
	for b.Loop() {
		w := newWorld(b)
		all := w.newFleet(namespacesAtOnce, releases)
		metrics := newMetrics()
		stop := w.run(fmt.Sprintf("analysis: {sources: [{name: default, address: %q}]}\n", metrics.URL))
		w.start(all, func(i int) *v1alpha1.CanaryRelease {
			made := release(all[i], step(10, time.Hour), step(100, 0))
			least := v1alpha1.MetricValue("99")
			made.Spec.Rollout.Analysis = &v1alpha1.Analysis{
				Interval: v1alpha1.Duration(interval.String()), Metrics: []v1alpha1.Metric{{Name: "success-rate", Min: &least}},
			}
			return made
		})
		var took []time.Duration
		w.await("releases rolled back", len(all), 2*time.Minute, func() int {
			took = rolledBack(all, stories(w.calls.since(time.Time{})), metrics)
			return len(took)
		})
		stop()
		metrics.Close()
		b.ReportMetric(quantile(took, 0.5), "p50-rollback-ms")
		b.ReportMetric(quantile(took, 0.99), "p99-rollback-ms")
		b.ReportMetric(quantile(took, 1), "max-rollback-ms")
	}
}

// rolledBack is how long each rollback took that is over.
func rolledBack(all fleet, told map[client.ObjectKey][]decided, metrics *metrics) []time.Duration {
	var found []time.Duration
	for _, key := range all {
		story := told[key]
		if len(story) == 0 {
			continue
		}
		if last := story[len(story)-1]; last.Phase == v1alpha1.PhaseRolledBack && !last.written.IsZero() {
			found = append(found, last.written.Sub(metrics.answered(key)))
		}
	}
	return found
}

// metrics is a metric source by whose answers every request fails: it says the same number of requests and of failures.
type metrics struct {
	*httptest.Server
	mu   sync.Mutex
	last map[client.ObjectKey]time.Time
}

// about finds the Service in a query about Linkerd's routes.
var about = regexp.MustCompile(`parent_name="([^"]+)",parent_namespace="([^"]+)"`)

func newMetrics() *metrics {
	made := &metrics{last: map[client.ObjectKey]time.Time{}}
	made.Server = httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, request *http.Request) {
		to.Header().Set("Content-Type", "application/json")
		fmt.Fprint(to, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1700000000,"100"]}]}}`)
		if of := about.FindStringSubmatch(request.FormValue("query")); of != nil {
			made.mu.Lock()
			defer made.mu.Unlock()
			made.last[client.ObjectKey{Namespace: of[2], Name: of[1]}] = time.Now()
		}
	}))
	return made
}

// answered is when the last question about a Service was answered.
func (m *metrics) answered(of client.ObjectKey) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last[of]
}
