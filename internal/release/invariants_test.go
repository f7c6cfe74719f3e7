package release

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// invariants are promises that hold in every world and of every write. They judge by what the model notes, not by what the code says of itself.
type invariants struct {
	violations []string
	// edges are the transitions that were seen.
	edges map[edge]int
	// decisions that were made.
	decisions int
}

// edge is one transition between phases.
type edge struct {
	from, to v1alpha1.ReleasePhase
	reason   string
}

func (i *invariants) fail(format string, args ...any) {
	i.violations = append(i.violations, fmt.Sprintf(format, args...))
}

// decision checks one that may or may not be written.
func (i *invariants) decision(w world, seen Observation, d Decision) {
	i.decisions++
	addEdges(i.edges, w.state, d)
	if !d.Changed {
		return
	}
	// A write that was lost, and a leader that reads its own write: the same decision, and no other.
	if again := Decide(w.now, w.intent(), w.state, seen); !reflect.DeepEqual(again, d) {
		i.fail("a lost write is decided differently")
	}
	if again := Decide(w.now, w.intent(), d.State, seen); again.Changed {
		i.fail("a decision is decided on again: %s", asJSON(again.State))
	}
	// L3: with the kill switch on everything is at stable, whatever else is known.
	if seen.KillSwitch != "" && share(d.State.Split, Stable(specs[w.spec], d.State)) != whole {
		i.fail("L3: the kill switch leaves %s", splitText(d.State.Split))
	}
}

// addEdges notes the transitions of a decision: those of its history, and what changed after them without a line of its own.
func addEdges(edges map[edge]int, state *v1alpha1.ReleaseStatus, d Decision) {
	before := asPhase(state)
	for _, line := range d.Transitions {
		edges[edge{before, line.Phase, line.Reason}]++
		before = line.Phase
	}
	silent := len(d.Transitions) == 0 && state != nil && d.State != nil && d.State.Reason != state.Reason
	if d.State != nil && (silent || before != d.State.Phase) {
		edges[edge{before, d.State.Phase, d.State.Reason}]++
	}
}

func asPhase(state *v1alpha1.ReleaseStatus) v1alpha1.ReleasePhase {
	if state == nil {
		return v1alpha1.PhaseManual
	}
	return state.Phase
}

// write checks one write against what truly happened.
func (i *invariants) write(w, next world, d Decision, intent Intent) {
	i.weights(next.state.Split)
	i.once(w, next, d)
	i.starts(w, d, intent)
	old, now := effective(w.state, intent.Spec), effective(next.state, intent.Spec)
	if equalSplit(old, now) {
		return
	}
	stable := Stable(intent.Spec, next.state)
	switch {
	case begunStep(d):
		i.step(w, next, intent)
	case next.state.Phase == v1alpha1.PhaseManual:
		// Weights by hand are by hand: a person edited the spec, or resumed.
	case next.state.Phase == v1alpha1.PhaseSucceeded:
		i.success(w, next, intent)
	case raised(old, now, stable) != "":
		i.fail("I7: %s moves %s to %s, not along a step and not to stable", reasonsOf(d), splitText(old), splitText(now))
	}
}

// weights is I1.
func (i *invariants) weights(split []v1alpha1.ReleaseShare) {
	sum, names := int32(0), map[v1alpha1.VariantName]bool{}
	for _, part := range split {
		if names[part.Variant] || part.Share <= 0 {
			i.fail("I1: %v", split)
		}
		names[part.Variant] = true
		sum += part.Share
	}
	if len(split) > 0 && sum != whole {
		i.fail("I1: %v sums to %d", split, sum)
	}
}

// once says that each action is written with its effect, and has it once.
func (i *invariants) once(w, next world, d Decision) {
	decided := func(state *v1alpha1.ReleaseStatus) int {
		if state == nil {
			return 0
		}
		return len(state.Actions)
	}
	effects := 0
	for _, line := range d.Transitions {
		if line.By == "alice" {
			effects++
		}
	}
	if effects > decided(next.state)-decided(w.state) {
		i.fail("an action has an effect again, or without being noted: %s", reasonsOf(d))
	}
	names := map[string]bool{}
	for _, action := range next.state.Actions {
		if names[action.UID] {
			i.fail("an action is decided on twice")
		}
		names[action.UID] = true
	}
}

// starts is I7 of a rollout that starts: there is another target, or a person asked for it.
func (i *invariants) starts(w world, d Decision, intent Intent) {
	for _, line := range d.Transitions {
		if line.Reason != v1alpha1.ReasonStarted || w.state == nil || w.state.To != intent.Spec.Rollout.To {
			continue
		}
		i.fail("I7: the rollout to %s starts again by itself", w.state.To)
	}
}

// rescue is L3 from any world: with no metrics, no pods and nothing programmed, the kill switch and Abort send everything to stable in one decision.
func (i *invariants) rescue(w world) {
	d := Decide(w.now, w.intent(), w.state, Observation{KillSwitch: v1alpha1.KillSwitchCluster})
	if d.State == nil || share(d.State.Split, Stable(specs[w.spec], d.State)) != whole {
		i.fail("L3: the kill switch leaves something")
	}
	if !Live(asPhase(w.state)) || w.kill {
		return
	}
	abort := Action{UID: "rescue", Verb: v1alpha1.VerbAbort, Actor: "alice", ReleaseUID: "uid", Generation: w.gen, At: w.now}
	d = Decide(w.now, w.intent(), w.state, Observation{Actions: []Action{abort}})
	if d.State.Phase != v1alpha1.PhaseRolledBack && d.State.Phase != v1alpha1.PhaseManual && d.State.Phase != v1alpha1.PhaseRetargeting {
		i.fail("L3: Abort leaves the release %s", d.State.Phase)
	}
}

// ends says that no world is a dead end: when all is well, and people do what the release asks them for, a rollout is over in bounded time.
func (i *invariants) ends(w world) {
	w.kill, w.stableGone, w.ready = false, false, [3]bool{true, true, true}
	if specs[w.spec].Suspend {
		w.spec, w.gen = 0, w.gen+1
	}
	var people []Action
	for round := range 60 {
		seen := w.observation()
		seen.Actions = people
		d := Decide(w.now, w.intent(), w.state, seen)
		if d.Due != nil && !d.Due.Until.After(w.now) {
			seen.Judged = verdicts(d.Due, v1alpha1.VerdictPass)
			d = Decide(w.now, w.intent(), w.state, seen)
		}
		w.state = d.State
		if !Live(asPhase(w.state)) {
			return
		}
		w.programmed, w.programmedAt = w.state.Revision, w.now
		w.now = w.now.Add(tick)
		action := Action{UID: fmt.Sprint("people", round), Actor: "alice", ReleaseUID: "uid", Generation: w.gen, At: w.now}
		switch {
		case w.state.Phase == v1alpha1.PhaseAwaitingApproval:
			action.Verb, action.Step = v1alpha1.VerbApprove, w.state.Step.Number
		case w.state.Phase == v1alpha1.PhasePaused:
			action.Verb = v1alpha1.VerbResume
		case w.state.Reason == v1alpha1.ReasonHeld:
			action.Verb = v1alpha1.VerbAbort
		default:
			continue
		}
		people = append(people, action)
	}
	i.fail("L3: the release is %s, %s, for ever", w.state.Phase, w.state.Reason)
}

// step is I7 and I2 of a step that begins.
func (i *invariants) step(w, next world, intent Intent) {
	count := int32(len(intent.Spec.Rollout.Steps))
	want := int32(1)
	if w.ghost.step > 0 && w.state.To == next.state.To {
		want = min(w.ghost.step+1, count)
		i.over(w, intent)
	}
	if next.state.Step.Number != want {
		i.fail("I7: step %d follows step %d", next.state.Step.Number, w.ghost.step)
		return
	}
	weight, _ := readWeight(intent.Spec.Rollout.Steps[want-1].Weight)
	if share(next.state.Split, next.state.To) != weight {
		i.fail("I7: step %d gives %s", want, splitText(next.state.Split))
	}
	if intent.Spec.Suspend {
		i.fail("I7: a step begins while the release is suspended")
	}
	if weight > share(effective(w.state, intent.Spec), next.state.To) && w.observation().Replicas[next.state.To].Ready == 0 {
		i.fail("I2: step %d raises %s, which has no ready pods", want, next.state.To)
	}
}

// over is I7 of a step that ends: nothing was skipped.
func (i *invariants) over(w world, intent Intent) {
	g := w.ghost
	g.follow(w, Decision{State: &v1alpha1.ReleaseStatus{Step: &v1alpha1.ReleaseStep{}}}, intent, nil)
	applied := applies(w)
	promoted := g.promoted || applied[v1alpha1.VerbPromote]
	passed := g.passed || w.judging != nil && w.judging.Verdicts[0].Outcome == v1alpha1.VerdictPass
	switch {
	case w.programmed != w.state.Revision:
		i.fail("I7: step %d ends before it is programmed", g.step)
	case !promoted && g.held < g.hold:
		i.fail("I7: step %d ends before its hold", g.step)
	case !promoted && !passed:
		i.fail("I7: step %d ends without an analysis that passed", g.step)
	case g.needs && g.approved != intent.Generation && !applied[v1alpha1.VerbApprove]:
		i.fail("I7: step %d ends without an approval", g.step)
	}
}

// applies are the verbs of the actions that are about to be decided on.
func applies(w world) map[v1alpha1.ReleaseVerb]bool {
	verbs := map[v1alpha1.ReleaseVerb]bool{}
	for _, action := range w.actions[:w.created] {
		decided := false
		for _, old := range w.state.Actions {
			decided = decided || old.UID == action.UID
		}
		if !decided && action.Generation == w.gen && action.Step == w.ghost.step {
			verbs[action.Verb] = true
		}
	}
	return verbs
}

// success is I7 of the end.
func (i *invariants) success(w, next world, intent Intent) {
	switch {
	case next.state.To == Stable(intent.Spec, w.state) || next.state.To == intent.Spec.Stable:
		// A rollout to stable itself: everything goes there.
	case w.stableGone && w.ready[variantIndex(next.state.To)] && w.ghost.step == 0:
		// Stable is meant to have no pods.
	default:
		i.fail("I7: the rollout ends at %s from %s", splitText(next.state.Split), splitText(effective(w.state, intent.Spec)))
	}
}

func variantIndex(name v1alpha1.VariantName) int { return int(name[1] - '1') }

// effective is where requests go.
func effective(state *v1alpha1.ReleaseStatus, spec *v1alpha1.CanaryReleaseSpec) []v1alpha1.ReleaseShare {
	if state == nil || len(state.Split) == 0 {
		return divide(spec.Variants, "", Stable(spec, state), whole)
	}
	return state.Split
}

func equalSplit(a, b []v1alpha1.ReleaseShare) bool { return splitText(a) == splitText(b) }

// raised is a variant other than stable that has more than before. Empty: none.
func raised(old, now []v1alpha1.ReleaseShare, stable v1alpha1.VariantName) v1alpha1.VariantName {
	for _, part := range now {
		if part.Variant != stable && part.Share > share(old, part.Variant) {
			return part.Variant
		}
	}
	return ""
}

func reasonsOf(d Decision) string {
	var reasons []string
	for _, line := range d.Transitions {
		reasons = append(reasons, line.Reason)
	}
	return strings.Join(reasons, "+")
}
