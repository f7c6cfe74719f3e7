// Package compose turns a snapshot of a namespace into the mesh-neutral model: it resolves references, settles conflicts, decides which
// variant gets which share now, and multiplies the three kinds into one routing table for each Service. A pure function of values.
//
// Where what is read: splits.go and matches.go (CanaryRelease), access.go, resilience.go, opaque.go and settings.go (MeshPolicy), edge.go,
// edgeroute.go, security.go, tls.go and hosts.go (IngressProfile). Then: conflicts.go and contest.go (who wins), product.go (one table from a
// release and a policy), killswitch.go, refusals.go (what one object keeps from another), and retention.go (what a deleted release leaves behind).
package compose
