package controller

import (
	"context"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/action"
)

// deleteDeadline bounds one deletion.
const deleteDeadline = 5 * time.Second

// actionReader reads actions and the releases that they name. Nil: there is none. A load.Reader does.
type actionReader interface {
	Action(ctx context.Context, key client.ObjectKey) (*v1alpha1.ReleaseAction, error)
	Release(ctx context.Context, key client.ObjectKey) (*v1alpha1.CanaryRelease, error)
}

// records looks after single ReleaseActions: those that no release takes up are answered, and each is deleted when it has been kept long enough.
// What an action does is decided with its release.
type records struct {
	reader actionReader
	desk   *desk
	client client.Writer
	// retention is how long an action stays. 0: for ever.
	retention time.Duration
	now       func() time.Time
}

// setupRecords adds the controller of single actions.
func setupRecords(mgr manager.Manager, reconciler *records) error {
	return builder.ControllerManagedBy(mgr).Named("releaseaction").
		WithOptions(controller.Options{RateLimiter: rateLimiter()}).
		For(&v1alpha1.ReleaseAction{}).
		Complete(reconciler)
}

// Reconcile looks after one action.
func (r *records) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	one, err := r.reader.Action(ctx, request.NamespacedName)
	if err != nil || one == nil || !one.DeletionTimestamp.IsZero() {
		return reconcile.Result{}, err
	}
	left, err := r.keep(ctx, one)
	if err != nil || left < 0 {
		return reconcile.Result{}, err
	}
	again, err := r.stray(ctx, one)
	return reconcile.Result{RequeueAfter: soonest(left, again)}, err
}

// keep deletes an action that has been kept long enough, and says how long the others still stay. 0: for ever; below: it is deleted.
func (r *records) keep(ctx context.Context, one *v1alpha1.ReleaseAction) (time.Duration, error) {
	if r.retention == 0 {
		return 0, nil
	}
	if left := one.CreationTimestamp.Add(r.retention).Sub(r.now()); left > 0 {
		return left, nil
	}
	ctx, cancel := context.WithTimeout(ctx, deleteDeadline)
	defer cancel()
	if err := r.client.Delete(ctx, one.DeepCopy(), client.Preconditions{UID: &one.UID}); client.IgnoreNotFound(err) != nil {
		return 0, fmt.Errorf("deleting ReleaseAction %s/%s, which is older than actions.retention: %w", one.Namespace, one.Name, err)
	}
	return -1, nil
}

// stray answers an action that no release takes up, and says when to look again.
func (r *records) stray(ctx context.Context, one *v1alpha1.ReleaseAction) (time.Duration, error) {
	if one.Status.Phase != "" {
		return 0, nil
	}
	release, err := r.reader.Release(ctx, client.ObjectKey{Namespace: one.Namespace, Name: string(one.Spec.Release)})
	if err != nil {
		return 0, err
	}
	answer, again := action.Stray(one, release, r.now())
	if answer == nil {
		return again, nil
	}
	return again, r.desk.answer([]action.Answer{*answer})
}
