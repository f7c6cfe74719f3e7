package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// AuthorizationPolicy allows requests to a Server or a route of its namespace. Several on one target are alternatives; there is no denial.
//
// +kubebuilder:object:root=true
type AuthorizationPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec AuthorizationPolicySpec `json:"spec"`
}

// AuthorizationPolicySpec says what is allowed to whom.
type AuthorizationPolicySpec struct {
	// TargetRef is a Server, a route or the policy's own Namespace.
	TargetRef TargetRef `json:"targetRef"`
	// RequiredAuthenticationRefs must all hold. An empty list allows everybody, so that Kubemate never writes one.
	//
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=2
	RequiredAuthenticationRefs []AuthenticationRef `json:"requiredAuthenticationRefs"`
}

// AuthenticationRef names a MeshTLSAuthentication, a NetworkAuthentication or a ServiceAccount.
type AuthenticationRef struct {
	// Group of the kind. Empty for a ServiceAccount.
	//
	// +optional
	Group string `json:"group,omitempty"`
	// +kubebuilder:validation:MinLength=1
	Kind string `json:"kind"`
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`
	// Namespace of what is named. Empty: the policy's own.
	//
	// +optional
	Namespace string `json:"namespace,omitempty"`
}

// TargetRef names an object of the same namespace.
type TargetRef struct {
	// Group of the kind. Empty for a Namespace.
	//
	// +optional
	Group string `json:"group,omitempty"`
	// +kubebuilder:validation:MinLength=1
	Kind string `json:"kind"`
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`
}

// AuthorizationPolicyList is a list of AuthorizationPolicies.
//
// +kubebuilder:object:root=true
type AuthorizationPolicyList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []AuthorizationPolicy `json:"items"`
}
