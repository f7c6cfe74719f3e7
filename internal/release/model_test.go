package release

import (
	"fmt"
	"strconv"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// tick is the unit of time of the model: as long as a hold, and as an interval of the analysis.
const tick = time.Minute

// maxDisturbances bounds the disturbances of a search.
const maxDisturbances = 4

// world is one state of the model: a release with what is stored of it, the cluster around it, and the memory of the leader. Worlds are
// values; what they point to is never changed.
type world struct {
	now  time.Time
	spec int // index into specs
	gen  int64
	// state is what is stored, version its resource version, counted.
	state   *v1alpha1.ReleaseStatus
	version int
	// stale is what another leader read some time ago, and goes by.
	stale *view
	// programmed is the revision that the data planes have, and since when.
	programmed   int64
	programmedAt time.Time
	ready        [3]bool // v1, v2, v3; what stable has matters only when it has nothing and is meant to
	stableGone   bool    // stable is scaled to nothing
	kill         bool
	actions      [maxDisturbances]Action // created so far
	created      int
	// disturbed counts what happened beyond the plain course of a rollout: edits, actions, lost pods, the kill switch, another leader, a clock
	// that is set back.
	disturbed int
	// judging is a result that the leader holds and has not delivered. A crash loses it.
	judging *Judged
	ghost   ghost
}

// view is what a leader read: it writes under the version that it read.
type view struct {
	intent  Intent
	state   *v1alpha1.ReleaseStatus
	seen    Observation
	now     time.Time
	version int
}

// ghost is what has truly happened in the present step, noted by the model and not by the code under test.
type ghost struct {
	step     int32
	needs    bool // an approval, as the spec said when the step began
	hold     int  // ticks
	held     int  // ticks since the split was programmed, without those that the rollout stood still
	passed   bool // the last interval that was judged
	judged   bool
	promoted bool
	approved int64 // generation
}

// specs that people may write. Edits lead from any to any.
var specs = func() []*v1alpha1.CanaryReleaseSpec {
	weight := func(w int32) *int32 { return &w }
	deadline, minimum, limit := v1alpha1.LongDuration("4m"), v1alpha1.MetricValue("99"), int32(2)
	base := &v1alpha1.CanaryReleaseSpec{
		Variants: []v1alpha1.Variant{{Name: "v1", Weight: weight(9)}, {Name: "v2"}, {Name: "v3", Weight: weight(1)}},
		Stable:   "v1",
		Rollout: &v1alpha1.Rollout{
			To: "v2", Steps: steps("20 1m", "50 approval", "100"), Deadline: &deadline,
			Analysis: &v1alpha1.Analysis{
				Interval: "1m", FailureLimit: &limit, ErrorLimit: &limit, Metrics: []v1alpha1.Metric{{Name: "success-rate", Min: &minimum}},
			},
		},
	}
	change := func(edit func(*v1alpha1.CanaryReleaseSpec)) *v1alpha1.CanaryReleaseSpec {
		spec := base.DeepCopy()
		edit(spec)
		return spec
	}
	return []*v1alpha1.CanaryReleaseSpec{
		base,
		change(func(s *v1alpha1.CanaryReleaseSpec) { s.Rollout = nil }),
		change(func(s *v1alpha1.CanaryReleaseSpec) { s.Rollout.To = "v3" }),
		change(func(s *v1alpha1.CanaryReleaseSpec) { s.Suspend = true }),
		change(func(s *v1alpha1.CanaryReleaseSpec) { s.Rollout.Steps = steps("100 1m approval") }),
		change(func(s *v1alpha1.CanaryReleaseSpec) { s.Stable = "v2" }),
		change(func(s *v1alpha1.CanaryReleaseSpec) { s.Rollout.OnFailure = v1alpha1.OnFailurePause }),
		change(func(s *v1alpha1.CanaryReleaseSpec) { s.Rollout = nil; s.Variants[1].Weight = weight(1) }),
	}
}()

func (w *world) intent() Intent { return Intent{UID: "uid", Generation: w.gen, Spec: specs[w.spec]} }

// observation is what a leader sees now. Judged is given with the event that delivers it.
func (w *world) observation() Observation {
	seen := Observation{Revision: w.programmed, SettledAt: w.programmedAt, Replicas: map[v1alpha1.VariantName]Replicas{}, Actions: w.actions[:w.created]}
	for i, name := range []v1alpha1.VariantName{"v1", "v2", "v3"} {
		replicas := Replicas{Wanted: 1}
		if w.ready[i] {
			replicas.Ready = 1
		}
		seen.Replicas[name] = replicas
	}
	if w.stableGone {
		seen.Replicas["v1"] = Replicas{}
	}
	if w.kill {
		seen.KillSwitch = v1alpha1.KillSwitchNamespace
	}
	return seen
}

// event is one thing that may happen. The worlds that follow are given to visit.
type event struct {
	name string
	// disturbs says that it is no part of the plain course of a rollout.
	disturbs bool
	do       func(m *model, w world, visit func(string, world))
}

// model bounds the search.
type model struct {
	// disturbances is how many events that disturb a rollout may happen, at most maxDisturbances.
	disturbances int
	// unfenced lets a leader write under a version that it read long ago: the model must find that wrong.
	unfenced bool
	check    *invariants
}

var events = []event{
	{"decide", false, func(m *model, w world, visit func(string, world)) { m.decide(w, w.observation(), visit) }},
	{"time", false, func(_ *model, w world, visit func(string, world)) {
		w.now = w.now.Add(tick)
		if w.ghost.step > 0 && w.state != nil && w.programmed == w.state.Revision &&
			w.state.Phase != v1alpha1.PhasePaused && w.state.Phase != v1alpha1.PhaseSuspended {
			w.ghost.held = min(w.ghost.held+1, w.ghost.hold)
		}
		visit("", w)
	}},
	{"clock back", true, func(_ *model, w world, visit func(string, world)) {
		if w.state != nil && !w.now.Add(-tick).Before(w.state.Since.Add(-tick)) {
			w.now = w.now.Add(-tick)
			visit("", w)
		}
	}},
	{"program", false, func(_ *model, w world, visit func(string, world)) {
		if w.state != nil && w.programmed != w.state.Revision {
			w.programmed, w.programmedAt = w.state.Revision, w.now
			visit("", w)
		}
	}},
	{"endpoints", true, func(_ *model, w world, visit func(string, world)) {
		for i := 1; i < len(w.ready); i++ {
			next := w
			next.ready[i] = !next.ready[i]
			visit(fmt.Sprintf("v%d", i+1), next)
		}
	}},
	{"scale stable", true, func(_ *model, w world, visit func(string, world)) {
		w.stableGone = !w.stableGone
		visit("", w)
	}},
	{"kill switch", true, func(_ *model, w world, visit func(string, world)) {
		w.kill = !w.kill
		visit("", w)
	}},
	{"edit", true, func(_ *model, w world, visit func(string, world)) {
		for i := range specs {
			if i != w.spec {
				next := w
				next.spec, next.gen, next.version = i, w.gen+1, w.version+1
				visit(strconv.Itoa(i), next)
			}
		}
	}},
	{"act", true, func(_ *model, w world, visit func(string, world)) {
		for _, verb := range []v1alpha1.ReleaseVerb{
			v1alpha1.VerbApprove, v1alpha1.VerbPromote, v1alpha1.VerbPause, v1alpha1.VerbResume, v1alpha1.VerbAbort, v1alpha1.VerbRetry,
		} {
			next := w
			action := Action{UID: strconv.Itoa(w.created), Verb: verb, Actor: "alice", ReleaseUID: "uid", Generation: w.gen, At: w.now}
			if (verb == v1alpha1.VerbApprove || verb == v1alpha1.VerbPromote) && w.state != nil && w.state.Step != nil {
				action.Step = w.state.Step.Number
			}
			next.actions[w.created] = action
			next.created++
			visit(string(verb), next)
		}
	}},
	{"ask", false, func(_ *model, w world, visit func(string, world)) {
		if w.judging != nil {
			return
		}
		due := Decide(w.now, w.intent(), w.state, w.observation()).Due
		if due == nil || due.Until.After(w.now) || w.state == nil || due.Revision != w.state.Revision {
			return
		}
		for _, outcome := range []v1alpha1.Verdict{v1alpha1.VerdictPass, v1alpha1.VerdictFail, v1alpha1.VerdictNoData, v1alpha1.VerdictError} {
			next := w
			next.judging = verdicts(due, outcome)
			visit(string(outcome), next)
		}
	}},
	{"deliver", false, func(m *model, w world, visit func(string, world)) {
		if w.judging != nil {
			seen := w.observation()
			seen.Judged = w.judging
			m.decide(w, seen, visit)
		}
	}},
	{"crash", false, func(_ *model, w world, visit func(string, world)) {
		if w.judging != nil {
			w.judging = nil
			visit("", w)
		}
	}},
	{"another leader reads", true, func(_ *model, w world, visit func(string, world)) {
		if w.stale == nil {
			w.stale = &view{intent: w.intent(), state: w.state, seen: w.observation(), now: w.now, version: w.version}
			visit("", w)
		}
	}},
	{"another leader writes", false, func(m *model, w world, visit func(string, world)) {
		if w.stale == nil {
			return
		}
		stale := *w.stale
		w.stale = nil
		d := Decide(stale.now, stale.intent, stale.state, stale.seen)
		if !d.Changed || stale.version != w.version && !m.unfenced {
			visit("refused", w)
			return
		}
		m.write(w, d, stale.intent, nil, visit)
	}},
}

// decide has the leader decide and write. The write carries the version that was read, which nobody else changed.
func (m *model) decide(w world, seen Observation, visit func(string, world)) {
	d := Decide(w.now, w.intent(), w.state, seen)
	m.check.decision(w, seen, d)
	if d.Changed {
		m.write(w, d, w.intent(), seen.Judged, visit)
	}
}

func (m *model) write(w world, d Decision, intent Intent, judged *Judged, visit func(string, world)) {
	next := w
	next.state, next.version = d.State, w.version+1
	next.ghost.follow(w, d, intent, judged)
	m.check.write(w, next, d, intent)
	if n := len(next.state.History); n > 1 {
		next.state.History = next.state.History[n-1:] // no decision looks at more
	}
	if next.state.Step == nil || w.state == nil || w.state.Step == nil || next.state.Step.Number != w.state.Step.Number {
		next.judging = nil // nobody waits for it any more
	}
	visit("", next)
}

// follow notes what truly happened.
func (g *ghost) follow(w world, d Decision, intent Intent, judged *Judged) {
	if judged != nil && d.State.Analysis != nil && (w.state.Analysis == nil || d.State.Analysis.Interval != w.state.Analysis.Interval) {
		g.judged, g.passed = true, judged.Verdicts[0].Outcome == v1alpha1.VerdictPass
	}
	for _, line := range d.Transitions {
		switch line.Reason {
		case v1alpha1.ReasonPromoted:
			g.promoted = true
		case v1alpha1.ReasonApproved:
			g.approved = intent.Generation
		}
	}
	switch {
	case d.State.Step == nil:
		*g = ghost{}
	case begunStep(d):
		from := intent.Spec.Rollout.Steps[d.State.Step.Number-1]
		*g = ghost{step: d.State.Step.Number, needs: from.Approval}
		if from.Hold != nil {
			g.hold = 1
		}
	}
}

// begunStep says whether a decision began a step.
func begunStep(d Decision) bool {
	for _, line := range d.Transitions {
		if line.Reason == v1alpha1.ReasonStepBegun {
			return true
		}
	}
	return false
}

// key is equal for worlds that behave in the same way from now on: of times it has what the clocks show, as far as anything waits for it, and of
// revisions and intervals whether they are those that are compared with.
func (w *world) key() string {
	b := make([]byte, 0, 256)
	b = fmt.Appendf(b, "%d %d %d %v %v %v %+v", w.spec, w.disturbed, w.created, w.kill, w.stableGone, w.ready, w.ghost.relative(w.gen))
	for _, action := range w.actions[:w.created] {
		b = fmt.Appendf(b, " %.3s%d,%d", action.Verb, action.Step, w.gen-action.Generation)
	}
	if w.stale != nil {
		b = fmt.Appendf(b, " stale%d,%s", min(w.version-w.stale.version, 2), asPhase(w.stale.state))
		if w.stale.state != nil {
			b = append(b, splitText(w.stale.state.Split)...)
		}
	}
	if w.state == nil {
		return string(b)
	}
	s := w.state
	b = fmt.Appendf(b, " %s %s %s %s %s %s %s %v %d %d", s.Phase, s.Reason, s.To, s.Stable, s.StableInSpec, s.WeightsInSpec, splitText(s.Split), s.Matches,
		min(w.gen-s.ObservedGeneration, 1), s.StableReplicas)
	b = w.clocks(b)
	if s.Step != nil {
		b = fmt.Appendf(b, " S%d,%d,%v,%v", s.Step.Number, s.Step.Weight, s.Step.Approval, s.Step.Promoted)
	}
	if s.Analysis != nil {
		b = fmt.Appendf(b, " A%s,%d,%d,%v", s.Analysis.Verdict, s.Analysis.Failures, s.Analysis.Errors, s.Analysis.Until != nil)
	}
	if s.Pause != nil {
		b = fmt.Appendf(b, " P%s,%s", s.Pause.By, s.Pause.Reason)
	}
	for _, approval := range s.Approvals {
		b = fmt.Appendf(b, " a%d,%d", approval.Step, w.gen-approval.Generation)
	}
	if s.KillSwitch != nil {
		b = fmt.Appendf(b, " K%d", w.gen-s.KillSwitch.Generation)
	}
	for _, action := range s.Actions {
		b = fmt.Appendf(b, " d%s%v", action.UID, action.Applied)
	}
	if w.judging != nil {
		interval := int32(0)
		if s.Analysis != nil {
			interval = s.Analysis.Interval
		}
		b = fmt.Appendf(b, " J%d,%d,%d,%s,%v,%d", w.gen-w.judging.Generation, w.judging.Step, w.judging.Interval-interval,
			w.judging.Verdicts[0].Outcome, w.judging.Revision == s.Revision, ticks(w.now.Sub(w.judging.Until), 3))
	}
	return string(b)
}

// clocks writes what the clocks of a rollout show: how long it has run, how long its step was held, how long ago the present interval
// began, and how far what is written lies ahead.
func (w *world) clocks(b []byte) []byte {
	s := w.state
	elapsed, held := s.Elapsed.Duration, time.Duration(0)
	ahead, began := s.Since.Time, time.Time{}
	if s.RunningSince != nil {
		elapsed += max(w.now.Sub(s.RunningSince.Time), 0)
		ahead, began = latest(ahead, s.RunningSince.Time), s.RunningSince.Time
	}
	programmed := w.programmed == s.Revision
	if s.Step != nil {
		held = s.Step.Held.Duration
		ahead = latest(ahead, s.Step.BeganAt.Time)
		from := latest(latest(began, s.Step.BeganAt.Time), w.programmedAt)
		if programmed && s.RunningSince != nil {
			held += max(w.now.Sub(from), 0)
		}
		began = latest(s.Step.BeganAt.Time, w.programmedAt)
		if s.Analysis != nil && s.Analysis.Until != nil {
			began = latest(began, s.Analysis.Until.Time)
		} else if s.RunningSince != nil {
			began = latest(began, s.RunningSince.Time)
		}
		b = fmt.Appendf(b, " h%d i%d", ticks(held, 1), ticks(w.now.Sub(began), 3))
	}
	b = fmt.Appendf(b, " r%v e%d p%v %d", s.RunningSince != nil, ticks(elapsed, 4), programmed, max(ahead.Sub(w.now)/tick, 0))
	if programmed {
		b = fmt.Appendf(b, " s%d", max(w.programmedAt.Sub(w.now)/tick, 0))
	}
	return b
}

// ticks counts a time, to a bound beyond which nothing changes.
func ticks(d, bound time.Duration) int64 { return int64(min(d/tick, bound)) }

// relative makes ghosts comparable.
func (g ghost) relative(gen int64) ghost {
	if g.approved != 0 {
		g.approved = gen - g.approved + 1
	}
	return g
}
