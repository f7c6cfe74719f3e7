package controller

import (
	"context"
	"errors"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
)

const retention = 90 * 24 * time.Hour

var recorded = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// archive is what a cache holds, and what was deleted from it.
type archive struct {
	client.Writer
	action  *v1alpha1.ReleaseAction
	release *v1alpha1.CanaryRelease
	deleted int
	refuses error
}

func (a *archive) Action(context.Context, client.ObjectKey) (*v1alpha1.ReleaseAction, error) {
	return a.action, nil
}

func (a *archive) Release(context.Context, client.ObjectKey) (*v1alpha1.CanaryRelease, error) {
	return a.release, nil
}

func (a *archive) Delete(_ context.Context, obj client.Object, opts ...client.DeleteOption) error {
	options := (&client.DeleteOptions{}).ApplyOptions(opts)
	if options.Preconditions == nil || *options.Preconditions.UID != obj.GetUID() {
		return errors.New("deleted without its UID")
	}
	a.deleted++
	return a.refuses
}

// noStatuses writes nothing: it is never started.
func noStatuses() *apply.Statuses { return apply.NewStatuses(nil, nil) }

func newArchive() *archive {
	action := &v1alpha1.ReleaseAction{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "a", UID: "a-1", Generation: 1, CreationTimestamp: metav1.NewTime(recorded)}}
	action.Spec.Release, action.Spec.ReleaseUID, action.Spec.Action = "orders", "r-1", v1alpha1.VerbAbort
	release := &v1alpha1.CanaryRelease{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "orders", UID: "r-1"}}
	return &archive{action: action, release: release}
}

// look looks at the action after an age.
func (a *archive) look(t *testing.T, keep, age time.Duration) (reconcile.Result, *desk, error) {
	t.Helper()
	now := func() time.Time { return recorded.Add(age) }
	d := &desk{statuses: noStatuses(), now: now}
	r := &records{reader: a, desk: d, client: a, retention: keep, now: now}
	result, err := r.Reconcile(t.Context(), reconcile.Request{})
	return result, d, err
}

func TestAnswersAreKeptForTheirRetention(t *testing.T) {
	for name, test := range map[string]struct {
		keep, age time.Duration
		deleted   int
		again     time.Duration
	}{
		"a moment before its time it stays, and is looked at then": {retention, retention - time.Second, 0, time.Second},
		"at its time it goes":                 {retention, retention, 1, 0},
		"a long time after, too":              {retention, 2 * retention, 1, 0},
		"without retention it stays for ever": {0, 100 * retention, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			a := newArchive()
			a.action.Status.Phase = v1alpha1.ActionApplied
			result, _, err := a.look(t, test.keep, test.age)
			if err != nil || a.deleted != test.deleted || result.RequeueAfter != test.again {
				t.Errorf("deleted %d, again in %s, %v", a.deleted, result.RequeueAfter, err)
			}
		})
	}
}

func TestARefusedDeletionIsTriedAgain(t *testing.T) {
	a := newArchive()
	a.refuses = errors.New("the webhook is down")
	if _, _, err := a.look(t, retention, retention); err == nil {
		t.Error("no error")
	}
}

func TestAnActionWithoutReleaseIsAnswered(t *testing.T) {
	a := newArchive()
	a.release = nil
	result, desk, err := a.look(t, retention, time.Second)
	if _, answered := desk.statuses.Newest(a.action); err != nil || answered || result.RequeueAfter != 29*time.Second {
		t.Fatalf("answered %t before its release could arrive, again in %s, %v", answered, result.RequeueAfter, err)
	}
	result, desk, err = a.look(t, retention, time.Minute)
	status, answered := desk.statuses.Newest(a.action)
	if err != nil || !answered || status.(v1alpha1.ReleaseActionStatus).Phase != v1alpha1.ActionIgnored {
		t.Fatalf("not ignored: %+v, %v", status, err)
	}
	if result.RequeueAfter != retention-time.Minute {
		t.Errorf("looked at again in %s, not at the end of its retention", result.RequeueAfter)
	}
	if a.action.Status.Phase != "" || a.action.Kind != "" {
		t.Error("the action in the cache was changed")
	}
}
