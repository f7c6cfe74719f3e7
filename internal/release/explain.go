package release

import (
	"fmt"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// Words tell people where a release stands.
type Words struct {
	// Phase of the release, Manual without a decision.
	Phase v1alpha1.ReleasePhase
	// Step and how many there are, "2/3". Empty: no rollout is under way.
	Step string
	// Next is what happens next and when, in a few words. Empty: nothing does.
	Next string
	// Explanation is one sentence: why the release is not moving, what happens next and when.
	Explanation string
}

// Explain puts a decision into words. State may be nil. Settled is as in Observation, zero while the decision is not programmed everywhere. The words
// change only with the arguments, never with time alone: times in them are absolute, in UTC.
func Explain(spec *v1alpha1.CanaryReleaseSpec, state *v1alpha1.ReleaseStatus, settled time.Time) Words {
	if state == nil || state.Phase == v1alpha1.PhaseManual {
		return Words{Phase: v1alpha1.PhaseManual, Explanation: "the weights are set by hand"}
	}
	words := Words{Phase: state.Phase}
	teller := teller{spec: spec, state: state, settled: settled}
	switch state.Phase {
	case v1alpha1.PhaseSucceeded:
		words.Explanation = fmt.Sprintf("%s: %s has all requests and is stable; %s", state.Message, state.To, teller.afterwards())
	case v1alpha1.PhaseRolledBack:
		words.Next = "Retry, or another rollout.to"
		words.Explanation = fmt.Sprintf("the rollout to %s was rolled back and %s has all requests: %s; %s",
			state.To, Stable(spec, state), state.Message, teller.afterwards())
	case v1alpha1.PhaseStopped:
		words.Next = "Resume, or an edit"
		words.Explanation = fmt.Sprintf("%s has all requests: %s; once it is off, the weights by hand take effect with the next edit of the spec or the action Resume",
			Stable(spec, state), state.Message)
	default:
		words.Step = teller.step()
		words.Next, words.Explanation = teller.underWay()
	}
	return words
}

// teller tells about a rollout.
type teller struct {
	spec    *v1alpha1.CanaryReleaseSpec
	state   *v1alpha1.ReleaseStatus
	settled time.Time
}

// afterwards says what may follow an end.
func (t teller) afterwards() string {
	if t.spec.Rollout == nil {
		return "the split stays until the weights by hand are edited, or until the action Resume"
	}
	if t.state.Phase == v1alpha1.PhaseSucceeded {
		return "another rollout.to starts the next"
	}
	return "the action Retry or another rollout.to starts a rollout"
}

// step is "2/3".
func (t teller) step() string {
	number := 0
	if t.state.Step != nil {
		number = int(t.state.Step.Number)
	}
	return fmt.Sprintf("%d/%d", number, t.count())
}

// count is how many steps there are; edits may have left fewer than were taken.
func (t teller) count() int {
	count := 0
	if t.spec.Rollout != nil {
		count = len(t.spec.Rollout.Steps)
	}
	if t.state.Step != nil {
		count = max(count, int(t.state.Step.Number))
	}
	return count
}

// following is what comes after the present step.
func (t teller) following() string {
	if t.spec.Rollout == nil || len(t.spec.Rollout.Steps) == 0 {
		return "the end"
	}
	number := 1
	if t.state.Step != nil {
		if t.state.Step.Weight == whole && int(t.state.Step.Number) >= len(t.spec.Rollout.Steps) {
			return "the end"
		}
		number = min(int(t.state.Step.Number)+1, len(t.spec.Rollout.Steps))
	}
	return fmt.Sprintf("step %d (%s%%)", number, t.spec.Rollout.Steps[number-1].Weight.String())
}

// underWay tells about a rollout that is not over.
func (t teller) underWay() (next, explanation string) {
	following := t.following()
	switch {
	case t.state.Phase == v1alpha1.PhaseSuspended:
		return "when suspended no longer", fmt.Sprintf("the rollout to %s is suspended: %s; the split stays, and %s comes when that is over", t.state.To, t.state.Message, following)
	case t.state.Phase == v1alpha1.PhasePaused:
		return "Resume or Abort", fmt.Sprintf("the rollout to %s is paused: %s; the split stays until the action Resume or Abort", t.state.To, t.state.Message)
	case t.state.Phase == v1alpha1.PhaseAwaitingApproval:
		return fmt.Sprintf("approve step %d", t.state.Step.Number), fmt.Sprintf("%s; then comes %s", t.state.Message, following)
	case t.state.Phase == v1alpha1.PhaseRetargeting:
		return following, fmt.Sprintf("%s; once that is programmed comes %s", t.state.Message, following)
	case t.state.Reason == v1alpha1.ReasonInsufficientCapacity:
		return following + " with more pods", fmt.Sprintf("%s waits for ready replicas: %s", following, t.state.Message)
	case t.state.Reason == v1alpha1.ReasonHeld:
		return following + " when accepted", fmt.Sprintf("%s waits: %s", following, t.state.Message)
	case t.state.Step == nil:
		return following, fmt.Sprintf("the rollout to %s begins with %s as soon as the present split is programmed", t.state.To, following)
	}
	return t.duringStep(following)
}

// duringStep tells about a step that is not over.
func (t teller) duringStep(following string) (next, explanation string) {
	step := t.state.Step
	gives := fmt.Sprintf("step %d of %d gives %s %s", step.Number, t.count(), t.state.To, percent(step.Weight))
	if step.Approval {
		following = fmt.Sprintf("an approval, then %s", following)
	}
	ends, known := t.holdEnds()
	switch {
	case !known:
		return following, fmt.Sprintf("%s; it begins to count when mesh and edge have followed%s, then comes %s", gives, t.holdLength(), following)
	case step.Promoted:
		return following, fmt.Sprintf("%s; its hold and analysis were ended by a person, now comes %s", gives, following)
	case t.spec.Rollout != nil && t.spec.Rollout.Analysis != nil:
		return fmt.Sprintf("%s, %s at best", following, minute(ends)),
			fmt.Sprintf("%s until %s, and until the analysis passes (%s); then comes %s", gives, clock(ends), t.analysis(), following)
	}
	return fmt.Sprintf("%s, %s", following, minute(ends)), fmt.Sprintf("%s until %s; then comes %s", gives, clock(ends), following)
}

// holdEnds is when the hold of the step is over. False: its split is not programmed everywhere yet.
func (t teller) holdEnds() (time.Time, bool) {
	if t.settled.IsZero() || t.state.RunningSince == nil {
		return time.Time{}, false
	}
	from := latest(latest(t.settled, t.state.Step.BeganAt.Time), t.state.RunningSince.Time)
	return from.Add(t.state.Step.Hold.Duration - t.state.Step.Held.Duration), true
}

func (t teller) holdLength() string {
	if t.state.Step.Hold.Duration == 0 {
		return ""
	}
	return " and is held for " + t.state.Step.Hold.Duration.String()
}

// analysis says how the last interval was judged.
func (t teller) analysis() string {
	if t.state.Analysis == nil {
		return "no interval is judged yet"
	}
	if t.state.Analysis.Verdict == v1alpha1.VerdictPass {
		return "it passes so far" // not which interval: the words would change with each
	}
	text := fmt.Sprintf("the last interval ended in %s", t.state.Analysis.Verdict)
	if about := evidence(t.state.Analysis.Metrics); about != "" {
		text += ", " + about
	}
	return text
}

// clock writes an instant to the second.
func clock(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// minute writes an instant briefly.
func minute(at time.Time) string { return at.UTC().Format("01-02 15:04") + " UTC" }
