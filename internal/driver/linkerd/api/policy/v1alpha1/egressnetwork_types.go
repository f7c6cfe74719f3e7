package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// EgressNetwork is addresses outside of the cluster, for the pods of its namespace (Linkerd 2.17). Routes say what may be called there. Of several the one
// with the smallest network that holds an address counts.
//
// +kubebuilder:object:root=true
type EgressNetwork struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec EgressNetworkSpec `json:"spec"`
}

// Captures says that what pods of the namespace call outside of the cluster goes by the object.
func (*EgressNetwork) Captures() {}

// The policies of an EgressNetwork.
const (
	TrafficAllow = "Allow"
	TrafficDeny  = "Deny"
)

// EgressNetworkSpec says which addresses, and what happens to calls that no route is for.
type EgressNetworkSpec struct {
	// +kubebuilder:validation:Enum=Allow;Deny
	TrafficPolicy string `json:"trafficPolicy"`
	// Networks that are captured. Empty: all addresses but the cluster's.
	//
	// +optional
	Networks []Network `json:"networks,omitempty"`
}

// EgressNetworkList is a list of EgressNetworks.
//
// +kubebuilder:object:root=true
type EgressNetworkList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []EgressNetwork `json:"items"`
}
