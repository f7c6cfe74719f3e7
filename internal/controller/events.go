package controller

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// maxNote is the longest note of an Event.
const maxNote = 1024

// tell records an Event when an object becomes ready or ceases to be, or the reason changes. Never for progress: Events are for people.
func (r *reporter) tell(object client.Object, old, next v1alpha1.CommonStatus) {
	before := meta.FindStatusCondition(old.Conditions, v1alpha1.ConditionReady)
	after := meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionReady)
	if after == nil || after.Reason == v1alpha1.ReasonPending || before != nil && before.Reason == after.Reason && before.Status == after.Status {
		return
	}
	kind := corev1.EventTypeWarning
	if after.Status == metav1.ConditionTrue {
		kind = corev1.EventTypeNormal
	}
	note := []rune(after.Message)
	r.recorder.Eventf(object, nil, kind, after.Reason, "Program", "%s", string(note[:min(len(note), maxNote/4)]))
}
