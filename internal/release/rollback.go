package release

import (
	"github.com/kubemate/kubemate/api/v1alpha1"
)

// fail rolls a failed rollout back, or pauses it until a person decides.
func (m *machine) fail(reason, message string) {
	if m.spec.Rollout.OnFailure == v1alpha1.OnFailurePause {
		m.hold(kubemate, reason, message)
		return
	}
	m.rollBack(kubemate, reason, message)
}

// rollBack ends a rollout: everything goes to stable at once, whatever is known of the metrics, and no match rule holds.
func (m *machine) rollBack(by, reason, message string) {
	from := m.current()
	m.end(only(m.stable()))
	m.enter(v1alpha1.PhaseRolledBack, reason, message)
	m.note(by, reason, message, from)
}

// succeed ends a rollout: everything goes to its target, which is stable from now on, and no match rule holds.
func (m *machine) succeed() {
	from := m.current()
	m.state.Stable, m.state.StableInSpec = m.state.To, m.spec.Stable
	m.end(only(m.state.To))
	message := "the rollout to " + string(m.state.To) + " succeeded"
	m.enter(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded, message)
	m.note(kubemate, v1alpha1.ReasonSucceeded, message, from)
}

// end is what both ends have in common.
func (m *machine) end(split []v1alpha1.ReleaseShare) {
	m.stopClock()
	m.state.Split = split
	m.state.Matches.Hold = v1alpha1.MatchesNone
	m.state.Step, m.state.Pause = nil, nil
	m.state.WeightsInSpec = weightsByHand(m.spec)
	if m.state.To != "" {
		now := m.time()
		m.state.EndedAt = &now
	}
}
