package releases

import (
	"fmt"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/cli/paint"
)

func (r report) rollout() (node, bool) {
	rollout := r.release.Spec.Rollout
	if rollout == nil {
		return node{}, false
	}
	section := line("Rollout to " + string(rollout.To))
	for i := range rollout.Steps {
		section.children = append(section.children, r.step(int32(i+1), &rollout.Steps[i]))
	}
	return section, true
}

// step is a line about a step: as it was when it began, if it is the present one.
func (r report) step(number int32, of *v1alpha1.RolloutStep) node {
	mark, weight, hold := r.markOf(number), weightText(of.Weight.String()), ""
	if of.Hold != nil {
		hold = "hold " + string(*of.Hold)
	}
	needs := of.Approval
	present := r.present(number)
	if present {
		weight = tenths(r.state.Step.Weight)
		hold = r.holdText()
		needs = r.state.Step.Approval
	}
	return node{cells: []cell{
		mark, {text: "step " + strconv.Itoa(int(number))}, {text: weight}, {text: hold}, r.approvalText(number, needs, present),
	}}
}

// present says whether the rollout is at the step.
func (r report) present(number int32) bool {
	return r.state.Step != nil && r.state.Step.Number == number
}

func (r report) markOf(number int32) cell {
	switch {
	case r.state.Phase == v1alpha1.PhaseSucceeded || r.state.Step != nil && number < r.state.Step.Number:
		return cell{text: r.marks.done, color: paint.Green}
	case r.present(number):
		return cell{text: r.marks.current, color: phaseColor(r.state.Phase)}
	}
	return cell{text: r.marks.coming, color: paint.Dim}
}

// holdText says how long the present step is still held. Data planes need a moment to follow, so it may be some seconds more.
func (r report) holdText() string {
	step := r.state.Step
	switch {
	case step.Promoted:
		return "hold ended by a person"
	case step.Hold.Duration == 0:
		return ""
	}
	text := "hold " + duration.ShortHumanDuration(step.Hold.Duration)
	held := step.Held.Duration
	if r.state.RunningSince != nil {
		from, counts := r.countsFrom()
		if !counts {
			return text + ", begins when the split is in force"
		}
		held += max(0, r.now.Sub(from))
	}
	if left := step.Hold.Duration - held; left > 0 {
		return text + ", " + left.Round(time.Second).String() + " left"
	}
	return text + ", over"
}

// countsFrom is since when the hold counts. False: the present split is not in force yet.
func (r report) countsFrom() (time.Time, bool) {
	programmed := r.release.Status.Programmed
	if programmed == nil || programmed.Revision != r.state.Revision {
		return time.Time{}, false
	}
	from := r.state.RunningSince.Time
	for _, at := range []time.Time{programmed.Since.Time, r.state.Step.BeganAt.Time} {
		if at.After(from) {
			from = at
		}
	}
	return from, true
}

func (r report) approvalText(number int32, needs, present bool) cell {
	approval := approvalOf(r.release, number)
	switch {
	case !needs:
		return cell{}
	case approval != nil && (approval.Generation == r.release.Generation || !present):
		text := "approved by " + approval.By + " " + r.age(approval.At.Time) + " ago"
		if approval.Reason != "" {
			text += ": " + approval.Reason
		}
		return cell{text: text, color: paint.Green}
	case approval != nil:
		return cell{text: fmt.Sprintf("needs an approval: that of %s was for generation %d", approval.By, approval.Generation), color: paint.Yellow}
	case present && r.state.Phase == v1alpha1.PhaseAwaitingApproval:
		return cell{text: "waits for an approval", color: paint.Yellow}
	}
	return cell{text: "needs an approval"}
}

// tenths writes tenths of a per cent.
func tenths(weight int32) string {
	text := strconv.Itoa(int(weight / 10))
	if rest := weight % 10; rest != 0 {
		text += "." + strconv.Itoa(int(rest))
	}
	return text + "%"
}
