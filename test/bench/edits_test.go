package bench

import (
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

const (
	// edits is how many are measured, one after the other.
	edits = 300
	// carriers is how many objects carry a split: one of the mesh, one of the edge.
	carriers = 2
	// pause is how long nothing happens before an edit: the statuses of the last one are written by then.
	pause = 250 * time.Millisecond
)

// BenchmarkEdits changes weights by hand, one release of 500 at a time. It measures the time from the API server's answer to the edit to its answer to the
// last write of the objects that carry the split.
func BenchmarkEdits(b *testing.B) {
	for b.Loop() {
		w := newWorld(b)
		all := w.newFleet(namespacesAtOnce, releases)
		stop := w.run("")
		w.start(all, func(i int) *v1alpha1.CanaryRelease { return byHand(release(all[i]), 10) })
		w.await("splits by hand", len(all), creating, func() int { return w.splits(all) })
		w.quiet()
		var took []time.Duration
		for i := range edits {
			time.Sleep(pause)
			took = append(took, w.edit(all[i], 20))
		}
		stop()
		b.ReportMetric(quantile(took, 0.5), "p50-edit-ms")
		b.ReportMetric(quantile(took, 0.99), "p99-edit-ms")
		b.ReportMetric(quantile(took, 1), "max-edit-ms")
	}
}

// byHand gives v2 per cent by hand.
func byHand(made *v1alpha1.CanaryRelease, percent int32) *v1alpha1.CanaryRelease {
	made.Spec.Rollout = nil
	for i, share := range []int32{100 - percent, percent} {
		made.Spec.Variants[i].Weight = &share
	}
	return made
}

// edit changes weights and waits until all that carry them are written.
func (w *world) edit(of client.ObjectKey, percent int32) time.Duration {
	w.Helper()
	var found v1alpha1.CanaryRelease
	w.must(w.admin.Get(w.Context(), of, &found))
	began := time.Now()
	w.must(w.admin.Update(w.Context(), byHand(&found, percent)))
	committed := time.Now()
	for deadline := committed.Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if written := w.carried(of, began); len(written) >= carriers {
			return written[carriers-1].ended.Sub(committed)
		}
	}
	w.Fatalf("%s is not written after a minute", of)
	return 0
}

// carried are the writes since an instant of objects that carry the split of a Service.
func (w *world) carried(of client.ObjectKey, since time.Time) []*call {
	var written []*call
	for _, one := range w.calls.since(since) {
		if one.means().split == of {
			written = append(written, one)
		}
	}
	return written
}

// splits counts the Services of which all that carry the split were written.
func (w *world) splits(all fleet) int {
	written := map[client.ObjectKey]int{}
	for _, one := range w.calls.since(time.Time{}) {
		written[one.means().split]++
	}
	var count int
	for _, key := range all {
		if written[key] >= carriers {
			count++
		}
	}
	return count
}
