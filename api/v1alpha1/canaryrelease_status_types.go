package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// CanaryReleaseStatus is what was understood and written.
type CanaryReleaseStatus struct {
	CommonStatus `json:",inline"`

	// Stable is the name of the variant where traffic returns to: spec.stable, and once a rollout has succeeded the variant that it promoted, until
	// spec.stable is edited.
	//
	// +optional
	Stable VariantName `json:"stable,omitempty"`
	// Phase is the state of the rollout; Manual without one.
	//
	// +optional
	Phase ReleasePhase `json:"phase,omitempty"`
	// Step is the step of the rollout and how many there are: "2/3". Empty: no rollout.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=8
	Step string `json:"step,omitempty"`
	// Next is what happens next and when, in a few words.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=128
	Next string `json:"next,omitempty"`
	// Explanation says in one sentence why the release is not moving, what happens next and when.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	Explanation string `json:"explanation,omitempty"`
	// Weights sums the shares up for people: "v1 90%, v2 10%". What is programmed, without matches.
	//
	// +optional
	Weights string `json:"weights,omitempty"`
	// Variants lists each variant's share and readiness, each once.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	Variants []VariantStatus `json:"variants,omitempty"`
	// Programmed is the decision of status.release that the generated objects carry. Empty: none.
	//
	// +optional
	// +structType=atomic
	Programmed *ProgrammedRevision `json:"programmed,omitempty"`
	// Release is what the release controller has decided, always written as a whole: the API server then keeps one field of it in managedFields instead of
	// each. Everything else in status is written by the namespace controller.
	//
	// +optional
	// +structType=atomic
	Release *ReleaseStatus `json:"release,omitempty"`
}

// ProgrammedRevision is a decision that is in force.
type ProgrammedRevision struct {
	// Revision of status.release.
	Revision int64 `json:"revision"`
	// Since is when all generated objects, of mesh and edge, carried it for the first time. It stays while the revision stays: what others do to
	// the objects meanwhile does not turn the clock back.
	Since metav1.MicroTime `json:"since"`
}

// VariantStatus is the state of one variant.
type VariantStatus struct {
	// Name of the variant.
	Name VariantName `json:"name"`
	// Service that selects the variant's pods, generated or named in the spec.
	//
	// +optional
	Service string `json:"service,omitempty"`
	// Wanted is the share that the spec asks for, in per cent with at most two decimals.
	//
	// +optional
	Wanted string `json:"wanted,omitempty"`
	// Programmed is the share that the generated objects give, in per cent with at most two decimals.
	//
	// +optional
	Programmed string `json:"programmed,omitempty"`
	// Ready says whether the variant has ready endpoints.
	//
	// +optional
	Ready bool `json:"ready"`
	// ReadyReplicas is how many endpoints of the variant are ready.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	ReadyReplicas int32 `json:"readyReplicas,omitempty"`
}
