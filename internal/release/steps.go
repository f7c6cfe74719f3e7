package release

import (
	"fmt"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// step of the spec, read.
type step struct {
	// weight in tenths of a per cent.
	weight   int32
	hold     time.Duration
	approval bool
}

// readSteps reads the steps of a rollout. The API server admits none that cannot be read.
func readSteps(rollout *v1alpha1.Rollout) ([]step, error) {
	steps := make([]step, len(rollout.Steps))
	for i, from := range rollout.Steps {
		weight, err := readWeight(from.Weight)
		if err != nil {
			return nil, fmt.Errorf("spec.rollout.steps[%d].weight: %w", i, err)
		}
		steps[i] = step{weight: weight, approval: from.Approval}
		if from.Hold == nil {
			continue
		}
		if steps[i].hold, err = time.ParseDuration(string(*from.Hold)); err != nil {
			return nil, fmt.Errorf("spec.rollout.steps[%d].hold: %w", i, err)
		}
	}
	return steps, nil
}

func readWeight(weight intstr.IntOrString) (int32, error) {
	value, err := strconv.ParseFloat(weight.String(), 64)
	if err != nil || value < 0 || value > 100 {
		return 0, fmt.Errorf("reading %q: it is no per cent from 0 to 100", weight.String())
	}
	return int32(value*10 + 0.5), nil
}

// progress moves a rollout that is under way, and says whether it began a step.
func (m *machine) progress() bool {
	if m.stopped() {
		return false
	}
	m.judge()
	if m.failed() {
		return false
	}
	before := m.state.Step
	switch {
	case m.state.Step == nil:
		m.beginFirst()
	case m.pending():
	case !m.stepOver():
		m.run(v1alpha1.ReasonStepBegun, "")
	case m.needsApproval():
		m.awaitApproval()
	case m.atEnd():
		m.succeed()
	default:
		m.begin(m.following())
	}
	return m.state.Step != before
}

// stepOver says whether the present step was programmed, held and judged; once it waits for its approval, it has been.
func (m *machine) stepOver() bool {
	if m.needsApproval() && m.state.Phase == v1alpha1.PhaseAwaitingApproval {
		return true
	}
	settled, ok := m.settled()
	if !ok || settled.After(m.now) {
		return false
	}
	return m.state.Step.Promoted || m.held() >= m.state.Step.Hold.Duration && m.passed()
}

// settled is when the data planes had followed the present decision. False: it is not programmed yet, or only being made.
func (m *machine) settled() (time.Time, bool) {
	if m.trafficChanged() {
		return time.Time{}, false
	}
	if m.state.Revision == 0 {
		return time.Time{}, true // nothing was decided, so there is nothing to wait for
	}
	return m.seen.SettledAt, m.seen.Revision == m.state.Revision && !m.seen.SettledAt.IsZero()
}

// atEnd says whether the present step is the last.
func (m *machine) atEnd() bool {
	return m.state.Step.Weight == whole && int(m.state.Step.Number) >= len(m.steps)
}

// following is the number of the step after the present one. Steps may have been edited meanwhile: it is never beyond the last.
func (m *machine) following() int32 {
	return min(m.state.Step.Number+1, int32(len(m.steps)))
}

// beginFirst begins the first step once what the rollout starts from is in force. Two rollouts are at their end at once: one to stable itself, and
// one whose stable neither has pods nor is meant to, as after a restored backup: as soon as the target is ready it has everything.
func (m *machine) beginFirst() {
	stable, target := m.stable(), m.seen.Replicas[m.state.To]
	settled, ok := m.settled()
	switch {
	case !ok || settled.After(m.now):
		m.startClock()
	case m.state.To == stable:
		m.succeed()
	case m.seen.Held == "" && m.seen.Replicas[stable].empty() && target.Ready > 0:
		m.note(kubemate, v1alpha1.ReasonBegunAtEnd,
			string(stable)+" has no pods and is meant to have none, so the rollout to "+string(m.state.To)+" begins at its end", nil)
		m.succeed()
	case m.seen.Held == "" && m.seen.Replicas[stable].empty():
		m.waitForCapacity("neither " + string(stable) + " nor " + string(m.state.To) + " has pods that are ready")
	default:
		m.begin(1)
	}
}

// begin decides on a step, if nothing forbids it.
func (m *machine) begin(number int32) {
	if m.seen.Held != "" {
		m.run(v1alpha1.ReasonHeld, "the release is not accepted, so it keeps what it has: "+m.seen.Held)
		return
	}
	if m.state.To == m.stable() {
		m.run(v1alpha1.ReasonHeld, "spec.stable was set to "+string(m.state.To)+", the target of the rollout, before the rollout succeeded: set it back, or abort")
		return
	}
	next := m.steps[number-1]
	split := m.stepSplit(next.weight)
	if lacking := m.lacking(split); lacking != "" {
		m.waitForCapacity(lacking)
		return
	}
	m.turnClock()
	from := m.current()
	m.state.Split = split
	m.holdMatches()
	m.state.Analysis = nil
	m.state.Step = &v1alpha1.ReleaseStep{
		Number: number, Weight: next.weight, Hold: metav1.Duration{Duration: next.hold}, Approval: next.approval, BeganAt: m.time(),
	}
	m.run(v1alpha1.ReasonStepBegun, "")
	m.note(kubemate, v1alpha1.ReasonStepBegun,
		fmt.Sprintf("step %d of %d gives %s %s", number, len(m.steps), m.state.To, percent(next.weight)), from)
}

// run lets the rollout go on, for a reason that it waits for.
func (m *machine) run(reason, message string) {
	m.enter(v1alpha1.PhaseProgressing, reason, message)
	m.startClock()
}
