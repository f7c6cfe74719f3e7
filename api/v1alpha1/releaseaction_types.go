package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ReleaseAction is what a person does to a running CanaryRelease. It is an object of its own, so that RBAC can grant it apart from editing the
// release, Git never drifts, and it stays as the audit record. It is applied once, and only while Kubemate's admission policy is in force.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=ract,categories=kubemate
// +kubebuilder:printcolumn:name="Release",type=string,JSONPath=`.spec.release`
// +kubebuilder:printcolumn:name="Action",type=string,JSONPath=`.spec.action`
// +kubebuilder:printcolumn:name="Step",type=integer,JSONPath=`.spec.step`
// +kubebuilder:printcolumn:name="Actor",type=string,JSONPath=`.spec.actor`
// +kubebuilder:printcolumn:name="Result",type=string,JSONPath=`.status.phase`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type ReleaseAction struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is what is to be done, to what, by whom and why. It never changes.
	Spec ReleaseActionSpec `json:"spec"`
	// Status is what became of it.
	//
	// +optional
	// +kubebuilder:default={observedGeneration:-1}
	Status ReleaseActionStatus `json:"status,omitempty"`
}

// ReleaseActionList is a list of ReleaseActions.
//
// +kubebuilder:object:root=true
type ReleaseActionList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []ReleaseAction `json:"items"`
}

// ReleaseActionSpec is what is to be done. It is bound to one release by UID and to one of its specs by generation: it does nothing to a
// release that was deleted and created again, nor to one that was changed since.
//
// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="an action never changes: it is the record of what was asked; create another one"
// +kubebuilder:validation:XValidation:rule="!(self.action in ['Approve', 'Promote']) || has(self.step)",message="set step: Approve and Promote are about one step of the rollout, counted from 1"
// +kubebuilder:validation:XValidation:rule="self.action in ['Approve', 'Promote'] || !has(self.step)",message="leave out step: only Approve and Promote are about one step of the rollout"
type ReleaseActionSpec struct {
	// Release is the name of the CanaryRelease.
	Release ObjectName `json:"release"`
	// ReleaseUID is metadata.uid of that release.
	//
	// +kubebuilder:validation:MaxLength=36
	// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')",message="must be metadata.uid of the release: the action is for that one alone, not for another of the same name"
	ReleaseUID string `json:"releaseUID"`
	// Generation is metadata.generation of the release that the person has seen.
	//
	// +kubebuilder:validation:Minimum=1
	Generation int64 `json:"generation"`
	// Action is what to do. Approve lets the rollout go on from a step that waits for an approval. Promote ends the hold and the analysis of a
	// step, never its approval. Pause stops the rollout where it is, Resume lets it go on; Resume also gives a release back after the kill
	// switch was lifted. Abort sends all traffic to stable and ends the rollout. Retry starts a rollout that was rolled back again.
	Action ReleaseVerb `json:"action"`
	// Step of spec.rollout.steps that is approved or promoted, counted from 1. Set for Approve and Promote only.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=32
	Step *int32 `json:"step,omitempty"`
	// Actor is the user name of who creates the action, as "kubectl auth whoami" says it. The admission policy refuses another.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="!self.matches('[\\\\x00-\\\\x1f\\\\x7f]')",message="must be a user name without control characters: write what kubectl auth whoami says"
	Actor string `json:"actor"`
	// Reason is why, for the record: a change number for example. Empty: none was given; the admission policy may ask for one.
	//
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:XValidation:rule="!self.matches('[\\\\x00-\\\\x1f\\\\x7f]')",message="must be one line of text without control characters: it stands in logs and histories"
	Reason string `json:"reason,omitempty"`
}

// ReleaseVerb is what can be done to a running release.
//
// +kubebuilder:validation:Enum=Approve;Promote;Pause;Resume;Abort;Retry
type ReleaseVerb string

// Verbs of a ReleaseAction.
const (
	// VerbApprove approves a step that waits for it.
	VerbApprove ReleaseVerb = "Approve"
	// VerbPromote ends the hold and the analysis of a step, never its approval.
	VerbPromote ReleaseVerb = "Promote"
	// VerbPause stops the rollout where it is.
	VerbPause ReleaseVerb = "Pause"
	// VerbResume lets a paused rollout go on, and gives a release back after the kill switch was lifted.
	VerbResume ReleaseVerb = "Resume"
	// VerbAbort sends all traffic to stable and ends the rollout.
	VerbAbort ReleaseVerb = "Abort"
	// VerbRetry starts a rollout that was rolled back again.
	VerbRetry ReleaseVerb = "Retry"
)

// ReleaseActionStatus is what became of an action. Only the operator writes it, once.
type ReleaseActionStatus struct {
	// ObservedGeneration is 1 once the operator has answered; -1 before.
	//
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Phase is the answer. Empty: the operator has not answered yet.
	//
	// +optional
	Phase ActionPhase `json:"phase,omitempty"`
	// Message says what was done, or why nothing was done and what to do.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	Message string `json:"message,omitempty"`
	// At is when the operator decided.
	//
	// +optional
	At *metav1.Time `json:"at,omitempty"`
}

// ActionPhase is what became of an action.
//
// +kubebuilder:validation:Enum=Applied;Refused;Ignored
type ActionPhase string

const (
	// ActionApplied means that the release's status holds the effect and the action's UID.
	ActionApplied ActionPhase = "Applied"
	// ActionRefused means that the release does not allow it: another generation, another step, nothing to resume.
	ActionRefused ActionPhase = "Refused"
	// ActionIgnored means that nobody vouches for it, because the admission policy was not in force, or its release is gone.
	ActionIgnored ActionPhase = "Ignored"
)
