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
