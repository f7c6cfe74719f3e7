package release

import (
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// Decision is what comes of looking at a release.
type Decision struct {
	// State is the new status.release. Nil: none, weights are by hand and nobody acted on the release.
	State *v1alpha1.ReleaseStatus
	// Changed says that State differs from what was given and must be written, with the resource version that was read as precondition. What else a
	// decision holds may be acted on only once it is.
	Changed bool
	// Wake is when to look again, if nothing happens earlier. Zero: nothing comes with time.
	Wake time.Time
	// Due is the analysis to do next. Nil: none.
	Due *Due
	// Transitions that this decision made, for events. They are in State.History too.
	Transitions []v1alpha1.ReleaseTransition
	// Answers to the actions that were observed, those that were decided on before too. An action without an answer waits.
	Answers []Answer
}

// Due is an analysis to do: the metrics over one interval, once it has ended.
type Due struct {
	Revision, Generation int64
	Step, Interval       int32
	// Since is where what is not judged yet begins. It is later after the rollout stood still: what was asked for an earlier one is of no use.
	Since time.Time
	// From and Until bound the interval. Ask when Until has passed.
	From, Until time.Time
	// Target is the variant that is judged, Stable the one that it is compared with.
	Target, Stable v1alpha1.VariantName
	// Metrics to ask for; comparisons are left out while stable has no share.
	Metrics []v1alpha1.Metric
}

// Answer says what became of an action.
type Answer struct {
	UID     string
	Applied bool
	Message string
}
