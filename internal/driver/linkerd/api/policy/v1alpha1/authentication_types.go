package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// MeshTLSAuthentication is true of callers with one of some mesh identities.
//
// +kubebuilder:object:root=true
type MeshTLSAuthentication struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec MeshTLSAuthenticationSpec `json:"spec"`
}

// MeshTLSAuthenticationSpec lists identities, or objects that have identities; exactly one of both.
//
// +kubebuilder:validation:XValidation:rule="has(self.identities) != has(self.identityRefs)",message="set exactly one of identities and identityRefs"
type MeshTLSAuthenticationSpec struct {
	// Identities as TLS knows them; "*" is every one of the mesh.
	//
	// +optional
	// +kubebuilder:validation:MinItems=1
	Identities []string `json:"identities,omitempty"`
	// IdentityRefs are ServiceAccounts and Namespaces.
	//
	// +optional
	// +kubebuilder:validation:MinItems=1
	IdentityRefs []IdentityRef `json:"identityRefs,omitempty"`
}

// IdentityRef is a ServiceAccount, or a Namespace: then Namespace is empty.
type IdentityRef struct {
	Group string `json:"group"`
	// +kubebuilder:validation:Enum=ServiceAccount;Namespace
	Kind string `json:"kind"`
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`
	// +optional
	Namespace string `json:"namespace,omitempty"`
}

// MeshTLSAuthenticationList is a list of MeshTLSAuthentications.
//
// +kubebuilder:object:root=true
type MeshTLSAuthenticationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []MeshTLSAuthentication `json:"items"`
}

// NetworkAuthentication is true of callers from some networks.
//
// +kubebuilder:object:root=true
type NetworkAuthentication struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec NetworkAuthenticationSpec `json:"spec"`
}

// NetworkAuthenticationSpec lists networks of which one must hold the caller's address.
type NetworkAuthenticationSpec struct {
	// +kubebuilder:validation:MinItems=1
	Networks []Network `json:"networks"`
}

// Network is a range of addresses.
type Network struct {
	// CIDR of the network.
	//
	// +kubebuilder:validation:MinLength=1
	CIDR string `json:"cidr"`
	// Except are ranges inside that do not belong to it.
	//
	// +optional
	Except []string `json:"except,omitempty"`
}

// NetworkAuthenticationList is a list of NetworkAuthentications.
//
// +kubebuilder:object:root=true
type NetworkAuthenticationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []NetworkAuthentication `json:"items"`
}
