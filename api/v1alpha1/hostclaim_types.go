package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// HostClaim records which namespace a host on a gateway belongs to. The operator writes one, into its own namespace, when the first
// IngressProfile wins a host, and never deletes one: the host stays with the namespace when the profile, or the namespace itself, is gone and
// comes back. Delete the HostClaim to release the host to whoever asks for it next, or edit its namespace to hand it over.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:shortName=hclaim,categories=kubemate
// +kubebuilder:printcolumn:name="Host",type=string,JSONPath=`.spec.host`
// +kubebuilder:printcolumn:name="Gateway",type=string,JSONPath=`.spec.gateway`
// +kubebuilder:printcolumn:name="Namespace",type=string,JSONPath=`.spec.namespace`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type HostClaim struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is what is claimed, and for whom.
	Spec HostClaimSpec `json:"spec"`
}

// HostClaimList is a list of HostClaims.
//
// +kubebuilder:object:root=true
type HostClaimList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []HostClaim `json:"items"`
}

// HostClaimSpec is a host and the namespace that it belongs to.
//
// +kubebuilder:validation:XValidation:rule="self.host == oldSelf.host && self.gateway == oldSelf.gateway",message="host and gateway cannot be changed; make another HostClaim, and delete this one to release its host"
type HostClaimSpec struct {
	// Gateway is the name of the gateway, as in the operator's configuration.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Gateway string `json:"gateway"`
	// Host is the host, or a wildcard for one label.
	Host Host `json:"host"`
	// Namespace that the host belongs to: its IngressProfiles serve it.
	Namespace NamespaceName `json:"namespace"`
}
