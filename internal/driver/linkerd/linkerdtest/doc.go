// Package linkerdtest answers what Linkerd would admit, for tests. It is written from Linkerd's sources (linkerd2,
// policy-controller/runtime/src/{admission.rs,validation.rs}) and shares no code with the driver, so that both can be compared. What Linkerd does
// with the objects that it admits is answered by package evaluate.
package linkerdtest
