package bench

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// Steps of this benchmark: 500 releases, each of which takes one every 20 seconds.
const (
	stepsPerSecond = 25
	cycle          = releases * time.Second / stepsPerSecond
	stepsMeasured  = 3
)

// BenchmarkSteps measures how much longer than configured a step lasts, from the last write of its split to the last write of the next one's:
// everything between a hold that ends and the objects that follow from it, and whatever was late in telling when the hold began.
func BenchmarkSteps(b *testing.B) {
	for _, namespaces := range []int{50, 1} {
		b.Run(fmt.Sprintf("namespaces=%d", namespaces), func(b *testing.B) {
			for b.Loop() {
				steps(b, namespaces)
			}
		})
	}
}

func steps(b *testing.B, namespaces int) {
	w := newWorld(b)
	all := w.newFleet(namespaces, releases)
	stop := w.run("")
	defer stop()
	hold, first := cycle-w.settle, time.Now().Add(creating)
	w.start(all, func(i int) *v1alpha1.CanaryRelease {
		second := first.Add(time.Duration(i) * time.Second / stepsPerSecond)
		return release(all[i], step(5, w.until(second)), step(10, hold), step(20, hold), step(40, time.Hour), step(100, 0))
	})
	w.await("releases at the last step that is measured", len(all), (stepsMeasured+2)*cycle, func() int {
		return arrived(all, stories(w.calls.since(time.Time{})), stepsMeasured+1)
	})
	w.quiet()

	over := overheads(all, stories(w.calls.since(time.Time{})), w.settle)
	b.ReportMetric(quantile(over, 0.5), "p50-overhead-ms")
	b.ReportMetric(quantile(over, 0.99), "p99-overhead-ms")
	b.ReportMetric(quantile(over, 1), "max-overhead-ms")
	w.reportCalls(w.calls.since(first), len(over), "step")
}

// arrived is how many releases have got to a step.
func arrived(all fleet, told map[client.ObjectKey][]decided, number int32) int {
	var count int
	for _, key := range all {
		if _, there := at(told[key], number); there {
			count++
		}
	}
	return count
}

// overheads are how much longer than configured the steps lasted.
func overheads(all fleet, told map[client.ObjectKey][]decided, settle time.Duration) []time.Duration {
	var found []time.Duration
	for _, key := range all {
		for number := int32(1); number <= stepsMeasured; number++ {
			this, _ := at(told[key], number)
			next, _ := at(told[key], number+1)
			found = append(found, next.written.Sub(this.written)-this.Step.Hold.Duration-settle)
		}
	}
	return found
}

// reportCalls prints how many requests some things took, such as steps, by their kinds.
func (w *world) reportCalls(made []*call, count int, thing string) {
	kinds := map[string]int{}
	var writes int
	for _, one := range made {
		kinds[one.kind()]++
		if one.write() {
			writes++
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		w.Logf("%-40s %7d  %.3f per %s", kind, kinds[kind], float64(kinds[kind])/float64(count), thing)
	}
	w.ReportMetric(float64(len(made))/float64(count), "calls/"+thing)
	w.ReportMetric(float64(writes)/float64(count), "writes/"+thing)
}
