package model

import "time"

// Edge is one way in: some hosts on one gateway, and where their paths lead.
type Edge struct {
	// Name of the IngressProfile.
	Name string
	// Gateway that serves the hosts.
	Gateway Gateway
	// Hosts in lower case, sorted; "*." stands for one label.
	Hosts []string
	// TLS of the hosts. Nil: plain HTTP.
	TLS *TLS
	// Security headers of every response. Nil: none.
	Security *SecurityHeaders
	// Routes sorted from the most specific path to the least. Never empty.
	Routes []EdgeRoute
	Origin Origin
}

// Gateway is one gateway of the operator's configuration.
type Gateway struct {
	// Name in the configuration.
	Name string
	// Labels that objects for this gateway carry, so that instances are told apart.
	Labels map[string]string
	// Namespaces whose profiles may use the gateway. Empty: all.
	Namespaces []string
	// Class of the gateway. Empty: none is set on objects.
	Class string
	// HTTP is the name of the entry point for plain HTTP, HTTPS that for TLS.
	HTTP, HTTPS string
	// ClientAddressDepth is which address of X-Forwarded-For, counted from the right, is the client's. 0: the connection's own.
	ClientAddressDepth int
}

// TLS of the hosts of an edge.
type TLS struct {
	// SecretName in the namespace.
	SecretName string
	// Options is the name of the IngressProfile, this one or an older one that shares hosts with it, whose TLS options apply: a gateway knows
	// one set of options for a host. Empty: this one.
	Options string
	// RedirectHTTP answers plain HTTP with a permanent redirect. False: plain HTTP is not served.
	RedirectHTTP bool
}

// SecurityHeaders of responses. An empty field sets no header.
type SecurityHeaders struct {
	HSTS                  *HSTS
	ContentSecurityPolicy string
	// FrameOptions is "DENY" or "SAMEORIGIN".
	FrameOptions      string
	ReferrerPolicy    string
	PermissionsPolicy string
	// NoSniff sets X-Content-Type-Options: nosniff.
	NoSniff bool
	// HideServer removes the headers Server and X-Powered-By.
	HideServer bool
}

// HSTS is Strict-Transport-Security.
type HSTS struct {
	MaxAge            time.Duration
	IncludeSubDomains bool
	Preload           bool
}

// EdgeRoute leads the requests of one path to a Service.
type EdgeRoute struct {
	// Path of the request as the client sends it. Nil: any. Exact or by prefix, never by expression.
	Path *PathMatch
	// Service that answers, Port its port.
	Service string
	Port    int32
	// Protocol that the port speaks.
	Protocol Protocol
	// Table is the routing table behind the path, written for the path as the client sends it: in order, the first whose Match is true
	// decides, and the last is true of all that Path is. Every route has a split, of the Service itself when it is not under release. Timeout
	// and Retry are not for the edge.
	Table []Route
	// Retain as of the Service. Nil: the Service is not under release.
	Retain *Retain
	// StripPrefix removes Path, a prefix other than "/", before the Service sees the request.
	StripPrefix bool
	// RateLimit of each client address. Nil: none.
	RateLimit *RateLimit
	// YAMLPath is the place of the route in its origin, for messages.
	YAMLPath string
}

// RateLimit bounds requests by token bucket.
type RateLimit struct {
	Average int64
	Period  time.Duration
	Burst   int64
}
