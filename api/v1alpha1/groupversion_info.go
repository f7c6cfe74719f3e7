// Package v1alpha1 holds the custom resources in which people tell Kubemate what they want: CanaryRelease, MeshPolicy,
// IngressProfile, EgressProfile and ReleaseAction. Types, conditions and reasons only: no logic, no clients.
//
// +kubebuilder:object:generate=true
// +groupName=kubemate.io
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupName is the API group of all kinds of Kubemate.
const GroupName = "kubemate.io"

// Kinds of this group, as they stand in objects, messages and annotations.
const (
	KindCanaryRelease  = "CanaryRelease"
	KindMeshPolicy     = "MeshPolicy"
	KindIngressProfile = "IngressProfile"
	KindEgressProfile  = "EgressProfile"
	KindHostClaim      = "HostClaim"
	KindReleaseAction  = "ReleaseAction"
)

var (
	// GroupVersion is the group and version of the types in this package.
	GroupVersion = schema.GroupVersion{Group: GroupName, Version: "v1alpha1"}

	schemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme adds the types of this package to a scheme.
	AddToScheme = schemeBuilder.AddToScheme
)

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion,
		&CanaryRelease{}, &CanaryReleaseList{},
		&MeshPolicy{}, &MeshPolicyList{},
		&IngressProfile{}, &IngressProfileList{},
		&EgressProfile{}, &EgressProfileList{},
		&HostClaim{}, &HostClaimList{},
		&ReleaseAction{}, &ReleaseActionList{},
	)
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
