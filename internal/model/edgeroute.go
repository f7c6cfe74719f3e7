package model

import "time"

// EdgeRoute leads the requests of one path to a Service.
type EdgeRoute struct {
	// Path of the request as the client sends it. Nil: any. Exact or by prefix, never by expression.
	Path *PathMatch
	// Methods of which one must be the request's, sorted. Empty: any.
	Methods []string
	// Headers that must all match, sorted by name in lower case, each name once.
	Headers []ValueMatch
	// Service that answers, Port its port.
	Service string
	Port    int32
	// Protocol that the port speaks.
	Protocol Protocol
	// Table is the routing table behind the path, written for the path as the client sends it: in order, the first whose Match is true
	// decides, and the last is true of all that the route takes. Every route has a split, of the Service itself when it is not under release.
	// Timeout and Retry are not for the edge.
	Table []Route
	// Retain as of the Service. Nil: the Service is not under release.
	Retain *Retain
	// StripPrefix removes Path, a prefix other than "/", before the Service sees the request.
	StripPrefix bool
	// AllowFrom are the networks that clients may call from, sorted. Empty: all.
	AllowFrom []string
	// RateLimit of each client address. Nil: none.
	RateLimit *RateLimit
	// MaxInFlight bounds the requests of a host that are under way at once. 0: no bound.
	MaxInFlight int64
	// BasicAuth is the name of a Secret with users. Empty: no password is asked for.
	BasicAuth string
	// ForwardAuth asks a Service about each request. Nil: none is asked.
	ForwardAuth *ForwardAuth
	// BodyLimit of requests, in bytes. 0: none.
	BodyLimit int64
	// SetHeaders of the request, sorted by name; RemoveHeaders are dropped, sorted. No name is in both, whatever its case.
	SetHeaders    []Header
	RemoveHeaders []string
	// Timeout to the headers of the response, the same for all routes to a backend's port. 0: none.
	Timeout time.Duration
	// Attempts is how often a request that no pod took is sent at most, the first time included. 0: once.
	Attempts int32
	// Sticky keeps a client with its backend. Nil: each request is shared out anew.
	Sticky *Sticky
	// Upstream says that the Service stands for a server outside of the cluster, and how to speak to it. Nil: the Service's pods answer.
	Upstream *Upstream
	// YAMLPath is the place of the route in its origin, for messages.
	YAMLPath string
}

// Conditions is what a route asks of a request besides its path.
func (r *EdgeRoute) Conditions() Match { return Match{Methods: r.Methods, Headers: r.Headers} }

// RateLimit bounds requests by token bucket.
type RateLimit struct {
	Average int64
	Period  time.Duration
	Burst   int64
}

// ForwardAuth asks a Service about each request.
type ForwardAuth struct {
	Service string
	Port    int32
	Path    string
	// Headers of the answer that the request goes on with, sorted.
	Headers []string
}

// Header is a header and its value.
type Header struct{ Name, Value string }

// Sticky keeps a client with its backend by a cookie.
type Sticky struct {
	// Cookie is the cookie's name.
	Cookie string
	// MaxAge in whole seconds. 0: until the client is closed.
	MaxAge time.Duration
}
