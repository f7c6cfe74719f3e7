package v1beta1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ServerAuthorization allows some callers all requests to a Server. Several on one Server are alternatives.
//
// +kubebuilder:object:root=true
type ServerAuthorization struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ServerAuthorizationSpec `json:"spec"`
}

// ServerAuthorizationSpec says who may call which Server.
type ServerAuthorizationSpec struct {
	Server ServerRef `json:"server"`
	Client Client    `json:"client"`
}

// ServerRef names a Server of the namespace.
type ServerRef struct {
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`
}

// Client is who may call. Linkerd refuses both Unauthenticated and MeshTLS, and ignores neither.
//
// +kubebuilder:validation:XValidation:rule="(has(self.unauthenticated) && self.unauthenticated) != has(self.meshTLS)",message="set exactly one of unauthenticated and meshTLS"
type Client struct {
	// Networks of the callers. Empty: Linkerd takes the cluster's own.
	//
	// +optional
	Networks []Network `json:"networks,omitempty"`
	// Unauthenticated admits callers without mesh identity.
	//
	// +optional
	Unauthenticated bool `json:"unauthenticated,omitempty"`
	// MeshTLS demands a mesh identity.
	//
	// +optional
	MeshTLS *MeshTLS `json:"meshTLS,omitempty"`
}

// Network is a range of addresses.
type Network struct {
	// CIDR of the network.
	//
	// +kubebuilder:validation:MinLength=1
	CIDR string `json:"cidr"`
}

// MeshTLS lists identities of which the caller has one. Never empty.
//
// +kubebuilder:validation:MinProperties=1
type MeshTLS struct {
	// Identities as TLS knows them; "*" is every one of the mesh, "*.suffix" all below a suffix.
	//
	// +optional
	Identities []string `json:"identities,omitempty"`
	// ServiceAccounts that have identities.
	//
	// +optional
	ServiceAccounts []ServiceAccount `json:"serviceAccounts,omitempty"`
}

// ServiceAccount of any namespace.
type ServiceAccount struct {
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`
	// +kubebuilder:validation:MinLength=1
	Namespace string `json:"namespace"`
}

// ServerAuthorizationList is a list of ServerAuthorizations.
//
// +kubebuilder:object:root=true
type ServerAuthorizationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ServerAuthorization `json:"items"`
}
