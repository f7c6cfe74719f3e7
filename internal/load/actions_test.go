package load

import (
	"reflect"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

func someAction() *v1alpha1.ReleaseAction {
	return &v1alpha1.ReleaseAction{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "a", UID: "u", ResourceVersion: "7", Labels: map[string]string{"a": "b"}, CreationTimestamp: metav1.NewTime(time.Unix(1, 0))},
		Spec:       v1alpha1.ReleaseActionSpec{Release: "orders", Action: v1alpha1.VerbAbort, Reason: "CHG-1"},
	}
}

func TestActionsAreFoundByReleaseUntilTheyHaveAnAnswer(t *testing.T) {
	action := transformed(t, action, someAction())
	if got := releaseKeys(action); !reflect.DeepEqual(got, []string{"orders"}) {
		t.Errorf("an open action is found by %q", got)
	}
	if action.Spec.Reason != "CHG-1" {
		t.Error("an open action lost its reason")
	}
	action.Status.Phase = v1alpha1.ActionApplied
	if got := releaseKeys(action); got != nil {
		t.Errorf("an answered action is found by %q", got)
	}
}

func TestAnsweredActionsKeepWhatTheirDeletionNeeds(t *testing.T) {
	answered := someAction()
	answered.Status = v1alpha1.ReleaseActionStatus{ObservedGeneration: 1, Phase: v1alpha1.ActionRefused, Message: "not now"}
	kept := transformed(t, action, answered)
	want := &v1alpha1.ReleaseAction{ObjectMeta: metav1.ObjectMeta{
		Namespace: "shop", Name: "a", UID: "u", ResourceVersion: "7", CreationTimestamp: metav1.NewTime(time.Unix(1, 0)),
	}}
	want.Status.Phase = v1alpha1.ActionRefused
	if !reflect.DeepEqual(kept, want) {
		t.Errorf("kept %+v", kept)
	}
}
