package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ReleaseFieldManager is the field manager of status.release.
const ReleaseFieldManager = "kubemate-release"

// ReleaseStatus is what the release controller has decided, and all that it needs to decide on after a crash. It alone writes it. While weights
// are set by hand and nobody acted on the release there is none.
type ReleaseStatus struct {
	// ObservedGeneration is the generation of the spec that this decision knows. A decision older than the spec is not programmed.
	ObservedGeneration int64 `json:"observedGeneration"`
	// Revision counts the decisions that changed where requests go. status.programmed says which of them is in force.
	Revision int64 `json:"revision"`
	// Phase is the state of the rollout.
	Phase ReleasePhase `json:"phase"`
	// Reason says in one word why the rollout is in this phase, or what it waits for.
	//
	// +kubebuilder:validation:MaxLength=64
	Reason string `json:"reason"`
	// Message says the same to people.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message,omitempty"`
	// Since is when phase and reason last changed.
	Since metav1.MicroTime `json:"since"`

	// To is the variant that the rollout moves, or moved, forward. A rollout to another one starts anew. Empty: no rollout yet.
	//
	// +optional
	To VariantName `json:"to,omitempty"`
	// Stable is the variant that a rollout promoted to stable. Empty: stable is what the spec says.
	//
	// +optional
	Stable VariantName `json:"stable,omitempty"`
	// StableInSpec is what spec.stable was when stable was promoted. Once it is edited, the spec's is stable again.
	//
	// +optional
	StableInSpec VariantName `json:"stableInSpec,omitempty"`
	// WeightsInSpec are the weights by hand when the rollout ended, "v1=90,v2=10". Without a rollout in the spec, other weights than these take
	// effect again.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=768
	WeightsInSpec string `json:"weightsInSpec,omitempty"`

	// Split is the share of each variant; variants without a share are left out. Empty: as the weights by hand say.
	//
	// +optional
	// +listType=map
	// +listMapKey=variant
	// +kubebuilder:validation:MaxItems=16
	Split []ReleaseShare `json:"split,omitempty"`
	// Matches says which of spec.matches hold.
	//
	// +optional
	Matches ReleaseMatches `json:"matches,omitzero"`

	// StartedAt is when the rollout started.
	//
	// +optional
	StartedAt *metav1.MicroTime `json:"startedAt,omitempty"`
	// EndedAt is when the rollout ended.
	//
	// +optional
	EndedAt *metav1.MicroTime `json:"endedAt,omitempty"`
	// StableReplicas is how many replicas stable wanted when the rollout started.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	StableReplicas int32 `json:"stableReplicas,omitempty"`
	// Step is the step that the rollout is at, and its clocks. Empty: before the first, or the rollout is over.
	//
	// +optional
	Step *ReleaseStep `json:"step,omitempty"`
	// RunningSince is when the rollout last began to run; until then its clocks show what is written. Empty: they stand still, because the rollout
	// is held for an approval, paused, suspended or over.
	//
	// +optional
	RunningSince *metav1.MicroTime `json:"runningSince,omitempty"`
	// Elapsed is how long the rollout had run until then, for its deadline.
	//
	// +optional
	Elapsed metav1.Duration `json:"elapsed,omitzero"`
	// Pause says who paused the rollout, and why. Empty: nobody.
	//
	// +optional
	Pause *ReleasePause `json:"pause,omitempty"`
	// Analysis is how the present step was judged so far. Empty: not yet.
	//
	// +optional
	Analysis *ReleaseAnalysis `json:"analysis,omitempty"`
	// Approvals of this rollout's steps, the last for each.
	//
	// +optional
	// +listType=map
	// +listMapKey=step
	// +kubebuilder:validation:MaxItems=32
	Approvals []ReleaseApproval `json:"approvals,omitempty"`
	// KillSwitch is the last time the kill switch stopped this release. Empty: it never did, or a person has gone on since.
	//
	// +optional
	KillSwitch *ReleaseKillSwitch `json:"killSwitch,omitempty"`

	// Actions are the last actions that were decided on, oldest first. None of them is decided on again.
	//
	// +optional
	// +listType=map
	// +listMapKey=uid
	// +kubebuilder:validation:MaxItems=32
	Actions []DecidedAction `json:"actions,omitempty"`
	// ActionsUntil is when the youngest action was created that actions has no room for. Those not listed that were created by then are not decided on again.
	//
	// +optional
	ActionsUntil *metav1.Time `json:"actionsUntil,omitempty"`
	// History lists the last transitions, oldest first.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=24
	History []ReleaseTransition `json:"history,omitempty"`
}

// ReleasePhase is the state of a release.
//
// +kubebuilder:validation:Enum=Manual;Retargeting;Progressing;AwaitingApproval;Paused;Suspended;Succeeded;RolledBack;Stopped
type ReleasePhase string

const (
	// PhaseManual is weights by hand, no rollout.
	PhaseManual ReleasePhase = "Manual"
	// PhaseRetargeting is a rollout with a new target; first the match rules of the old one go.
	PhaseRetargeting ReleasePhase = "Retargeting"
	// PhaseProgressing is a rollout that moves, or waits for something that needs no decision of a person.
	PhaseProgressing ReleasePhase = "Progressing"
	// PhaseAwaitingApproval is a step that is over but for its approval.
	PhaseAwaitingApproval ReleasePhase = "AwaitingApproval"
	// PhasePaused is a rollout that a person, or too many errors, stopped where it is.
	PhasePaused ReleasePhase = "Paused"
	// PhaseSuspended is a rollout that spec.suspend stopped where it is.
	PhaseSuspended ReleasePhase = "Suspended"
	// PhaseSucceeded is the end: everything goes to rollout.to.
	PhaseSucceeded ReleasePhase = "Succeeded"
	// PhaseRolledBack is the end: everything goes to stable.
	PhaseRolledBack ReleasePhase = "RolledBack"
	// PhaseStopped is weights by hand that the kill switch overrode: everything goes to stable.
	PhaseStopped ReleasePhase = "Stopped"
)

// ReleaseShare is the share of one variant.
type ReleaseShare struct {
	// Variant is its name.
	Variant VariantName `json:"variant"`
	// Share in tenths of a per cent; those of a split sum to 1000.
	//
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	Share int32 `json:"share"`
}

// ReleaseMatches says which match rules hold.
type ReleaseMatches struct {
	// Hold is All, None, or Except the variants that are named.
	//
	// +optional
	Hold MatchesHold `json:"hold,omitempty"`
	// Except names the variants whose match rules do not hold.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	Except []VariantName `json:"except,omitempty"`
}

// MatchesHold is which match rules hold.
//
// +kubebuilder:validation:Enum=All;None;Except
type MatchesHold string

const (
	// MatchesAll hold.
	MatchesAll MatchesHold = "All"
	// MatchesNone hold.
	MatchesNone MatchesHold = "None"
	// MatchesExcept those of the variants that are named hold.
	MatchesExcept MatchesHold = "Except"
)

// ReleaseStep is a step of a rollout as it was when it began; edits of the spec apply from the next.
type ReleaseStep struct {
	// Number of the step, counted from 1.
	//
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=32
	Number int32 `json:"number"`
	// Weight of rollout.to in tenths of a per cent.
	//
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000
	Weight int32 `json:"weight"`
	// Hold is how long the step lasts at least.
	//
	// +optional
	Hold metav1.Duration `json:"hold,omitzero"`
	// Approval says that the step needs an approval at its end.
	//
	// +optional
	Approval bool `json:"approval,omitempty"`
	// BeganAt is when the step was decided on.
	BeganAt metav1.MicroTime `json:"beganAt"`
	// Held is how long the step had been held until runningSince.
	//
	// +optional
	Held metav1.Duration `json:"held,omitzero"`
	// Promoted says that a person ended the step's hold and analysis.
	//
	// +optional
	Promoted bool `json:"promoted,omitempty"`
}

// ReleasePause says who paused a rollout.
type ReleasePause struct {
	// By is the user, or "kubemate".
	//
	// +kubebuilder:validation:MaxLength=512
	By string `json:"by"`
	// Reason is Paused, AnalysisFailed, AnalysisError or DeadlineExceeded.
	//
	// +kubebuilder:validation:MaxLength=64
	Reason string `json:"reason"`
	// Message says why.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message,omitempty"`
}

// Verdict is what came of judging a metric over an interval.
//
// +kubebuilder:validation:Enum=Pass;Fail;NoData;Error
type Verdict string

const (
	// VerdictPass is within the bounds.
	VerdictPass Verdict = "Pass"
	// VerdictFail is out of bounds.
	VerdictFail Verdict = "Fail"
	// VerdictNoData is nothing, or too little, to judge.
	VerdictNoData Verdict = "NoData"
	// VerdictError is a metric source that could not be asked, or that answered with something that is no measurement. Never a pass.
	VerdictError Verdict = "Error"
)

// ReleaseAnalysis is how a step was judged.
type ReleaseAnalysis struct {
	// Interval is the number of the last interval that was judged, counted from 1 in each step.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	Interval int32 `json:"interval,omitempty"`
	// Until is where that interval ended, or when the rollout was resumed after it. The next begins there.
	//
	// +optional
	Until *metav1.MicroTime `json:"until,omitempty"`
	// Verdict on that interval, all metrics together.
	//
	// +optional
	Verdict Verdict `json:"verdict,omitempty"`
	// Failures counts the failed intervals of this step.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	Failures int32 `json:"failures,omitempty"`
	// Errors counts the intervals in a row, up to the last, that ended in an error.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	Errors int32 `json:"errors,omitempty"`
	// Metrics is how each was judged.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	Metrics []MetricStatus `json:"metrics,omitempty"`
	// Observed are the shares of the requests that the variants really answered in that interval, inside the mesh and at the edge together, as the
	// metric source counted them; a variant that answered none is left out. Requests that match rules send count too. Each share is rounded.
	// Empty: they are not known, because nothing was counted or the metric source did not answer.
	//
	// +optional
	// +listType=map
	// +listMapKey=variant
	// +kubebuilder:validation:MaxItems=16
	Observed []ReleaseShare `json:"observed,omitempty"`
}

// MetricStatus is how one metric was judged in the present step.
type MetricStatus struct {
	// Name of the metric.
	//
	// +kubebuilder:validation:MaxLength=63
	Name string `json:"name"`
	// CompareTo is the variant that it was compared with. Empty: none.
	//
	// +optional
	CompareTo CompareTo `json:"compareTo,omitempty"`
	// DryRun says that it counts for nothing.
	//
	// +optional
	DryRun bool `json:"dryRun,omitempty"`
	// Verdict on the last interval.
	Verdict Verdict `json:"verdict"`
	// Value that was measured last. Empty: none.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Value string `json:"value,omitempty"`
	// Message says what was wrong with it. Empty: nothing.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Message string `json:"message,omitempty"`
	// Query that was asked.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=4096
	Query string `json:"query,omitempty"`
	// Failures counts its failed intervals.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	Failures int32 `json:"failures,omitempty"`
	// Errors counts its intervals that ended in an error.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	Errors int32 `json:"errors,omitempty"`
	// NoData counts its intervals without data.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	NoData int32 `json:"noData,omitempty"`
}

// ReleaseApproval is the approval of one step.
type ReleaseApproval struct {
	// Step that was approved, counted from 1.
	//
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=32
	Step int32 `json:"step"`
	// By is the user who approved.
	//
	// +kubebuilder:validation:MaxLength=512
	By string `json:"by"`
	// At is when the approval was decided on.
	At metav1.MicroTime `json:"at"`
	// Generation of the spec that was approved; an edit of the spec needs another approval.
	Generation int64 `json:"generation"`
	// Reason that was given.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Reason string `json:"reason,omitempty"`
}

// ReleaseKillSwitch is the mark that the kill switch leaves on a release.
type ReleaseKillSwitch struct {
	// Scope is what the switch was on: the namespace, or the whole cluster.
	Scope KillSwitchScope `json:"scope"`
	// At is when the release was stopped.
	At metav1.MicroTime `json:"at"`
	// Generation of the spec whose weights by hand, or rollout, the switch overrode. Weights by hand take effect again with another generation.
	Generation int64 `json:"generation"`
}

// KillSwitchScope is what a kill switch is on.
//
// +kubebuilder:validation:Enum=Namespace;Cluster
type KillSwitchScope string

const (
	// KillSwitchNamespace is on the release's namespace.
	KillSwitchNamespace KillSwitchScope = "Namespace"
	// KillSwitchCluster is on the operator's namespace, for the whole cluster.
	KillSwitchCluster KillSwitchScope = "Cluster"
)

// DecidedAction is an action that was decided on.
type DecidedAction struct {
	// UID of the ReleaseAction.
	//
	// +kubebuilder:validation:MaxLength=36
	UID string `json:"uid"`
	// Applied says whether it had its effect; otherwise message says why not.
	Applied bool `json:"applied"`
	// Message says what was done, or why nothing was.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Message string `json:"message,omitempty"`
	// CreatedAt is when the ReleaseAction was created.
	CreatedAt metav1.Time `json:"createdAt"`
	// At is when it was decided on.
	At metav1.MicroTime `json:"at"`
}

// ReleaseTransition is one line of a release's history.
type ReleaseTransition struct {
	// At is when it was decided.
	At metav1.MicroTime `json:"at"`
	// By is the user whose action it was, or "kubemate".
	//
	// +kubebuilder:validation:MaxLength=512
	By string `json:"by"`
	// Reason in one word.
	//
	// +kubebuilder:validation:MaxLength=64
	Reason string `json:"reason"`
	// Message says what happened, with the evidence or the reason that a person gave.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message,omitempty"`
	// Phase after it.
	Phase ReleasePhase `json:"phase"`
	// Step after it, counted from 1.
	//
	// +optional
	// +kubebuilder:validation:Maximum=32
	Step int32 `json:"step,omitempty"`
	// From is the split before, "v1 95%, v2 5%". Empty together with to: it stayed.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=768
	From string `json:"from,omitempty"`
	// To is the split after.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=768
	To string `json:"to,omitempty"`
	// Generation of the spec.
	Generation int64 `json:"generation"`
}
