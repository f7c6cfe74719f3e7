package controller

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// maxNote is the longest note of an Event.
const maxNote = 1024

// tell records an Event when an object becomes ready or ceases to be, or the reason changes. Never for progress: Events are for people. What was
// decided about a release has Events of its own.
func (r *reporter) tell(object client.Object, old, next v1alpha1.CommonStatus) {
	before := meta.FindStatusCondition(old.Conditions, v1alpha1.ConditionReady)
	after := meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionReady)
	if after == nil || after.Reason == v1alpha1.ReasonPending || before != nil && before.Reason == after.Reason && before.Status == after.Status ||
		decided(object, after.Reason) {
		return
	}
	kind := corev1.EventTypeWarning
	if after.Status == metav1.ConditionTrue {
		kind = corev1.EventTypeNormal
	}
	r.recorder.Eventf(object, nil, kind, after.Reason, "Program", "%s", note(after.Message))
}

// decided says whether a reason of Ready is that of a decision.
func decided(object client.Object, reason string) bool {
	release, ok := object.(*v1alpha1.CanaryRelease)
	return ok && release.Status.Release != nil && (reason == release.Status.Release.Reason || reason == string(release.Status.Release.Phase))
}

// warnings are the transitions of a release that somebody should look at.
var warnings = map[string]bool{
	v1alpha1.ReasonAnalysisFailed: true, v1alpha1.ReasonAnalysisError: true, v1alpha1.ReasonDeadlineExceeded: true,
	v1alpha1.ReasonInsufficientCapacity: true, v1alpha1.ReasonKillSwitch: true, v1alpha1.ReasonAborted: true,
}

// transitionEvent records a transition of a release.
func transitionEvent(recorder events.EventRecorder, of *v1alpha1.CanaryRelease, transition v1alpha1.ReleaseTransition) {
	kind, text := corev1.EventTypeNormal, transition.Message
	if warnings[transition.Reason] {
		kind = corev1.EventTypeWarning
	}
	if transition.To != "" {
		text += " (" + transition.From + " to " + transition.To + ")"
	}
	recorder.Eventf(of, nil, kind, transition.Reason, "Release", "%s", note(text+", by "+transition.By))
}

// note cuts a text to what an Event holds.
func note(text string) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), maxNote/4)])
}
