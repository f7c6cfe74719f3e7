package v1alpha1

// MeshEgress says what pods of a namespace may call outside of the cluster. Pods of the cluster can be called as before. The proxies of the pods go by
// host, and NetworkPolicies close all that they can tell, for pods without a proxy too.
type MeshEgress struct {
	// Default is Deny: what allow does not list is refused.
	Default EgressDefault `json:"default"`
	// Allow lists what may be called. Empty: nothing outside of the cluster.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	Allow []MeshEgressAllowance `json:"allow,omitempty"`
}

// EgressDefault is what happens to calls out of the cluster that nothing lists.
//
// +kubebuilder:validation:Enum=Deny
type EgressDefault string

// EgressDeny refuses them.
const EgressDeny EgressDefault = "Deny"

// MeshEgressAllowance is a host, or a network, that may be called. Exactly one of both is set.
//
// +kubebuilder:validation:XValidation:rule="has(self.host) != has(self.cidr)",message="set exactly one of host and cidr: an allowance is either a name or a network"
// +kubebuilder:validation:XValidation:rule="!has(self.protocol) || has(self.host)",message="protocol is how a host is known: leave it out with cidr, which goes by address"
type MeshEgressAllowance struct {
	// Host by its name, or all below a name: *.partner.example is every name that ends so, of any number of labels. It is known by what the caller says.
	// Only pods with a proxy may call it.
	//
	// +optional
	Host *EgressHost `json:"host,omitempty"`
	// CIDR is a network, 203.0.113.0/24 or 2001:db8::/32, whatever is spoken there: TCP through the proxy, UDP past it.
	//
	// +optional
	// +kubebuilder:validation:XValidation:rule="!self.endsWith('/0')",message="must not be all addresses: that would leave every way out of the cluster open; leave egress out instead"
	CIDR *CIDR `json:"cidr,omitempty"`
	// Ports that may be called there. A port is of one protocol, whatever the host.
	//
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Ports []PortNumber `json:"ports"`
	// Protocol by which the host is known: TLS by the server name of the handshake (SNI), HTTP by the Host of plain requests. Empty: TLS.
	//
	// +optional
	Protocol *EgressProtocol `json:"protocol,omitempty"`
}

// EgressHost is a DNS name outside of the cluster, or a wildcard for all names below one.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="self.matches('^([*][.])?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?([.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+$') && !self.matches('[.][0-9]+$')",message="must be a DNS name of at least two labels in lower case, such as api.partner.example, or all below one, such as *.partner.example; leave out scheme, port and path; an address is a cidr"
// +kubebuilder:validation:XValidation:rule="!self.endsWith('.svc') && !self.endsWith('.local') && !self.endsWith('.localhost') && !self.contains('.svc.')",message="must not be a name inside of the cluster: pods of the cluster can be called anyway"
type EgressHost string

// EgressProtocol is how a host is known.
//
// +kubebuilder:validation:Enum=TLS;HTTP
type EgressProtocol string

const (
	// EgressTLS is by the server name that the caller asks for in its TLS handshake.
	EgressTLS EgressProtocol = "TLS"
	// EgressHTTP is by the Host of requests over plain HTTP.
	EgressHTTP EgressProtocol = "HTTP"
)
