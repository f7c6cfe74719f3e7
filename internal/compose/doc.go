// Package compose turns a snapshot of a namespace into the mesh-neutral model: it resolves references, settles conflicts, decides which
// variant gets which share now, and multiplies the three kinds into one routing table for each Service. A pure function of values.
//
// One file per concern: splits.go (CanaryRelease), access.go and resilience.go and injection.go (MeshPolicy), edge.go (IngressProfile),
// conflicts.go (who wins), retention.go (what a deleted release leaves behind).
package compose
