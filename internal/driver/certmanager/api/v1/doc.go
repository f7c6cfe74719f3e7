// Package v1 holds the kind of cert-manager.io/v1 that Kubemate writes and reads: Certificate, with the fields that Kubemate sets and those of
// its status that it passes on. cert-manager's own definition is not part of Kubemate; the one that is generated from here is for tests.
//
// +kubebuilder:object:generate=true
// +groupName=cert-manager.io
package v1
