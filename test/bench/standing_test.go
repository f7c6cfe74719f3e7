package bench

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	auditv1 "k8s.io/apiserver/pkg/apis/audit/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/operator"
)

var (
	standing = flag.Int("standing", 2000, "how many releases stand in BenchmarkStanding")
	idle     = flag.Duration("idle", 2*time.Minute, "for how long nothing happens in BenchmarkStanding")
)

// tick is the unit of the kernel's account of processor time.
const tick = 10 * time.Millisecond

// BenchmarkStanding has releases stand at their first step and lets nothing happen. It measures, of the operator's own program, the memory with nothing and
// with all of that, the processor time and the requests while nothing happens, and how long a start takes then and what it writes.
func BenchmarkStanding(b *testing.B) {
	for b.Loop() {
		w := newWorldOf(b, testbed.Options{Audit: true})
		options := operator.Options{
			Config: "leaderElection: {enabled: false}\n", Binary: operator.Binary(), Dir: b.TempDir(),
		}
		running, err := operator.Start(b.Context(), w.server, options)
		w.must(err)
		w.silent(10 * time.Second)
		empty, bare := w.resident(running), w.living(running)

		all := w.newFleet(namespacesAtOnce, *standing)
		w.each(len(all), writers, func(i int) error {
			return w.admin.Create(b.Context(), release(all[i], step(5, time.Hour), step(100, 0)))
		})
		w.await("releases programmed", len(all), 20*time.Minute, w.programmed)
		w.silent(20 * time.Second)

		cpu, began := w.processor(running), time.Now()
		time.Sleep(*idle)
		b.ReportMetric(float64(w.processor(running)-cpu)/float64(time.Since(began))*100, "idle-%-of-a-core")
		b.ReportMetric(float64(len(w.requests(began))), "idle-requests")
		b.ReportMetric(empty/(1<<20), "empty-MiB")
		b.ReportMetric((w.resident(running)-empty)/float64(len(all))/(1<<10), "KiB/release")
		b.ReportMetric((w.living(running)-bare)/float64(len(all))/(1<<10), "living-KiB/release")

		w.must(running.Stop(time.Minute))
		began = time.Now()
		again, err := operator.Start(b.Context(), w.server, options)
		w.must(err)
		b.ReportMetric(time.Since(began).Seconds(), "cold-start-s")
		w.silent(20 * time.Second)
		b.ReportMetric(w.logWrites(w.requests(began)), "cold-writes")
		w.must(again.Stop(time.Minute))
	}
}

// programmed counts the releases whose split is in force.
func (w *world) programmed() int {
	w.Helper()
	var found v1alpha1.CanaryReleaseList
	w.must(w.admin.List(w.Context(), &found))
	var count int
	for i := range found.Items {
		if found.Items[i].Status.Programmed != nil {
			count++
		}
	}
	return count
}

// silent waits until the operator has asked for nothing for a while.
func (w *world) silent(while time.Duration) {
	w.Helper()
	w.await("the operator is silent", 0, 5*time.Minute, func() int { return len(w.requests(time.Now().Add(-while))) })
}

// requests are what the operator's program has asked of the API server since an instant, watches aside.
func (w *world) requests(since time.Time) []auditv1.Event {
	w.Helper()
	asked, err := w.audit.Since(since)
	w.must(err)
	return asked
}

// logWrites logs those of some requests that could change something, by kind, and counts them. To ask who one is stores nothing.
func (w *world) logWrites(asked []auditv1.Event) float64 {
	w.Helper()
	kinds, count := map[string]int{}, 0
	for _, event := range asked {
		if event.Verb != "get" && event.Verb != "list" && event.ObjectRef.Resource != "selfsubjectreviews" {
			kinds[fmt.Sprintf("%s %s/%s %d", event.Verb, event.ObjectRef.Resource, event.ObjectRef.Subresource, event.ResponseStatus.Code)]++
			count++
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		w.Logf("%7d %s", kinds[kind], kind)
	}
	return float64(count)
}

// resident is how much memory the operator's program has, in bytes.
func (w *world) resident(of *operator.Operator) float64 {
	w.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", of.PID()))
	w.must(err)
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kibibytes, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	w.must(err)
	return kibibytes * (1 << 10)
}

// living is how much memory was in use at the last collection, in bytes: Go collects again when there is twice as much.
func (w *world) living(of *operator.Operator) float64 {
	w.Helper()
	return w.metric(of.Metrics, "go_memstats_next_gc_bytes") / 2
}

// processor is how much processor time the operator's program has taken.
func (w *world) processor(of *operator.Operator) time.Duration {
	w.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", of.PID()))
	w.must(err)
	_, rest, _ := strings.Cut(string(stat), ") ")
	var total time.Duration
	for _, field := range strings.Fields(rest)[11:13] {
		ticks, err := strconv.Atoi(field)
		w.must(err)
		total += time.Duration(ticks) * tick
	}
	return total
}
