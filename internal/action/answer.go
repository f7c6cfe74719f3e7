package action

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/release"
)

// arrival is how long an action may be ahead of what is known of its release: both come by ways of their own.
const arrival = 30 * time.Second

// Decided are the answers to actions that were decided on. Only once the decision is stored they may be written: an action that says Applied
// has been.
func Decided(actions []*v1alpha1.ReleaseAction, decisions []release.Answer) []Answer {
	byUID := make(map[string]*v1alpha1.ReleaseAction, len(actions))
	for _, action := range actions {
		byUID[string(action.UID)] = action
	}
	var answers []Answer
	for _, decision := range decisions {
		action := byUID[decision.UID]
		if action == nil || action.Status.Phase != "" {
			continue
		}
		answer := Answer{Action: action, Phase: v1alpha1.ActionRefused, Message: decision.Message}
		if decision.Applied {
			answer.Phase = v1alpha1.ActionApplied
		}
		answers = append(answers, answer)
	}
	return answers
}

// Stray answers an action that no release takes up: its release is gone, another one of the name is there, or none of its generation. The
// release is nil when there is none. An action that is not stray, or may not be, is looked at again after a while; it has no answer. Nil and 0:
// the action has been answered.
func Stray(action *v1alpha1.ReleaseAction, of *v1alpha1.CanaryRelease, now time.Time) (*Answer, time.Duration) {
	if action.Status.Phase != "" || !action.DeletionTimestamp.IsZero() {
		return nil, 0
	}
	if left := action.CreationTimestamp.Add(arrival).Sub(now); left > 0 {
		return nil, left
	}
	switch {
	case of == nil:
		return &Answer{action, v1alpha1.ActionIgnored, "the release " + string(action.Spec.Release) + " is gone"}, 0
	case string(of.UID) != action.Spec.ReleaseUID:
		return &Answer{action, v1alpha1.ActionIgnored, "the release with this UID is gone, and another has its name: look at that one, and create the action again if it is still wanted"}, 0
	case of.Generation < action.Spec.Generation:
		return &Answer{action, v1alpha1.ActionRefused, fmt.Sprintf("the release is at generation %d and has no generation %d", of.Generation, action.Spec.Generation)}, 0
	}
	return nil, arrival
}

// Status is what is written to the action.
func (a Answer) Status(now time.Time) v1alpha1.ReleaseActionStatus {
	at := metav1.NewTime(now.UTC().Truncate(time.Second))
	return v1alpha1.ReleaseActionStatus{ObservedGeneration: a.Action.Generation, Phase: a.Phase, Message: a.Message, At: &at}
}
