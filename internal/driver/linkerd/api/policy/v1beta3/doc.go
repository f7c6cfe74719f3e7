// Package v1beta3 holds the kinds of policy.linkerd.io/v1beta3 that Kubemate writes. Linkerd publishes no Go types for them; these hold the
// fields that Kubemate sets and no others. What the API would default is a plain field, so that it is always written.
//
// Source: linkerd2 charts/linkerd-crds/templates/policy, version-2.20.
//
// +kubebuilder:object:generate=true
// +groupName=policy.linkerd.io
package v1beta3
