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

// reporter publishes the statuses and events of custom resources.
type reporter struct {
	statuses *apply.Statuses
	recorder events.EventRecorder
	now      func() time.Time
	problems problemGauge

	mu sync.Mutex
	// pending is since when objects are in progress, by namespace.
	pending map[string]map[types.UID]time.Time
}

// round is the report of one namespace.
type round struct {
	*reporter
	before, pending map[types.UID]time.Time
	wait            time.Duration
	errs            []error
}

// report publishes what has changed. It returns how long to wait before a status that is kept back must be published.
func (r *reporter) report(view *load.View, namespace *status.Namespace) (time.Duration, error) {
	r.problems.set(view.Namespace, namespace.Plan.Problems)
	one := &round{reporter: r, before: r.take(view.Namespace), pending: map[types.UID]time.Time{}}
	report(one, reportedReleases(namespace), view.Releases)
	report(one, reportedPolicies(namespace), view.Policies)
	report(one, reportedProfiles(namespace), view.Profiles)
	report(one, reportedEgresses(namespace), view.Egresses)
	r.put(view.Namespace, one.pending)
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
		old := kind.status(object)
		if newest, ahead := r.statuses.Newest(object); ahead {
			old = newest.(S)
		}
		next := kind.compute(object, old)
		if equality.Semantic.DeepEqual(old, next) || r.keepBack(object, kind.common(old), kind.common(next)) {
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
	since, known := r.before[object.GetUID()]
	if !known {
		since = r.now()
	}
	r.pending[object.GetUID()] = since
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

func (r *reporter) take(namespace string) map[types.UID]time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pending[namespace]
}

func (r *reporter) put(namespace string, pending map[types.UID]time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pending == nil {
		r.pending = map[string]map[types.UID]time.Time{}
	}
	r.pending[namespace] = pending
	if len(pending) == 0 {
		delete(r.pending, namespace)
	}
}

// forget drops what is known of a namespace.
func (r *reporter) forget(namespace string) {
	r.put(namespace, nil)
	r.problems.set(namespace, nil)
}
