package release

import (
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// stop sends everything to stable while the kill switch is on. What the spec says meanwhile counts as seen, so that lifting the switch moves
// nothing: rollouts stand rolled back, weights by hand stay stopped until the spec is edited or a person resumes.
func (m *machine) stop() {
	m.forgetGone()
	message := "the kill switch of the " + strings.ToLower(string(m.seen.KillSwitch)) + " is on"
	from := m.current()
	byHand := m.spec.Rollout == nil && (m.state.Phase == v1alpha1.PhaseManual || m.state.Phase == v1alpha1.PhaseStopped)
	switch {
	case byHand && m.state.Phase == v1alpha1.PhaseManual:
		m.reset("")
		m.end(only(m.stable()))
		m.enter(v1alpha1.PhaseStopped, v1alpha1.ReasonKillSwitch, message)
	case byHand:
		m.state.Split = only(m.stable())
		m.state.KillSwitch.Generation = m.intent.Generation
		return
	case m.spec.Rollout != nil && m.spec.Rollout.To != m.state.To:
		m.reset(m.spec.Rollout.To)
		m.end(only(m.stable()))
		m.enter(v1alpha1.PhaseRolledBack, v1alpha1.ReasonKillSwitch, message)
	case m.live() || share(m.state.Split, m.stable()) != whole:
		m.end(only(m.stable()))
		m.enter(v1alpha1.PhaseRolledBack, v1alpha1.ReasonKillSwitch, message)
	default:
		m.state.WeightsInSpec = weightsByHand(m.spec)
		return
	}
	m.state.KillSwitch = &v1alpha1.ReleaseKillSwitch{Scope: m.seen.KillSwitch, At: m.time(), Generation: m.intent.Generation}
	m.note(kubemate, v1alpha1.ReasonKillSwitch, message, from)
}
