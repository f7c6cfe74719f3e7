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

// ReleaseMatch sends requests with given parameters to a variant.
type ReleaseMatch struct {
	// To is the name of the variant.
	To VariantName `json:"to"`
	// Any lists alternatives: a request matches when all that one of them says is true of it.
	//
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	Any []RequestMatch `json:"any"`
}

// RequestMatch is true of a request when everything that is set is. At least one thing is set.
//
// +kubebuilder:validation:XValidation:rule="has(self.path) || has(self.method) || has(self.grpc) || (has(self.headers) && self.headers.size() > 0) || (has(self.cookies) && self.cookies.size() > 0) || (has(self.query) && self.query.size() > 0)",message="an alternative must say something: set path, method, headers, cookies, query or grpc"
// +kubebuilder:validation:XValidation:rule="!has(self.grpc) || !(has(self.path) || has(self.method))",message="grpc stands for a path and the method POST: set either grpc, or path and method"
type RequestMatch struct {
	// Path of the request as the Service sees it.
	//
	// +optional
	Path *PathMatch `json:"path,omitempty"`
	// Method of the request. Empty: any.
	//
	// +optional
	Method *HTTPMethod `json:"method,omitempty"`
	// Headers that must all be there with the given value.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	// +kubebuilder:validation:XValidation:rule="self.all(h, self.filter(g, g.name.lowerAscii() == h.name.lowerAscii()).size() == 1)",message="two entries must not name the same header (upper and lower case are the same): all entries must be true at once; use another alternative for or"
	// +kubebuilder:validation:XValidation:rule="!self.exists(h, h.name.lowerAscii() in ['cookie', 'host'])",message="match cookies under cookies; the Host header cannot be matched, a release belongs to its Service"
	Headers []ValueMatch `json:"headers,omitempty"`
	// Cookies that must all be there with the given value.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=3
	// +kubebuilder:validation:XValidation:rule="self.all(h, self.filter(g, g.name == h.name).size() == 1)",message="two entries must not name the same cookie: all entries must be true at once; use another alternative for or"
	// +kubebuilder:validation:XValidation:rule="!self.exists(c, (has(c.value) && c.value.contains(';')) || (has(c.prefix) && c.prefix.contains(';')))",message="a cookie's value holds no semicolon: it ends the cookie"
	Cookies []ValueMatch `json:"cookies,omitempty"`
	// Query parameters that must all be there with the given value.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	// +kubebuilder:validation:XValidation:rule="self.all(h, self.filter(g, g.name == h.name).size() == 1)",message="two entries must not name the same query parameter: all entries must be true at once; use another alternative for or"
	Query []ValueMatch `json:"query,omitempty"`
	// GRPC names what a call of gRPC calls. Not together with path and method, which it stands for.
	//
	// +optional
	GRPC *GRPCMatch `json:"grpc,omitempty"`
}

// GRPCMatch is true of calls of a gRPC service. On the wire such a call is a POST to /SERVICE/METHOD, and that is what is matched.
type GRPCMatch struct {
	// Service is the full name of the service, with its package: bank.Orders.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*)*$')",message="must be the full name of a service of gRPC with its package, such as bank.Orders: letters, digits, _ and dots between words, without /"
	Service string `json:"service"`
	// Method of the service. Empty: all of them.
	//
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z_][A-Za-z0-9_]*$')",message="must be the name of one method, such as Place: letters, digits and _, without the service and /"
	Method *string `json:"method,omitempty"`
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
	// Variants lists each variant's share and readiness.
	//
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=16
	Variants []VariantStatus `json:"variants,omitempty"`
	// Programmed is the decision of status.release that the generated objects carry. Empty: none.
	//
	// +optional
	Programmed *ProgrammedRevision `json:"programmed,omitempty"`
	// Release is what the release controller has decided. Everything else in status is written by the namespace controller.
	//
	// +optional
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
