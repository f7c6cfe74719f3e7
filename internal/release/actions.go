package release

import (
	"cmp"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// maxActions is how many decided actions the status remembers. Those that it has no room for are known by the time of their creation.
const maxActions = 32

// actions decides on the pending actions, oldest first. Each is decided on once: its UID enters the status in the same write as its effect.
func (m *machine) actions() {
	pending := slices.SortedFunc(slices.Values(m.seen.Actions), func(a, b Action) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.UID, b.UID))
	})
	for _, action := range pending {
		if action.ReleaseUID == m.intent.UID && action.Generation > m.intent.Generation {
			continue // our view of the release is old: wait for the new one
		}
		m.answers = append(m.answers, m.answer(action))
	}
}

// answer decides on one action. What can never be applied is refused without remembering it.
func (m *machine) answer(action Action) Answer {
	refused := func(message string) Answer { return Answer{UID: action.UID, Message: message} }
	for _, decided := range m.state.Actions {
		if decided.UID == action.UID {
			return Answer{UID: action.UID, Applied: decided.Applied, Message: decided.Message}
		}
	}
	switch {
	case action.ReleaseUID != m.intent.UID:
		return refused("the action is for another release of this name, which is gone")
	case action.Generation < m.intent.Generation:
		return refused(fmt.Sprintf("the action is for generation %d of the release, which is at %d now: look at it again", action.Generation, m.intent.Generation))
	case m.state.ActionsUntil != nil && !action.At.After(m.state.ActionsUntil.Time):
		return refused("later actions have been decided on: create the action again if it is still wanted")
	}
	message, applied := m.apply(action)
	m.remember(v1alpha1.DecidedAction{
		UID: action.UID, Applied: applied, Message: shorten(message, maxActionMessage), CreatedAt: metav1.NewTime(action.At.UTC()), At: m.time(),
	})
	return Answer{UID: action.UID, Applied: applied, Message: shorten(message, maxActionMessage)}
}

// apply gives an action its effect, or says why not.
func (m *machine) apply(action Action) (string, bool) {
	switch {
	case m.intent.HandsOff:
		return "the release is marked " + v1alpha1.AnnotationReconcile + ": " + v1alpha1.ReconcileDisabled + ": remove the annotation first", false
	case m.seen.KillSwitch != "":
		return "the kill switch is on: everything goes to stable until it is off", false
	}
	switch action.Verb {
	case v1alpha1.VerbApprove:
		return m.approve(action)
	case v1alpha1.VerbPromote:
		return m.promote(action)
	case v1alpha1.VerbPause:
		return m.pause(action)
	case v1alpha1.VerbResume:
		return m.resume(action)
	case v1alpha1.VerbAbort:
		return m.abort(action)
	case v1alpha1.VerbRetry:
		return m.retry(action)
	}
	return fmt.Sprintf("the verb %s is not known to this version", action.Verb), false
}

// remember notes an action as decided on.
func (m *machine) remember(action v1alpha1.DecidedAction) {
	m.state.Actions = append(m.state.Actions, action)
	if len(m.state.Actions) <= maxActions {
		return
	}
	oldest := 0
	for i := range m.state.Actions {
		if m.state.Actions[i].CreatedAt.Before(&m.state.Actions[oldest].CreatedAt) {
			oldest = i
		}
	}
	until := m.state.Actions[oldest].CreatedAt
	m.state.Actions = slices.Delete(m.state.Actions, oldest, oldest+1)
	if m.state.ActionsUntil == nil || m.state.ActionsUntil.Before(&until) {
		m.state.ActionsUntil = &until
	}
}

// pause stops a rollout where it is.
func (m *machine) pause(action Action) (string, bool) {
	if !m.live() {
		return "no rollout is under way", false
	}
	if m.state.Pause != nil {
		return "the rollout is paused already, by " + m.state.Pause.By, false
	}
	m.hold(action.Actor, v1alpha1.ReasonPaused, because("paused by "+action.Actor, action.Reason))
	return "the rollout is paused", true
}

// hold pauses a rollout.
func (m *machine) hold(by, reason, message string) {
	message = shorten(message, maxMessage)
	m.state.Pause = &v1alpha1.ReleasePause{By: by, Reason: reason, Message: message}
	m.stopClock()
	if m.state.Phase != v1alpha1.PhaseSuspended {
		m.enter(v1alpha1.PhasePaused, reason, message)
	}
	m.note(by, reason, message, nil)
}

// resume lets a paused rollout go on, or gives weights by hand their effect back. Who resumes after a failure gives the rollout another
// chance.
func (m *machine) resume(action Action) (string, bool) {
	switch {
	case m.live() && m.state.Pause != nil:
		m.forgive()
		m.state.Pause = nil
		if m.state.Phase == v1alpha1.PhasePaused {
			m.goOn()
		}
		m.note(action.Actor, v1alpha1.ReasonResumed, because("resumed by "+action.Actor, action.Reason), nil)
		return "the rollout goes on", true
	case m.live():
		return "the rollout is not paused", false
	case m.spec.Rollout != nil:
		return "the rollout is over: the action Retry starts it again, and so does another rollout.to", false
	case m.state.Phase == v1alpha1.PhaseManual:
		return "the weights of the spec are in force already", false
	}
	m.byHand(action.Actor, because("resumed by "+action.Actor, action.Reason))
	return "the weights of the spec are in force again", true
}

// forgive lets what led to the pause count from zero.
func (m *machine) forgive() {
	switch m.state.Pause.Reason {
	case v1alpha1.ReasonAnalysisFailed:
		m.state.Analysis.Failures = 0
	case v1alpha1.ReasonAnalysisError:
		m.state.Analysis.Errors = 0
	case v1alpha1.ReasonDeadlineExceeded:
		m.state.Elapsed = metav1.Duration{}
	}
}

// abort sends everything to stable and ends the rollout.
func (m *machine) abort(action Action) (string, bool) {
	if !m.live() {
		return "no rollout is under way", false
	}
	m.rollBack(action.Actor, v1alpha1.ReasonAborted, because("aborted by "+action.Actor, action.Reason))
	return "everything goes to stable", true
}

// retry starts a rollout that was rolled back again, from its first step.
func (m *machine) retry(action Action) (string, bool) {
	if m.spec.Rollout == nil || m.state.Phase != v1alpha1.PhaseRolledBack {
		return "no rollout was rolled back", false
	}
	m.start(action.Actor, v1alpha1.ReasonRetried, because("the rollout to "+string(m.state.To)+" was started again by "+action.Actor, action.Reason))
	return "the rollout starts again", true
}
