package model

// Access says who may call one port of a Service's pods.
type Access struct {
	// Port of the pods.
	Port TargetPort
	// Except are labels of pods of the Service that other access is about. Empty: it is about all of the Service's pods. Sorted by key.
	Except []LabelValues
	// Protocol that the application speaks there.
	Protocol Protocol
	// Mode is what happens to calls that no grant allows. Empty: AccessEnforce.
	Mode AccessMode
	// Grants allow. Empty: nobody may call, save the kubelet's Probes.
	Grants []Grant
	// Probes of the kubelet by HTTP on this port: they stay allowed.
	Probes []Probe
	// RateLimit bounds the requests that each pod answers on the port. Nil: nothing does.
	RateLimit *MeshRateLimit
	Origin    Origin
}

// MeshRateLimit bounds the requests that each pod answers. Each pod counts for itself. At least one of the bounds is set.
type MeshRateLimit struct {
	// RequestsPerSecond of all callers together. 0: not bounded.
	RequestsPerSecond int32
	// PerClient is the bound of each caller, by its mesh identity; those without one count as one. 0: not bounded.
	PerClient int32
	// Clients have bounds of their own instead of PerClient, sorted by namespace and name.
	Clients []ClientLimit
	Origin  Origin
}

// ClientLimit bounds the requests of a ServiceAccount.
type ClientLimit struct {
	Namespace, Name   string
	RequestsPerSecond int32
}

// LabelValues are values of one label. A pod has them if its label is one of them.
type LabelValues struct {
	Key string
	// Values are never empty, and sorted.
	Values []string
}

// AccessMode is what happens to calls that no grant allows.
type AccessMode string

// The modes of access.
const (
	// AccessEnforce refuses them.
	AccessEnforce AccessMode = "Enforce"
	// AccessAudit lets them through, so that everybody may call, and the mesh logs them, and only them.
	AccessAudit AccessMode = "Audit"
)

// Grant allows some callers some requests.
type Grant struct {
	// Clients of whom one must be the caller, never empty, sorted.
	Clients []Client
	// Requests of which one must be true. Empty: all requests.
	Requests []Request
	// Path is the place of the rule in its origin, for messages.
	Path string
}

// Request describes requests by method and path. At least one is set.
type Request struct {
	// Methods of which one must be the request's. Empty: any. Sorted.
	Methods []string
	// Path exact or by prefix, never by expression. Nil: any.
	Path *PathMatch
}

// ClientKind is how a caller is known.
type ClientKind string

// The kinds of clients.
const (
	// ClientServiceAccount: by the mesh identity of a ServiceAccount.
	ClientServiceAccount ClientKind = "ServiceAccount"
	// ClientNamespace: by the mesh identity of any ServiceAccount of a namespace.
	ClientNamespace ClientKind = "Namespace"
	// ClientNetwork: by address and, unless Unauthenticated, by any mesh identity.
	ClientNetwork ClientKind = "Network"
	// ClientAny: everybody, in the mesh or not.
	ClientAny ClientKind = "Any"
)

// Client is who calls.
type Client struct {
	Kind ClientKind
	// Namespace of a ServiceAccount, or the namespace itself.
	Namespace string
	// Name of a ServiceAccount.
	Name string
	// CIDR of a network.
	CIDR string
	// Unauthenticated admits callers without mesh identity from the network.
	Unauthenticated bool
	// Gateway whose calls are known so. Empty: the client is named for itself.
	Gateway string
}

// Probe is one HTTP probe of the kubelet.
type Probe struct {
	// Path without query.
	Path string
}
