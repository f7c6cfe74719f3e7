// Package servers builds the pinned servers of the testbed from source, once per version and machine.
//
// Each folder beside this file is a Go module of its own that pins one project, so that the servers' dependencies never
// meet Kubemate's. The programs come from the Go module proxy by ordinary `go build`; no binary is downloaded.
package servers
