package action

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/admission"
	"github.com/kubemate/kubemate/internal/release"
)

// Guards say whether somebody vouches for actions.
type Guards struct {
	// Actions is whether the policy for ReleaseActions is in force.
	Actions admission.Force
	// FourEyes is whether the policy that stamps changes of releases is in force. Nil: four eyes are off.
	FourEyes *admission.Force
}

// Answer is what is to be written to an action.
type Answer struct {
	// Action is never changed.
	Action  *v1alpha1.ReleaseAction
	Phase   v1alpha1.ActionPhase
	Message string
}

// Judge sorts the actions that name a release: those that somebody vouches for are to be decided on, those that nobody does are answered.
// Actions that were decided on before are to be decided on again, which does nothing but answer them. Those for another release of the name
// are left to Stray.
func Judge(of *v1alpha1.CanaryRelease, actions []*v1alpha1.ReleaseAction, guards Guards) ([]release.Action, []Answer) {
	var pending []release.Action
	var answers []Answer
	for _, action := range actions {
		if !concerns(of, action) {
			continue
		}
		if answer := doubt(of, action, guards); answer != nil && !decided(of, action) {
			answers = append(answers, *answer)
			continue
		}
		pending = append(pending, pendingOf(action))
	}
	return pending, answers
}

// Open says whether any of the actions is for the release and was not decided on: only then it matters whether somebody vouches for them.
func Open(of *v1alpha1.CanaryRelease, actions []*v1alpha1.ReleaseAction) bool {
	return slices.ContainsFunc(actions, func(action *v1alpha1.ReleaseAction) bool { return concerns(of, action) && !decided(of, action) })
}

// concerns says whether an action is for this very release, and open.
func concerns(of *v1alpha1.CanaryRelease, action *v1alpha1.ReleaseAction) bool {
	return action.Status.Phase == "" && action.DeletionTimestamp.IsZero() && action.Spec.ReleaseUID == string(of.UID)
}

// decided says whether the release's status holds the action.
func decided(of *v1alpha1.CanaryRelease, action *v1alpha1.ReleaseAction) bool {
	return of.Status.Release != nil && slices.ContainsFunc(of.Status.Release.Actions, func(d v1alpha1.DecidedAction) bool { return d.UID == string(action.UID) })
}

func pendingOf(action *v1alpha1.ReleaseAction) release.Action {
	pending := release.Action{
		UID: string(action.UID), Verb: action.Spec.Action, Actor: action.Spec.Actor, ReleaseUID: action.Spec.ReleaseUID,
		Generation: action.Spec.Generation, Reason: action.Spec.Reason, At: action.CreationTimestamp.Time,
	}
	if action.Spec.Step != nil {
		pending.Step = *action.Spec.Step
	}
	return pending
}

// doubt says why an action is not to be decided on. Nil: somebody vouches for it.
func doubt(of *v1alpha1.CanaryRelease, action *v1alpha1.ReleaseAction, guards Guards) *Answer {
	ignored := func(message string) *Answer { return &Answer{action, v1alpha1.ActionIgnored, message} }
	switch {
	case !guards.Actions.Holds():
		return ignored("nobody vouches for spec.actor: " + guards.Actions.Lacking + "; then create the action again")
	case !guards.Actions.Covers(action.CreationTimestamp.Time):
		return ignored(fmt.Sprintf("nobody vouches for spec.actor: ValidatingAdmissionPolicy %s is in force since %s only: create the action again",
			admission.ActionsName, guards.Actions.Since.UTC().Format(time.RFC3339)))
	case guards.FourEyes == nil || action.Spec.Action != v1alpha1.VerbApprove || action.Spec.Generation != of.Generation:
		return nil
	case !guards.FourEyes.Holds():
		return ignored("four eyes are asked for, and nobody says who changed the release last: " + guards.FourEyes.Lacking + "; then create the action again")
	}
	return selfApproval(of, action)
}

// selfApproval refuses an approval by the last person who changed the release, and of a release of which nobody knows who that is.
func selfApproval(of *v1alpha1.CanaryRelease, action *v1alpha1.ReleaseAction) *Answer {
	by, generation := of.Annotations[v1alpha1.AnnotationChangedBy], of.Annotations[v1alpha1.AnnotationChangedGeneration]
	switch {
	case by == "" || generation != strconv.FormatInt(of.Generation, 10):
		return &Answer{action, v1alpha1.ActionRefused, fmt.Sprintf(
			"four eyes are asked for, and nobody knows who made generation %d of the release: MutatingAdmissionPolicy %s was not in force then; "+
				"change the spec again, then have somebody else approve", of.Generation, admission.FourEyesName)}
	case by == action.Spec.Actor:
		return &Answer{action, v1alpha1.ActionRefused, "four eyes are asked for, and " + by + " is the last person who changed the release: somebody else must approve"}
	}
	return nil
}
