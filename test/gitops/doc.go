// Package gitops runs what config/gitops gives to Argo CD and Flux the way they run it, so that tests can look at what they would make of objects.
package gitops
