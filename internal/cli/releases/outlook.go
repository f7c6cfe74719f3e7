package releases

import (
	"fmt"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// outlook tells from what was seen of a release what an act on it will do. The operator decides; this is what to expect.
type outlook struct {
	release *v1alpha1.CanaryRelease
	// step that the act is about. 0: none.
	step int32
}

func (o outlook) approve() string {
	return fmt.Sprintf("step %d of %d is approved, and once it is over comes %s", o.step, o.count(), o.after())
}

func (o outlook) promote() string {
	text := fmt.Sprintf("step %d of %d is held and judged no longer", o.step, o.count())
	if step := o.release.Status.Release.Step; step != nil && step.Number == o.step && step.Approval && !approved(o.release, o.step) {
		return text + "; it still needs an approval, then comes " + o.after()
	}
	return text + ", and now comes " + o.after()
}

func (o outlook) pause() string {
	return "the rollout stops where it is, and requests stay shared as they are until it is resumed or aborted"
}

func (o outlook) resume() string {
	if o.release.Spec.Rollout == nil {
		return "the weights of the spec take effect"
	}
	return "the rollout goes on where it stopped"
}

func (o outlook) abort() string {
	return "all requests go to " + o.stable() + " (stable), and the rollout ends"
}

func (o outlook) retry() string {
	rollout := o.release.Spec.Rollout
	if rollout == nil {
		return "the rollout starts again"
	}
	return fmt.Sprintf("the rollout to %s starts again at step 1 (%s)", rollout.To, weightText(rollout.Steps[0].Weight.String()))
}

// after is what comes after the step.
func (o outlook) after() string {
	rollout := o.release.Spec.Rollout
	if rollout == nil || int(o.step) >= len(rollout.Steps) {
		return "the end of the rollout"
	}
	return fmt.Sprintf("step %d, %s %s", o.step+1, rollout.To, weightText(rollout.Steps[o.step].Weight.String()))
}

// count is how many steps there are.
func (o outlook) count() int {
	if o.release.Spec.Rollout == nil {
		return int(o.step)
	}
	return max(len(o.release.Spec.Rollout.Steps), int(o.step))
}

func (o outlook) stable() string {
	if o.release.Status.Stable != "" {
		return string(o.release.Status.Stable)
	}
	return string(o.release.Spec.Stable)
}

// standing says in a line how the release stands.
func standing(release *v1alpha1.CanaryRelease) string {
	words := []string{unseen}
	if phase := phaseOf(release); phase != "" {
		words[0] = string(phase)
	}
	if release.Status.Step != "" {
		words = append(words, "step "+release.Status.Step)
	}
	if release.Status.Weights != "" {
		words = append(words, release.Status.Weights)
	}
	return strings.Join(words, ", ")
}

// unseen is how a release stands that no operator has looked at.
const unseen = "not looked at yet"

// phaseOf is the phase as decided, which may be ahead of what is told elsewhere in the status. Empty: no operator has looked at the release.
func phaseOf(release *v1alpha1.CanaryRelease) v1alpha1.ReleasePhase {
	if release.Status.Release != nil {
		return release.Status.Release.Phase
	}
	return release.Status.Phase
}

// approved says whether a step has an approval that counts.
func approved(release *v1alpha1.CanaryRelease, step int32) bool {
	approval := approvalOf(release, step)
	return approval != nil && approval.Generation == release.Generation
}

// approvalOf is the last approval of a step. Nil: none.
func approvalOf(release *v1alpha1.CanaryRelease, step int32) *v1alpha1.ReleaseApproval {
	if release.Status.Release == nil {
		return nil
	}
	for i := range release.Status.Release.Approvals {
		if approval := &release.Status.Release.Approvals[i]; approval.Step == step {
			return approval
		}
	}
	return nil
}

// weightText is a step's weight, "25" or "0.5", in per cent.
func weightText(weight string) string { return strings.TrimSuffix(weight, ".0") + "%" }
