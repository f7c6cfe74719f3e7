package bench

import (
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// namespacesAtOnce is how many namespaces the releases are spread over.
const namespacesAtOnce = 50

// BenchmarkInstant has all releases take a step at one instant: the hold of each first step ends then. It measures the time from the earliest end of
// a hold to the last write, and how long a client that does nothing but write takes for the same requests, which are decisions, objects, statuses
// and Events.
func BenchmarkInstant(b *testing.B) {
	for b.Loop() {
		w := newWorld(b)
		all := w.newFleet(namespacesAtOnce, releases)
		stop := w.run("")
		instant := time.Now().Add(creating)
		w.start(all, func(i int) *v1alpha1.CanaryRelease {
			return release(all[i], step(5, w.until(instant)), step(10, time.Hour), step(100, 0))
		})
		w.await("releases at the second step", len(all), creating, func() int {
			return arrived(all, stories(w.calls.since(time.Time{})), 2)
		})
		w.quiet()
		stop()

		earliest, latest := dues(all, stories(w.calls.since(time.Time{})), w.settle)
		before, after := split(w.calls.since(time.Time{}), earliest)
		took := after[len(after)-1].ended.Sub(earliest)
		rate := w.replay(before, after)
		b.ReportMetric(float64(latest.Sub(earliest).Milliseconds()), "spread-ms")
		b.ReportMetric(float64(took.Milliseconds()), "last-write-ms")
		b.ReportMetric(float64(len(after)), "writes")
		b.ReportMetric(rate, "raw-writes/s")
		b.ReportMetric(took.Seconds()/(float64(len(after))/rate), "ratio-to-raw")
		w.reportCalls(w.calls.since(earliest), len(all), "step")
	}
}

// dues are the first and the last instant at which a hold of a first step ended.
func dues(all fleet, told map[client.ObjectKey][]decided, settle time.Duration) (earliest, latest time.Time) {
	for _, key := range all {
		first, _ := at(told[key], 1)
		due := first.written.Add(settle + first.Step.Hold.Duration)
		if earliest.IsZero() || due.Before(earliest) {
			earliest = due
		}
		if due.After(latest) {
			latest = due
		}
	}
	return earliest, latest
}

// split parts the writes, Events among them, before an instant from those after it.
func split(done []*call, instant time.Time) (before, after []*call) {
	for _, one := range done {
		switch {
		case !one.stored():
		case one.ended.After(instant):
			after = append(after, one)
		default:
			before = append(before, one)
		}
	}
	return before, after
}
