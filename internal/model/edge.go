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
	// ClientAddress says whether the gateway knows its clients' addresses. False: it may see one address for all of them.
	ClientAddress bool
	// ClientCertificates says whether the gateway is set up so that no client gets around showing one.
	ClientCertificates bool
	// Hardened says whether the gateway refuses encoded path separators and headers with underscores.
	Hardened bool
	// Egress makes the gateway a way out of the cluster, which is no way in. Nil: it is a way in.
	Egress *EgressGateway
	// ClientAddressDepth is which address of X-Forwarded-For, counted from the right, is the client's. 0: the connection's own.
	ClientAddressDepth int
	// Meshed says whether the gateway's pods are in the mesh: it calls Services, not their pods, and removes headers that speak to the mesh.
	Meshed bool
	// Pods of the gateway. Nil: they are not known.
	Pods *GatewayPods
}

// GatewayPods say who a Service is called by when a gateway calls it.
type GatewayPods struct {
	// Namespace of the pods.
	Namespace string
	// Labels that the pods have, and no others in the namespace. Never empty.
	Labels map[string]string
	// ServiceAccount of the pods. Set when the gateway is meshed.
	ServiceAccount string
	// Service in Namespace that selects the pods. Set when the gateway is not meshed and there are no Networks.
	Service string
	// Networks that the gateway's calls come from. Empty: they come from the addresses of the pods.
	Networks []string
}

// TLS of the hosts of an edge.
type TLS struct {
	// SecretName in the namespace.
	SecretName string
	// Issuer who is asked for the certificate in the Secret. Nil: nobody, the Secret is the user's.
	Issuer *Issuer
	// Options is the name of the IngressProfile, this one or an older one that shares hosts with it, whose TLS options apply: a gateway knows
	// one set of options for a host. Empty: this one.
	Options string
	// RedirectHTTP answers plain HTTP with a permanent redirect. False: plain HTTP is not served.
	RedirectHTTP bool
	// MinVersion is "1.2" or "1.3".
	MinVersion string
	// CipherSuites of TLS 1.2 by IANA names, sorted. Empty: the driver's own good ones.
	CipherSuites []string
	// ClientAuth asks clients for a certificate. Nil: none is asked for.
	ClientAuth *ClientAuth
}

// Issuer signs certificates.
type Issuer struct {
	// Kind is "Issuer" or "ClusterIssuer".
	Kind, Name string
}

// ClientAuth asks clients for a certificate.
type ClientAuth struct {
	// Required refuses clients without one. False: one that is shown must be valid.
	Required bool
	// CASecret in the namespace holds the authorities.
	CASecret string
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
