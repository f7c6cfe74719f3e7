package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
