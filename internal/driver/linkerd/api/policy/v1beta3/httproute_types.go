package v1beta3

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// HTTPRoute says which requests to its parents go where (parent Service), or are told apart for authorization (parent Server). Linkerd looks at
// a route only once its status says Accepted.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
type HTTPRoute struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec HTTPRouteSpec `json:"spec"`
	// +optional
	Status HTTPRouteStatus `json:"status,omitzero"`
}

// HTTPRouteSpec is rules for parents.
type HTTPRouteSpec struct {
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	ParentRefs []ParentRef `json:"parentRefs"`
	// Hostnames of which one must be the request's; "*.suffix" is all below a suffix. Empty: any.
	//
	// +optional
	// +kubebuilder:validation:MaxItems=16
	Hostnames []string `json:"hostnames,omitempty"`
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Rules []HTTPRouteRule `json:"rules"`
}

// ParentRef is what the route is about.
type ParentRef struct {
	// Group is "core" for a Service, "policy.linkerd.io" for a Server or an EgressNetwork.
	Group string `json:"group"`
	// +kubebuilder:validation:MinLength=1
	Kind string `json:"kind"`
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`
	// Namespace of the parent. Empty: the route's own.
	//
	// +optional
	Namespace string `json:"namespace,omitempty"`
	// SectionName is not understood by Linkerd: a route that names one is ignored by the Server.
	//
	// +optional
	SectionName string `json:"sectionName,omitempty"`
	// Port of a Service. A route with a Server as parent must not name one, one with an EgressNetwork must.
	//
	// +optional
	Port int32 `json:"port,omitempty"`
}

// HTTPRouteRule is some requests and who answers them.
type HTTPRouteRule struct {
	// Matches of which one must be true.
	//
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	Matches []HTTPRouteMatch `json:"matches"`
	// Filters change requests or answer them.
	//
	// +optional
	// +kubebuilder:validation:MaxItems=16
	Filters []HTTPRouteFilter `json:"filters,omitempty"`
	// BackendRefs answer, by weight. Empty for a Server.
	//
	// +optional
	// +kubebuilder:validation:MaxItems=16
	BackendRefs []BackendRef `json:"backendRefs,omitempty"`
}

// HTTPRouteFilter is known here by its type only: Kubemate writes none.
type HTTPRouteFilter struct {
	// +kubebuilder:validation:Enum=RequestHeaderModifier;RequestRedirect
	Type string `json:"type"`
}

// HTTPRouteMatch is true of a request when everything that is set is.
type HTTPRouteMatch struct {
	Path HTTPPathMatch `json:"path"`
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=16
	Headers []HTTPValueMatch `json:"headers,omitempty"`
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=16
	QueryParams []HTTPValueMatch `json:"queryParams,omitempty"`
	// +optional
	// +kubebuilder:validation:Enum=GET;HEAD;POST;PUT;DELETE;CONNECT;OPTIONS;TRACE;PATCH
	Method string `json:"method,omitempty"`
}

// The types of matches.
const (
	MatchExact             = "Exact"
	MatchPathPrefix        = "PathPrefix"
	MatchRegularExpression = "RegularExpression"
)

// HTTPPathMatch compares the path.
type HTTPPathMatch struct {
	// +kubebuilder:validation:Enum=Exact;PathPrefix;RegularExpression
	Type string `json:"type"`
	// +kubebuilder:validation:MaxLength=1024
	Value string `json:"value"`
}

// HTTPValueMatch compares a header or a query parameter.
type HTTPValueMatch struct {
	// +kubebuilder:validation:Enum=Exact;RegularExpression
	Type string `json:"type"`
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	Name string `json:"name"`
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Value string `json:"value"`
}

// BackendRef is a Service that answers a share of the requests, or the EgressNetwork that is the parent: then they go where they were going.
type BackendRef struct {
	// Group is "" for a Service, "policy.linkerd.io" for an EgressNetwork.
	Group string `json:"group"`
	// +kubebuilder:validation:MinLength=1
	Kind string `json:"kind"`
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`
	// Namespace is always written: the controllers of Linkerd do not agree on what a missing one means.
	//
	// +kubebuilder:validation:MinLength=1
	Namespace string `json:"namespace"`
	// Port of a Service.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	Port int32 `json:"port,omitempty"`
	// Weight relative to the sum of the rule's weights.
	//
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000000
	Weight int32 `json:"weight"`
}

// HTTPRouteStatus is what the policy controller says.
type HTTPRouteStatus struct {
	// +optional
	Parents []RouteParentStatus `json:"parents,omitempty"`
}

// RouteParentStatus is what the policy controller says of one parent. It never sets observedGeneration.
type RouteParentStatus struct {
	ParentRef      StatusParentRef `json:"parentRef"`
	ControllerName string          `json:"controllerName"`
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// StatusParentRef is a parent the way the policy controller writes it.
type StatusParentRef struct {
	// +optional
	Group string `json:"group,omitempty"`
	// +optional
	Kind string `json:"kind,omitempty"`
	// +optional
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	// +optional
	SectionName string `json:"sectionName,omitempty"`
	// +optional
	Port int32 `json:"port,omitempty"`
}

// HTTPRouteList is a list of HTTPRoutes.
//
// +kubebuilder:object:root=true
type HTTPRouteList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []HTTPRoute `json:"items"`
}
