package v1beta3

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Server is one port of some pods, and what holds for callers whom no authorization allows.
//
// +kubebuilder:object:root=true
// +kubebuilder:storageversion
type Server struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ServerSpec `json:"spec"`
}

// ServerSpec says which port of which pods.
type ServerSpec struct {
	// AccessPolicy holds for callers whom no authorization allows. Kubemate writes "deny" and "audit".
	//
	// +kubebuilder:validation:MinLength=1
	AccessPolicy string               `json:"accessPolicy"`
	PodSelector  metav1.LabelSelector `json:"podSelector"`
	// Port by number, or by the name of a container's port.
	Port intstr.IntOrString `json:"port"`
	// ProxyProtocol is what the application speaks.
	//
	// +kubebuilder:validation:Enum=unknown;HTTP/1;HTTP/2;opaque
	ProxyProtocol string `json:"proxyProtocol"`
}

// ServerList is a list of Servers.
//
// +kubebuilder:object:root=true
type ServerList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Server `json:"items"`
}
