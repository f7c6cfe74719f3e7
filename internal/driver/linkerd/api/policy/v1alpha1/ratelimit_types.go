package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// HTTPLocalRateLimitPolicy bounds the requests that each pod behind a Server answers (Linkerd 2.17). Of several for one Server the oldest counts.
//
// +kubebuilder:object:root=true
type HTTPLocalRateLimitPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec HTTPLocalRateLimitPolicySpec `json:"spec"`
}

// HTTPLocalRateLimitPolicySpec says how many requests are answered; the others get 429.
type HTTPLocalRateLimitPolicySpec struct {
	// TargetRef is a Server.
	TargetRef TargetRef `json:"targetRef"`
	// Total bounds all callers together. Nil: they are not.
	//
	// +optional
	Total *RateLimit `json:"total,omitempty"`
	// Identity bounds each caller by its mesh identity; those without one count as one. Nil: they are not.
	//
	// +optional
	Identity *RateLimit `json:"identity,omitempty"`
	// Overrides bound some callers otherwise.
	//
	// +optional
	Overrides []RateLimitOverride `json:"overrides,omitempty"`
}

// RateLimit is a number of requests.
type RateLimit struct {
	// +kubebuilder:validation:Minimum=1
	RequestsPerSecond int64 `json:"requestsPerSecond"`
}

// RateLimitOverride is a bound for some callers.
type RateLimitOverride struct {
	// +kubebuilder:validation:Minimum=1
	RequestsPerSecond int64 `json:"requestsPerSecond"`
	// ClientRefs are ServiceAccounts.
	//
	// +kubebuilder:validation:MinItems=1
	ClientRefs []RateLimitClient `json:"clientRefs"`
}

// RateLimitClient is a ServiceAccount.
type RateLimitClient struct {
	// +kubebuilder:validation:Enum=ServiceAccount
	Kind string `json:"kind"`
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`
	// +kubebuilder:validation:MinLength=1
	Namespace string `json:"namespace"`
}

// HTTPLocalRateLimitPolicyList is a list of HTTPLocalRateLimitPolicies.
//
// +kubebuilder:object:root=true
type HTTPLocalRateLimitPolicyList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []HTTPLocalRateLimitPolicy `json:"items"`
}
