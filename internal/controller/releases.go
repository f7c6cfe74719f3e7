package controller

import (
	"context"
	"errors"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/action"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/release"
)

// afterConflict is when to look again at a release that has changed since the cache showed it. Its event comes earlier as a rule.
const afterConflict = 200 * time.Millisecond

// releaseReader reads releases and the actions on them. A load.Reader does.
type releaseReader interface {
	Release(ctx context.Context, key client.ObjectKey) (*v1alpha1.CanaryRelease, error)
	OpenActions(ctx context.Context, release client.ObjectKey) ([]*v1alpha1.ReleaseAction, error)
}

// releases reconciles single CanaryReleases: it has decided where their requests go, and stores it. Carrying it out is the namespace
// controller's.
type releases struct {
	reader    releaseReader
	board     *board
	desk      *desk
	analyses  *analyses
	decisions *apply.Decisions
	recorder  events.EventRecorder
	gauges    *releaseGauges
	now       func() time.Time
}

// Reconcile decides about one release.
func (r *releases) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	of, err := r.reader.Release(ctx, request.NamespacedName)
	if err != nil {
		return reconcile.Result{}, err
	}
	if of == nil || !of.DeletionTimestamp.IsZero() {
		r.forget(request.NamespacedName)
		return reconcile.Result{}, nil
	}
	known, ok := r.board.look(of)
	if !ok || r.decisions.Behind(of) {
		return reconcile.Result{}, nil // what is missing wakes us when it comes
	}
	return r.decide(ctx, of, known)
}

// decide decides about a release as it is.
func (r *releases) decide(ctx context.Context, of *v1alpha1.CanaryRelease, known standing) (reconcile.Result, error) {
	key := client.ObjectKeyFromObject(of)
	actions, err := r.reader.OpenActions(ctx, key)
	if err != nil {
		return reconcile.Result{}, err
	}
	pending, answers, unjudged := r.desk.judge(ctx, of, actions) // nobody to ask about actions is no reason to stand still
	now := r.now()
	decision := release.Decide(now, intentOf(of), of.Status.Release, release.Observation{
		Replicas: known.replicas, Revision: known.revision, SettledAt: known.settledAt, Held: known.held,
		Judged: r.analyses.result(key, of.UID), Actions: pending, KillSwitch: known.killSwitch,
	})
	if decision.Changed {
		if err := r.decisions.Write(ctx, of, decision.State); apierrors.IsConflict(err) {
			return reconcile.Result{RequeueAfter: afterConflict}, nil
		} else if err != nil {
			return reconcile.Result{}, client.IgnoreNotFound(err)
		}
		r.tell(ctx, of, decision)
	}
	r.gauges.show(of, decision.State)
	r.analyses.want(key, roundOf(of, known, decision.Due))
	err = r.desk.answer(append(answers, action.Decided(actions, decision.Answers)...))
	return reconcile.Result{RequeueAfter: until(decision.Wake, now)}, errors.Join(unjudged, err)
}

func intentOf(of *v1alpha1.CanaryRelease) release.Intent {
	return release.Intent{
		UID: string(of.UID), Generation: of.Generation, Spec: &of.Spec,
		HandsOff: of.Annotations[v1alpha1.AnnotationReconcile] == v1alpha1.ReconcileDisabled,
	}
}

// until is the time that is left; of an instant that is over, as little as there is. 0: nothing is waited for.
func until(then, now time.Time) time.Duration {
	if then.IsZero() {
		return 0
	}
	return max(then.Sub(now), time.Nanosecond)
}

// tell records what a stored decision has changed.
func (r *releases) tell(ctx context.Context, of *v1alpha1.CanaryRelease, decision release.Decision) {
	countDecision(of, decision, r.now())
	for _, transition := range decision.Transitions {
		logf.FromContext(ctx).Info("decided", "reason", transition.Reason, "by", transition.By, "message", transition.Message, "from", transition.From, "to", transition.To)
		transitionEvent(r.recorder, of, transition)
	}
}

// forget drops what is known of a release that is gone.
func (r *releases) forget(key client.ObjectKey) {
	r.analyses.forget(key)
	r.decisions.Forget(key)
	r.gauges.drop(key)
}
