package model

// Egress is one way out: some partners behind one gateway, and what else may be called outside of the cluster.
type Egress struct {
	// Name of the EgressProfile.
	Name string
	// Gateway that calls the partners. Its Egress is set.
	Gateway Gateway
	// Partners sorted by name, never empty.
	Partners []Partner
	// Confine keeps the namespace's pods from calling anything else outside of the cluster. Nil: they may.
	Confine *Confinement
	Origin  Origin
}

// Partner is a server outside of the cluster.
type Partner struct {
	// Name of the Service that stands for the partner in the namespace.
	Name string
	// Backend is the name of the Service by which the gateway finds the partner.
	Backend string
	// Host is the partner's own name, Port its port.
	Host string
	Port int32
	// Hosts are the names by which callers know the partner, sorted: those of its Service that say the namespace.
	Hosts []string
	// Routes sorted from the most specific path to the least, never empty. The Upstream of each is set.
	Routes []EdgeRoute
	// YAMLPath is the place of the partner in its origin, for messages.
	YAMLPath string
}

// Upstream is how a gateway speaks to a server outside of the cluster. It speaks TLS of version 1.2 at least, always.
type Upstream struct {
	// Host is what the server is called: in its certificate and in the Host header.
	Host string
	// Port of the server. The Host header says it unless it is 443.
	Port int32
	// CASecret in the namespace holds the authorities that sign the server's certificate. Never empty.
	CASecret string
	// ClientSecret in the namespace holds the certificate and key that are shown. Empty: none.
	ClientSecret string
	// Credential is added to each request. Nil: none.
	Credential *Credential
	// Rewrite is what the route's path becomes, exact or prefix. Empty: it stays as it is.
	Rewrite string
	// Identity tells connections to the server apart from all others of the namespace.
	Identity string
}

// Credential is a header by which a partner knows who calls. Its value stands nowhere in the model.
type Credential struct {
	// Name of the credential in the operator's configuration.
	Name string
	// Header that carries it.
	Header string
}

// Confinement closes the ways out of the cluster for all pods of a namespace. Pods of the cluster can be called as before.
type Confinement struct {
	// Allowed networks besides, sorted. Empty: none.
	Allowed []AllowedNetwork
	Origin  Origin
}

// AllowedNetwork is a network that pods may call.
type AllowedNetwork struct {
	CIDR string
	// Ports ascending, by TCP and UDP. Empty: all.
	Ports []int32
}

// EgressGateway is what makes a gateway a way out of the cluster.
type EgressGateway struct {
	// Address is the DNS name of the gateway's Service.
	Address string
	// Domain ends the names of Services, "cluster.local".
	Domain string
	// Credentials is the URL of the server that the gateway asks for credentials, without a slash at its end.
	Credentials string
	// Partners that may be reached.
	Partners []AllowedPartner
}

// AllowedPartner is a server, or some, that the administrator lets namespaces reach.
type AllowedPartner struct {
	// Host, or a wildcard for one label.
	Host string
	// Ports ascending, never empty.
	Ports []int32
	// Namespaces that may, never empty.
	Namespaces []string
	// Credentials that may be sent there.
	Credentials []Credential
}
