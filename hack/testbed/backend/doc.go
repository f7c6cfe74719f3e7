// Package backend is one HTTP server that answers for every pod of a testbed. The local address of a connection says
// which pod was called; the pod's behaviour (slow, failing, down) is set from Go or over an admin port.
package backend
