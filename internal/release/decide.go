package release

import (
	"cmp"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// Decide says what becomes of a release: where requests go now, what to ask of the metrics, and when to look again. State is what was decided
// before, nil for nothing; it is not changed. The same arguments give the same decision, and deciding on a decision again changes nothing.
func Decide(now time.Time, intent Intent, state *v1alpha1.ReleaseStatus, seen Observation) Decision {
	m := newMachine(now, intent, state, seen)
	if m.seen.KillSwitch != "" {
		m.stop()
	} else {
		m.followSpec()
	}
	m.actions()
	for m.live() && m.progress() {
		continue // a step that moves no requests may be over as it begins
	}
	return m.decision(state)
}

// machine is one decision while it is made.
type machine struct {
	now    time.Time
	intent Intent
	spec   *v1alpha1.CanaryReleaseSpec
	seen   Observation
	// steps of the rollout in the spec. Nil: there is no rollout.
	steps []step
	// before is what was decided before, state what is decided now.
	before, state *v1alpha1.ReleaseStatus
	transitions   []v1alpha1.ReleaseTransition
	answers       []Answer
}

func newMachine(now time.Time, intent Intent, state *v1alpha1.ReleaseStatus, seen Observation) *machine {
	if state == nil {
		state = &v1alpha1.ReleaseStatus{Phase: v1alpha1.PhaseManual}
	}
	m := &machine{
		now: notBefore(now.UTC().Truncate(time.Microsecond), state), intent: intent, spec: intent.Spec, seen: seen,
		before: state, state: state.DeepCopy(),
	}
	if intent.Spec.Rollout != nil {
		steps, err := readSteps(intent.Spec.Rollout)
		if err != nil {
			m.seen.Held = err.Error()
		}
		m.steps = steps
	}
	return m
}

// notBefore keeps time from running backwards: another leader's clock may have been ahead of ours.
func notBefore(now time.Time, state *v1alpha1.ReleaseStatus) time.Time {
	times := []metav1.MicroTime{state.Since}
	if state.RunningSince != nil {
		times = append(times, *state.RunningSince)
	}
	if state.Step != nil {
		times = append(times, state.Step.BeganAt)
	}
	if n := len(state.History); n > 0 {
		times = append(times, state.History[n-1].At)
	}
	latest := slices.MaxFunc(times, func(a, b metav1.MicroTime) int { return a.Compare(b.Time) })
	if latest.After(now) {
		return latest.UTC()
	}
	return now
}

// decision compares what was decided with what had been.
func (m *machine) decision(given *v1alpha1.ReleaseStatus) Decision {
	if m.spec.Rollout != nil || m.state.Phase != v1alpha1.PhaseManual {
		m.state.ObservedGeneration = m.intent.Generation
	}
	if m.trafficChanged() {
		m.state.Revision = m.before.Revision + 1
	}
	if m.state.Since.IsZero() && len(m.state.Actions) > 0 {
		m.enter(v1alpha1.PhaseManual, v1alpha1.ReasonManual, "")
	}
	slices.SortFunc(m.answers, func(a, b Answer) int { return cmp.Compare(a.UID, b.UID) })
	out := Decision{State: m.state, Changed: !equality.Semantic.DeepEqual(m.before, m.state), Transitions: m.transitions, Answers: m.answers}
	if !out.Changed {
		out.State = given
	}
	if m.live() {
		out.Due = m.due()
		out.Wake = m.wake(out.Due)
	}
	return out
}

// trafficChanged says whether this decision moves requests.
func (m *machine) trafficChanged() bool {
	return !slices.Equal(m.before.Split, m.state.Split) || !sameMatches(m.before.Matches, m.state.Matches)
}

// live says that a rollout is neither over nor absent.
func (m *machine) live() bool { return Live(m.state.Phase) }

// Live says whether a rollout in this phase is under way: moving, waiting or stopped, and not over.
func Live(phase v1alpha1.ReleasePhase) bool {
	switch phase {
	case v1alpha1.PhaseRetargeting, v1alpha1.PhaseProgressing, v1alpha1.PhaseAwaitingApproval, v1alpha1.PhasePaused, v1alpha1.PhaseSuspended:
		return true
	case v1alpha1.PhaseManual, v1alpha1.PhaseSucceeded, v1alpha1.PhaseRolledBack, v1alpha1.PhaseStopped:
		return false
	}
	return false
}

// enter changes the phase, or what it waits for.
func (m *machine) enter(phase v1alpha1.ReleasePhase, reason, message string) {
	message = shorten(message, maxMessage)
	if m.state.Phase == phase && m.state.Reason == reason && m.state.Message == message {
		return
	}
	if m.state.Phase != phase || m.state.Reason != reason {
		m.state.Since = m.time()
	}
	m.state.Phase, m.state.Reason, m.state.Message = phase, reason, message
}

func (m *machine) time() metav1.MicroTime { return metav1.NewMicroTime(m.now) }
