package controller

import (
	"errors"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/status"
)

// patience is how long a status that says "in progress" is kept back: most of the time the end is a moment away, and one status write says it.
// It is longer than an API server takes for the steps of 500 releases at once: statuses that only say so would make it take longer still.
const patience = 5 * time.Second

// countsEvery is how often the status of an object is written for nothing but counts of pods, or how far restarts are.
const countsEvery = 5 * time.Second

// reporter publishes the statuses and events of custom resources.
type reporter struct {
	statuses *apply.Statuses
	recorder events.EventRecorder
	now      func() time.Time
	problems problemGauge

	mu sync.Mutex
	// memories by namespace.
	memories map[string]memory
}

// memory is what the next report of a namespace must know of this one.
type memory struct {
	// pending is since when objects are in progress, counted when counts of theirs were published last.
	pending, counted map[types.UID]time.Time
}

// round is the report of one namespace.
type round struct {
	*reporter
	before, after memory
	wait          time.Duration
	errs          []error
}

// report publishes what has changed. It returns how long to wait before a status that is kept back must be published.
func (r *reporter) report(view *load.View, namespace *status.Namespace) (time.Duration, error) {
	r.problems.set(view.Namespace, namespace.Plan.Problems)
	one := &round{reporter: r, before: r.take(view.Namespace), after: memory{map[types.UID]time.Time{}, map[types.UID]time.Time{}}}
	report(one, reportedReleases(namespace), view.Releases)
	report(one, reportedPolicies(namespace), view.Policies)
	report(one, reportedProfiles(namespace), view.Profiles)
	report(one, reportedEgresses(namespace), view.Egresses)
	r.put(view.Namespace, one.after)
	return one.wait, errors.Join(one.errs...)
}

// published is the status of a release as it was published last.
func (r *reporter) published(of *v1alpha1.CanaryRelease) v1alpha1.CanaryReleaseStatus {
	if newest, ahead := r.statuses.Newest(of); ahead {
		return newest.(v1alpha1.CanaryReleaseStatus)
	}
	return of.Status
}

// report publishes the statuses of one kind.
func report[O client.Object, S any](r *round, kind reported[O, S], objects []O) {
	for _, object := range objects {
		if last := r.before.counted[object.GetUID()]; r.now().Sub(last) < countsEvery {
			r.after.counted[object.GetUID()] = last
		}
		old := kind.status(object)
		if newest, ahead := r.statuses.Newest(object); ahead {
			old = newest.(S)
		}
		next := kind.compute(object, old)
		if equality.Semantic.DeepEqual(old, next) || r.keepBack(object, kind.common(old), kind.common(next)) || tooSoon(r, kind, object, old, next) {
			continue
		}
		object.GetObjectKind().SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind.kind))
		if err := r.statuses.Publish(object, &next, next); err != nil {
			r.errs = append(r.errs, err)
			continue
		}
		r.tell(object, kind.common(old), kind.common(next))
	}
}

// keepBack says whether to wait before a status is published that may be over in a moment.
func (r *round) keepBack(object client.Object, old, next v1alpha1.CommonStatus) bool {
	programmed := meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionProgrammed)
	if programmed == nil || programmed.Reason != v1alpha1.ReasonPending || publishedPending(old, next) {
		return false
	}
	since, known := r.before.pending[object.GetUID()]
	if !known {
		since = r.now()
	}
	r.after.pending[object.GetUID()] = since
	left := patience - r.now().Sub(since)
	if left <= 0 {
		return false
	}
	r.wait = soonest(r.wait, left)
	return true
}

// publishedPending says whether the progress of this generation was published already.
func publishedPending(old, next v1alpha1.CommonStatus) bool {
	programmed := meta.FindStatusCondition(old.Conditions, v1alpha1.ConditionProgrammed)
	return programmed != nil && programmed.Reason == v1alpha1.ReasonPending && old.ObservedGeneration == next.ObservedGeneration
}

// tooSoon says whether to wait before a status is published that differs in nothing but counts.
func tooSoon[O client.Object, S any](r *round, kind reported[O, S], object O, old, next S) bool {
	if kind.uncounted == nil {
		return false
	}
	now := r.now()
	left := countsEvery - now.Sub(r.before.counted[object.GetUID()])
	if left > 0 && equality.Semantic.DeepEqual(kind.uncounted(old), kind.uncounted(next)) {
		r.wait = soonest(r.wait, left)
		return true
	}
	r.after.counted[object.GetUID()] = now
	return false
}

func (r *reporter) take(namespace string) memory {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.memories[namespace]
}

func (r *reporter) put(namespace string, now memory) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.memories == nil {
		r.memories = map[string]memory{}
	}
	r.memories[namespace] = now
	if len(now.pending)+len(now.counted) == 0 {
		delete(r.memories, namespace)
	}
}

// forget drops what is known of a namespace.
func (r *reporter) forget(namespace string) {
	r.put(namespace, memory{})
	r.problems.set(namespace, nil)
}
