package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// CanaryRelease binds one Service to several Deployments that already run, and decides how requests to the Service are shared
// between them: by weight (grayscale), by request parameters (canary), or both.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=crel,categories=kubemate
// +kubebuilder:printcolumn:name="Phase",type=string,JSONPath=`.status.phase`
// +kubebuilder:printcolumn:name="Step",type=string,JSONPath=`.status.step`
// +kubebuilder:printcolumn:name="Weights",type=string,JSONPath=`.status.weights`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Next",type=string,JSONPath=`.status.next`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Service",type=string,priority=1,JSONPath=`.spec.service.name`
// +kubebuilder:printcolumn:name="Reason",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Explanation",type=string,priority=1,JSONPath=`.status.explanation`
type CanaryRelease struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is what is wanted.
	Spec CanaryReleaseSpec `json:"spec"`
	// Status is what was understood and written.
	//
	// +optional
	// +kubebuilder:default={observedGeneration:-1}
	Status CanaryReleaseStatus `json:"status,omitempty"`
}

// CanaryReleaseList is a list of CanaryReleases.
//
// +kubebuilder:object:root=true
type CanaryReleaseList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []CanaryRelease `json:"items"`
}

// CanaryReleaseSpec is the wanted sharing of requests.
//
// +kubebuilder:validation:XValidation:rule="self.variants.exists(v, v.name == self.stable)",message="stable must be the name of one of spec.variants: traffic returns to it"
// +kubebuilder:validation:XValidation:rule="!has(self.matches) || self.matches.all(m, self.variants.exists(v, v.name == m.to))",message="to of every match must be the name of one of spec.variants"
// +kubebuilder:validation:XValidation:rule="!self.variants.exists(v, has(v.weight)) || self.variants.exists(v, has(v.weight) && v.weight > 0)",message="at least one weight must be above 0, or nobody would answer; leave all weights out to send everything to stable"
// +kubebuilder:validation:XValidation:rule="!has(self.rollout) || self.variants.exists(v, v.name == self.rollout.to)",message="rollout.to must be the name of one of spec.variants"
type CanaryReleaseSpec struct {
	// Service whose requests are shared.
	Service ReleaseService `json:"service"`
	// Variants are the Deployments, or existing Services, that answer. 2 to 16.
	//
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=2
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:XValidation:rule="self.all(v, !has(v.deployment) || self.filter(w, has(w.deployment) && w.deployment == v.deployment).size() == 1)",message="two variants must not name the same deployment: their requests could not be told apart"
	// +kubebuilder:validation:XValidation:rule="self.all(v, !has(v.service) || self.filter(w, has(w.service) && w.service == v.service).size() == 1)",message="two variants must not name the same service: their requests could not be told apart"
	Variants []Variant `json:"variants"`
	// Stable is the name of the variant where traffic returns to: what a deleted release and a variant that lost its pods leave behind.
	Stable VariantName `json:"stable"`
	// Matches send requests with given parameters to a variant, before weights. In order: the first that matches decides. Empty: weights alone.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	Matches []ReleaseMatch `json:"matches,omitempty"`
	// Rollout moves one variant forward step by step. While there is one, the weights of the other variants only say how these share the rest.
	// Empty: the weights are set by hand.
	//
	// +optional
	Rollout *Rollout `json:"rollout,omitempty"`
	// Suspend stops a rollout where it is, its clocks too, until it is false again. The kill switch and the action Abort still work.
	//
	// +optional
	Suspend bool `json:"suspend,omitempty"`
	// OnDelete is what happens to traffic when this object is deleted. Stable (default): all of it goes to the stable variant.
	// Release: the split is removed, and the Service selects its pods as if there had never been a release.
	//
	// +optional
	OnDelete OnDelete `json:"onDelete,omitempty"`
}

// ReleaseService names the Service of a release.
type ReleaseService struct {
	// Name of the Service. It must have a cluster IP and a selector.
	Name ServiceName `json:"name"`
	// Ports of the Service that are shared out. Empty: all that carry HTTP or do not say what they carry.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=32
	Ports []PortNumber `json:"ports,omitempty"`
}

// VariantName is the name of a variant.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=32
// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="must be a short name such as v2: a to z, 0 to 9 and -, beginning and ending with a letter or digit"
type VariantName string

// Variant is one of the versions that answer. Exactly one of deployment and service is set.
//
// +kubebuilder:validation:XValidation:rule="has(self.deployment) != has(self.service)",message="set exactly one of deployment and service: the pods that answer for the variant"
type Variant struct {
	// Name of the variant, unique in the release.
	Name VariantName `json:"name"`
	// Deployment whose pods answer. A Service that selects just them is generated. The Deployment is never edited.
	//
	// +optional
	Deployment *ObjectName `json:"deployment,omitempty"`
	// Service that exists already and selects just the pods of this variant, with the ports of the released Service.
	//
	// +optional
	Service *ServiceName `json:"service,omitempty"`
	// Weight is this variant's share of the requests that no match takes, relative to the sum of all weights. Whole number, 0 to 10000.
	// Empty: 0; when no variant has a weight, stable takes all.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=10000
	Weight *int32 `json:"weight,omitempty"`
}

// OnDelete is what happens to traffic when a release is deleted.
//
// +kubebuilder:validation:Enum=Stable;Release
type OnDelete string

const (
	// OnDeleteStable sends all traffic to the stable variant.
	OnDeleteStable OnDelete = "Stable"
	// OnDeleteRelease removes the split.
	OnDeleteRelease OnDelete = "Release"
)
