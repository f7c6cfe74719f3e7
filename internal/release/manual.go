package release

import (
	"github.com/kubemate/kubemate/api/v1alpha1"
)

// withoutRollout is about a spec without rollout. One that was under way ends with it, and the weights by hand take effect. One that was over
// stays as it ended until these weights are edited; what the kill switch stopped stays until anything in the spec is.
func (m *machine) withoutRollout() {
	switch {
	case m.live():
		m.byHand(kubemate, "the rollout to "+string(m.state.To)+" was taken out of the spec: the weights by hand are in force")
	case m.state.Phase == v1alpha1.PhaseStopped:
		if m.state.KillSwitch.Generation != m.intent.Generation {
			m.byHand(kubemate, "the spec was edited after the kill switch: the weights by hand are in force")
		}
	case m.state.Phase != v1alpha1.PhaseManual && m.state.WeightsInSpec != weightsByHand(m.spec):
		m.byHand(kubemate, "the weights by hand were edited and are in force")
	}
}

// byHand gives the weights and match rules of the spec their effect.
func (m *machine) byHand(by, message string) {
	from := m.current()
	m.reset("")
	m.state.Split, m.state.Matches = nil, v1alpha1.ReleaseMatches{}
	m.enter(v1alpha1.PhaseManual, v1alpha1.ReasonManual, message)
	m.note(by, v1alpha1.ReasonManual, message, from)
}
