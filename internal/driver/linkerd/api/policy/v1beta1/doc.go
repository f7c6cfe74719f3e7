// Package v1beta1 holds the kinds of policy.linkerd.io/v1beta1 that Kubemate writes for Linkerd before 2.16. Linkerd publishes no Go types for
// them; these hold the fields that Kubemate sets and no others.
//
// Source: linkerd2 charts/linkerd-crds/templates/policy, stable-2.14.10.
//
// +kubebuilder:object:generate=true
// +groupName=policy.linkerd.io
package v1beta1
