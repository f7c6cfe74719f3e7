// Package ext stands in for a package that Traefik's module zip leaves out: its
// sources import it, but it is a nested module that is never published.
package ext

// HTTP is empty upstream too: a hook for builds with extensions.
type HTTP struct{}

// Router is empty upstream too: a hook for builds with extensions.
type Router struct{}
