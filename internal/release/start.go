package release

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// followSpec takes up what the spec says about where the rollout leads. Only another target starts a rollout; no other edit does.
func (m *machine) followSpec() {
	m.forgetGone()
	switch {
	case m.spec.Rollout == nil:
		m.withoutRollout()
	case m.state.To == m.spec.Rollout.To && m.state.Phase != v1alpha1.PhaseManual && m.state.Phase != v1alpha1.PhaseStopped:
		if !m.live() {
			m.state.WeightsInSpec = weightsByHand(m.spec)
		}
	case m.live():
		m.retarget()
	default:
		m.start(kubemate, v1alpha1.ReasonStarted, "the rollout to "+string(m.spec.Rollout.To)+" starts")
	}
}

// forgetGone drops what speaks of variants that the spec no longer has, and the promotion once spec.stable is edited.
func (m *machine) forgetGone() {
	if m.state.Stable != "" && m.stable() != m.state.Stable {
		m.state.Stable, m.state.StableInSpec = "", ""
	}
	m.withoutGone()
	m.state.Matches.Except = slices.DeleteFunc(m.state.Matches.Except, func(name v1alpha1.VariantName) bool { return !hasVariant(m.spec, name) })
	if len(m.state.Matches.Except) == 0 {
		m.state.Matches.Except = nil
	}
}

// start begins a rollout. What it starts from stays until the first step.
func (m *machine) start(by, reason, message string) {
	m.reset(m.spec.Rollout.To)
	m.state.StableReplicas = m.seen.Replicas[m.stable()].Wanted
	now := m.time()
	m.state.StartedAt = &now
	m.enter(v1alpha1.PhaseProgressing, reason, message)
	m.startClock()
	m.note(by, reason, message, nil)
}

// retarget leaves the old target: what it had goes to stable, and its match rules go; only when that is in force the first step is
// decided on. A rollout that a person paused stays paused. While it is suspended nothing moves.
func (m *machine) retarget() {
	if m.spec.Suspend || m.intent.HandsOff {
		return
	}
	from := m.current()
	old := m.state.To
	paused := m.state.Pause
	m.reset(m.spec.Rollout.To)
	if paused != nil && paused.By != kubemate {
		m.state.Pause = paused
	}
	m.moveToStable(func(name v1alpha1.VariantName) bool { return name == old })
	m.holdMatches()
	m.state.StableReplicas = m.seen.Replicas[m.stable()].Wanted
	now := m.time()
	m.state.StartedAt = &now
	message := "the rollout to " + string(old) + " is left for one to " + string(m.state.To) + ": first the match rules of " + string(old) + " go"
	m.enter(v1alpha1.PhaseRetargeting, v1alpha1.ReasonTargetChanged, message)
	m.startClock()
	m.note(kubemate, v1alpha1.ReasonTargetChanged, message, from)
}

// reset forgets the last rollout but for where requests go; the match rules of its target do not hold in the next.
func (m *machine) reset(to v1alpha1.VariantName) {
	except := slices.Clone(m.state.Matches.Except)
	if hasVariant(m.spec, m.state.To) {
		except = append(except, m.state.To)
	}
	except = slices.DeleteFunc(except, func(name v1alpha1.VariantName) bool { return name == to })
	slices.Sort(except)
	except = slices.Compact(except)
	if len(except) == 0 {
		except = nil
	}
	m.state.Matches.Except = except
	m.state.To, m.state.WeightsInSpec = to, ""
	m.state.Step, m.state.Analysis, m.state.Approvals, m.state.Pause, m.state.KillSwitch = nil, nil, nil, nil, nil
	m.state.StartedAt, m.state.EndedAt, m.state.RunningSince, m.state.Elapsed = nil, nil, nil, metav1.Duration{}
	m.state.StableReplicas = 0
}

// holdMatches lets the match rules hold, but for those of targets that were left.
func (m *machine) holdMatches() {
	m.state.Matches.Hold = v1alpha1.MatchesAll
	if len(m.state.Matches.Except) > 0 {
		m.state.Matches.Hold = v1alpha1.MatchesExcept
	}
}

// sameMatches says whether the same match rules hold.
func sameMatches(a, b v1alpha1.ReleaseMatches) bool {
	return holding(a) == holding(b) && (holding(a) != v1alpha1.MatchesExcept || slices.Equal(a.Except, b.Except))
}

func holding(matches v1alpha1.ReleaseMatches) v1alpha1.MatchesHold {
	if matches.Hold == "" {
		return v1alpha1.MatchesAll
	}
	return matches.Hold
}
