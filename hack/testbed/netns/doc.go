// Package netns runs the current program inside a network namespace of its own, without root.
//
// Inside, every address of 10.244.0.0/16 belongs to this process tree, so that thousands of pods can have addresses
// that really answer (the API server refuses loopback addresses in EndpointSlices), and no port can collide with
// anything else on the machine. Nothing that runs inside can reach the network.
package netns
