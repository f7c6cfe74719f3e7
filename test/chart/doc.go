// Package chart tests the Helm chart with the real Helm against a real API server: what it renders for several values is
// accepted, runs restricted, and grants exactly what the operator needs.
package chart
