package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
