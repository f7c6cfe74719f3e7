package releases

import (
	"fmt"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// verb is one way to act on a release.
type verb struct {
	name   string
	action v1alpha1.ReleaseVerb
	// short begins with a capital, long and example are for the help.
	short, long, example string
	// ofStep says that the act is about one step of the rollout.
	ofStep bool
	// forecast says what will happen, without a full stop.
	forecast func(outlook) string
}

var verbs = []verb{
	{
		name: "approve", action: v1alpha1.VerbApprove, ofStep: true, forecast: outlook.approve,
		short: "Let a rollout go on from a step that waits for an approval",
		long: `Approve the step that the rollout is at. A step with approval: true ends only when it is approved; it may be approved before that, while it is
still held or judged. An approval is for the spec as it is: after an edit it no longer counts.

Where four eyes are configured, whoever changed the release last cannot approve it, and approvers belong to a group of the configuration.`,
		example: `  # Approve the present step, for the record of change management
  kubectl kubemate release approve orders -n shop --reason CHG-20261122-7

  # Approve step 2 and no other: refused if the rollout is elsewhere
  kubectl kubemate release approve orders -n shop --step 2`,
	},
	{
		name: "promote", action: v1alpha1.VerbPromote, ofStep: true, forecast: outlook.promote,
		short: "End the hold and the analysis of a step now",
		long: `End the hold and the analysis of the step that the rollout is at, so that the next step comes now. An approval that the step needs is still
needed, and so are the pods that the next step needs.`,
		example: `  # The numbers look good: do not wait for the rest of the hold
  kubectl kubemate release promote orders -n shop --reason "looks good"`,
	},
	{
		name: "pause", action: v1alpha1.VerbPause, forecast: outlook.pause,
		short:   "Stop a rollout where it is",
		long:    `Stop the rollout where it is, its clocks too. Requests are shared as they are now until it is resumed or aborted.`,
		example: `  kubectl kubemate release pause orders -n shop --reason "network maintenance"`,
	},
	{
		name: "resume", action: v1alpha1.VerbResume, forecast: outlook.resume,
		short: "Let a paused rollout go on",
		long: `Let a paused rollout go on where it stopped. What led to the pause, failed intervals for example, counts from zero again.

Without a rollout, it gives the weights by hand their effect back after the kill switch was lifted.`,
		example: `  kubectl kubemate release resume orders -n shop`,
	},
	{
		name: "abort", action: v1alpha1.VerbAbort, forecast: outlook.abort,
		short:   "Send everything to stable and end the rollout",
		long:    `Send all requests to the stable variant, at once, and end the rollout. It needs no analysis, no approval and no capacity.`,
		example: `  kubectl kubemate release abort orders -n shop --reason "errors in payments"`,
	},
	{
		name: "retry", action: v1alpha1.VerbRetry, forecast: outlook.retry,
		short:   "Start a rollout again that was rolled back",
		long:    `Start a rollout again that was rolled back or aborted, from its first step.`,
		example: `  kubectl kubemate release retry orders -n shop --reason "fixed by CHG-20261123-1"`,
	},
}

// stepToBind is the step that an act is about: the one that the rollout is at, or the one that was asked for.
func (v verb) stepToBind(release *v1alpha1.CanaryRelease, asked int32) (*int32, error) {
	switch state := release.Status.Release; {
	case !v.ofStep:
		return nil, nil
	case asked > 0:
		return &asked, nil
	case state == nil || state.Step == nil:
		phase := v1alpha1.PhaseManual
		if state != nil {
			phase = state.Phase
		}
		return nil, fmt.Errorf("the release is at no step of a rollout (phase %s), so there is nothing to %s", phase, v.name)
	default:
		number := state.Step.Number
		return &number, nil
	}
}
