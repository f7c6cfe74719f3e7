package bench

import (
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed/operator"
)

// BenchmarkFailover has a standby take over from a leader that is stopped, and from one that is killed. It measures the time from there until weights that
// are edited by hand at once are told as programmed: the objects that carry them are stored then.
func BenchmarkFailover(b *testing.B) {
	for name, end := range map[string]func(*operator.Operator) error{
		"stopped": func(leader *operator.Operator) error { return leader.Stop(time.Minute) },
		"killed":  func(leader *operator.Operator) error { return leader.Kill() },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w := newWorld(b)
				all := w.newFleet(1, 10)
				leader := w.replica()
				w.each(len(all), writers, func(i int) error { return w.admin.Create(b.Context(), byHand(release(all[i]), 10)) })
				w.await("weights programmed", len(all), time.Minute, func() int { return w.weighing(all, "10") })
				standby := w.replica()

				began := time.Now()
				ended := make(chan error, 1)
				go func() { ended <- end(leader) }()
				w.each(len(all), writers, func(i int) error {
					var found v1alpha1.CanaryRelease
					if err := w.admin.Get(b.Context(), all[i], &found); err != nil {
						return err
					}
					return w.admin.Update(b.Context(), byHand(&found, 20))
				})
				for w.weighing(all, "20") < len(all) {
					if time.Since(began) > time.Minute {
						b.Fatal("nobody takes over within a minute")
					}
					time.Sleep(20 * time.Millisecond)
				}
				b.ReportMetric(time.Since(began).Seconds(), "until-programmed-s")
				w.must(<-ended)
				w.must(standby.Stop(time.Minute))
			}
		})
	}
}

// replica is one more process of the operator, with the default lease.
func (w *world) replica() *operator.Operator {
	w.Helper()
	made, err := operator.Start(w.Context(), w.server, operator.Options{Binary: operator.Binary(), Dir: w.TempDir()})
	w.must(err)
	return made
}

// weighing counts the releases of which v2 is told to have a share in force.
func (w *world) weighing(all fleet, share string) int {
	w.Helper()
	var found v1alpha1.CanaryReleaseList
	w.must(w.admin.List(w.Context(), &found, client.InNamespace(all[0].Namespace)))
	var count int
	for i := range found.Items {
		if shares := found.Items[i].Status.Variants; len(shares) == 2 && shares[1].Programmed == share {
			count++
		}
	}
	return count
}
