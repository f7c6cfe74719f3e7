package release

import (
	"fmt"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// needsApproval says whether the present step needs an approval that it does not have. An approval is of the spec as it was: after an edit it
// counts no more.
func (m *machine) needsApproval() bool {
	if !m.state.Step.Approval {
		return false
	}
	for _, approval := range m.state.Approvals {
		if approval.Step == m.state.Step.Number && approval.Generation == m.intent.Generation {
			return false
		}
	}
	return true
}

// awaitApproval stops the clocks until the step is approved. The analysis goes on.
func (m *machine) awaitApproval() {
	if m.state.Phase == v1alpha1.PhaseAwaitingApproval {
		return
	}
	m.stopClock()
	message := fmt.Sprintf("step %d of %d is over and waits for an approval", m.state.Step.Number, len(m.steps))
	m.enter(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval, message)
	m.note(kubemate, v1alpha1.ReasonAwaitingApproval, message, nil)
}

// approve notes that a person approved the present step.
func (m *machine) approve(action Action) (string, bool) {
	if refused := m.refuseStep(action); refused != "" {
		return refused, false
	}
	if !m.state.Step.Approval {
		return fmt.Sprintf("step %d needs no approval", action.Step), false
	}
	if !m.needsApproval() {
		return fmt.Sprintf("step %d is approved already", action.Step), false
	}
	approval := v1alpha1.ReleaseApproval{Step: action.Step, By: action.Actor, At: m.time(), Generation: action.Generation, Reason: action.Reason}
	for i := range m.state.Approvals {
		if m.state.Approvals[i].Step == action.Step {
			m.state.Approvals[i] = approval
			return m.approved(action)
		}
	}
	m.state.Approvals = append(m.state.Approvals, approval)
	return m.approved(action)
}

func (m *machine) approved(action Action) (string, bool) {
	message := fmt.Sprintf("step %d of %d is approved", action.Step, len(m.steps))
	m.note(action.Actor, v1alpha1.ReasonApproved, because(message, action.Reason), nil)
	return message, true
}

// promote ends the hold and the analysis of the present step.
func (m *machine) promote(action Action) (string, bool) {
	if refused := m.refuseStep(action); refused != "" {
		return refused, false
	}
	if m.state.Step.Promoted {
		return fmt.Sprintf("step %d is promoted already", action.Step), false
	}
	m.state.Step.Promoted = true
	message := fmt.Sprintf("the hold and the analysis of step %d of %d are ended", action.Step, len(m.steps))
	m.note(action.Actor, v1alpha1.ReasonPromoted, because(message, action.Reason), nil)
	return message, true
}

// refuseStep says why an action on a step is refused. Empty: it is not.
func (m *machine) refuseStep(action Action) string {
	switch {
	case !m.live():
		return "no rollout is under way"
	case m.state.Step == nil:
		return fmt.Sprintf("the rollout has not begun step %d yet", action.Step)
	case m.state.Step.Number != action.Step:
		return fmt.Sprintf("the rollout is at step %d, not at step %d", m.state.Step.Number, action.Step)
	}
	return ""
}
