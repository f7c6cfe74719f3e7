package bench

import (
	"slices"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// decided is a decision about a release and what was written because of it.
type decided struct {
	*v1alpha1.ReleaseStatus
	// written is when the last object that carries the split was stored. Zero: none was.
	written time.Time
}

// stories are the decisions about each release that moved requests, in order: that in which they were sent, because the answer to what follows from a
// decision may come before the answer to the decision.
func stories(done []*call) map[client.ObjectKey][]decided {
	slices.SortFunc(done, func(a, b *call) int { return a.began.Compare(b.began) })
	told := map[client.ObjectKey][]decided{}
	for _, one := range done {
		means := one.means()
		story := told[one.object]
		if means.decision != nil && (len(story) == 0 || story[len(story)-1].Revision != means.decision.Revision) {
			told[one.object] = append(story, decided{ReleaseStatus: means.decision})
		}
		if story := told[means.split]; len(story) > 0 {
			story[len(story)-1].written = one.ended
		}
	}
	return told
}

// at is the decision that began a step.
func at(story []decided, number int32) (decided, bool) {
	i := slices.IndexFunc(story, func(d decided) bool { return d.Step != nil && d.Step.Number == number && !d.written.IsZero() })
	if i < 0 {
		return decided{}, false
	}
	return story[i], true
}

// quantile of some durations, in milliseconds.
func quantile(of []time.Duration, q float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return float64(sorted[min(int(q*float64(len(sorted))), len(sorted)-1)].Microseconds()) / 1000
}
