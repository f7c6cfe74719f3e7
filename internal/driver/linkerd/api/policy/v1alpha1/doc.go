// Package v1alpha1 holds the kinds of policy.linkerd.io/v1alpha1 that Kubemate writes. Linkerd publishes no Go types for them; these hold the
// fields that Kubemate sets and no others.
//
// Source: linkerd2 charts/linkerd-crds/templates/policy, version-2.20.
//
// +kubebuilder:object:generate=true
// +groupName=policy.linkerd.io
package v1alpha1
