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

// ServerRef names a Server of the namespace, or selects some; exactly one of both.
//
// +kubebuilder:validation:XValidation:rule="has(self.name) != has(self.selector)",message="set exactly one of name and selector"
type ServerRef struct {
	// +optional
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name,omitempty"`
	// Selector of Servers by their labels.
	//
	// +optional
	Selector *metav1.LabelSelector `json:"selector,omitempty"`
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
	// Except are ranges inside that do not belong to it.
	//
	// +optional
	Except []string `json:"except,omitempty"`
}

// MeshTLS lists identities of which the caller has one. Never empty.
//
// +kubebuilder:validation:MinProperties=1
type MeshTLS struct {
	// UnauthenticatedTLS admits callers that encrypt without an identity. It excludes the rest.
	//
	// +optional
	UnauthenticatedTLS bool `json:"unauthenticatedTLS,omitempty"`
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
	// Namespace of the ServiceAccount. Empty: the authorization's own.
	//
	// +optional
	Namespace string `json:"namespace,omitempty"`
}

// ServerAuthorizationList is a list of ServerAuthorizations.
//
// +kubebuilder:object:root=true
type ServerAuthorizationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ServerAuthorization `json:"items"`
}
