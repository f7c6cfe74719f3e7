package release

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// A rollout has two clocks: how long its present step was held, and how long it has run in all, for its deadline. Both show what is written in
// the status plus the time since RunningSince; they are written only when they stop or when a step begins, so time alone costs no write.

// held is how long the present step was held: since its split had settled, without the time that the rollout stood still.
func (m *machine) held() time.Duration {
	held := m.state.Step.Held.Duration
	settled, ok := m.settled()
	if m.state.RunningSince == nil || !ok {
		return held
	}
	return held + since(m.now, settled, m.state.Step.BeganAt.Time, m.state.RunningSince.Time)
}

// elapsed is how long the rollout has run.
func (m *machine) elapsed() time.Duration {
	if m.state.RunningSince == nil {
		return m.state.Elapsed.Duration
	}
	return m.state.Elapsed.Duration + since(m.now, m.state.RunningSince.Time)
}

// since is the time from the latest of some instants until now; never negative.
func since(now time.Time, instants ...time.Time) time.Duration {
	shortest := now.Sub(instants[0])
	for _, instant := range instants[1:] {
		shortest = min(shortest, now.Sub(instant))
	}
	return max(shortest, 0)
}

// startClock lets both clocks run.
func (m *machine) startClock() {
	if m.state.RunningSince == nil {
		now := m.time()
		m.state.RunningSince = &now
	}
}

// stopClock writes both clocks down and stops them.
func (m *machine) stopClock() {
	if m.state.RunningSince == nil {
		return
	}
	if m.state.Step != nil {
		m.state.Step.Held = metav1.Duration{Duration: m.held()}
	}
	m.state.Elapsed = metav1.Duration{Duration: m.elapsed()}
	m.state.RunningSince = nil
}

// turnClock writes the time down that the rollout has run, before a step begins.
func (m *machine) turnClock() {
	m.stopClock()
	m.startClock()
}

// deadline of the rollout. False: it has none.
func (m *machine) deadline() (time.Duration, bool) {
	if m.spec.Rollout == nil || m.spec.Rollout.Deadline == nil {
		return 0, false
	}
	limit, err := time.ParseDuration(string(*m.spec.Rollout.Deadline))
	return limit, err == nil // the API server admits none that cannot be read
}

// wake is when the next thing comes with time. Zero: nothing does.
func (m *machine) wake(due *Due) time.Time {
	var first time.Time
	at := func(t time.Time) {
		if first.IsZero() || t.Before(first) {
			first = t
		}
	}
	if due != nil && due.Until.After(m.now) {
		at(due.Until)
	}
	if m.state.RunningSince == nil {
		return first
	}
	if limit, ok := m.deadline(); ok {
		at(m.now.Add(limit - m.elapsed()))
	}
	settled, ok := m.settled()
	switch {
	case !ok:
	case settled.After(m.now):
		at(settled)
	case m.state.Step != nil && !m.state.Step.Promoted:
		if left := m.state.Step.Hold.Duration - m.held(); left > 0 {
			at(m.now.Add(left))
		}
	}
	return first
}

// stopped keeps a rollout where it is while it is suspended or paused; its clocks stand still.
func (m *machine) stopped() bool {
	switch {
	case m.intent.HandsOff:
		m.suspend("the annotation " + v1alpha1.AnnotationReconcile + " is " + v1alpha1.ReconcileDisabled)
		return true
	case m.spec.Suspend:
		m.suspend("spec.suspend is true")
		return true
	}
	if m.state.Phase == v1alpha1.PhaseSuspended {
		m.goOn()
		m.note(kubemate, v1alpha1.ReasonUnsuspended, "the rollout is suspended no longer", nil)
	}
	if m.state.Pause != nil {
		m.stopClock()
		m.enter(v1alpha1.PhasePaused, m.state.Pause.Reason, m.state.Pause.Message)
		return true
	}
	if m.state.Phase == v1alpha1.PhasePaused {
		m.goOn()
	}
	return false
}

// suspend stops the clocks.
func (m *machine) suspend(message string) {
	already := m.state.Phase == v1alpha1.PhaseSuspended
	m.stopClock()
	m.enter(v1alpha1.PhaseSuspended, v1alpha1.ReasonSuspended, message)
	if !already {
		m.note(kubemate, v1alpha1.ReasonSuspended, message, nil)
	}
}

// goOn lets a rollout go on after it stood still. What was measured meanwhile counts for nothing: the next interval begins now.
func (m *machine) goOn() {
	if m.state.Analysis != nil {
		now := m.time()
		m.state.Analysis.Until = &now
	}
	reason := v1alpha1.ReasonStepBegun
	if m.state.Step == nil {
		reason = v1alpha1.ReasonStarted
	}
	m.run(reason, "")
}
