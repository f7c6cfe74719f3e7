// Package api tests the custom resources against a real API server: which objects it refuses and what it says then,
// which it accepts, and what people see with kubectl. No webhook runs: the CRDs alone decide.
package api
