package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// EgressProfile is how a namespace reaches partners outside of the cluster: through an egress gateway, which speaks TLS to them, shows a client
// certificate and adds a credential that the namespace never sees.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=eprof,categories=kubemate
// +kubebuilder:printcolumn:name="Names",type=string,JSONPath=`.status.names`
// +kubebuilder:printcolumn:name="Gateway",type=string,JSONPath=`.status.gateway`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type EgressProfile struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is what is wanted.
	Spec EgressProfileSpec `json:"spec"`
	// Status is what was understood and written.
	//
	// +optional
	// +kubebuilder:default={observedGeneration:-1}
	Status EgressProfileStatus `json:"status,omitempty"`
}

// EgressProfileList is a list of EgressProfiles.
//
// +kubebuilder:object:root=true
type EgressProfileList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []EgressProfile `json:"items"`
}

// EgressProfileSpec is the wanted way out.
type EgressProfileSpec struct {
	// Gateway is the name of an egress gateway of the operator's configuration. Empty: "egress".
	//
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="must be the name of an egress gateway of the operator's configuration: a to z, 0 to 9 and -, beginning and ending with a letter or digit"
	Gateway *string `json:"gateway,omitempty"`
	// Partners that are reached.
	//
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Partners []Partner `json:"partners"`
	// Network closes every other way out of the cluster. Empty: the namespace's pods may go around the gateway.
	//
	// +optional
	Network *EgressNetwork `json:"network,omitempty"`
}

// Partner is a server outside of the cluster.
type Partner struct {
	// Name of the partner in the cluster: a Service of this name is made, and workloads call http://NAME.NAMESPACE. NAME alone is not enough, the
	// gateway serves several namespaces.
	Name ServiceName `json:"name"`
	// Host is the partner's own name. The gateway calls it, expects its certificate and sends it as the Host header. The operator's configuration
	// says which hosts a namespace may reach.
	Host PartnerHost `json:"host"`
	// Port of the partner. Empty: 443.
	//
	// +optional
	Port *PortNumber `json:"port,omitempty"`
	// TLS to the partner, which is never called without.
	TLS PartnerTLS `json:"tls"`
	// Credential is the name of a credential of the operator's configuration, that the gateway adds to each request in place of what the caller
	// sends. Its Secret is mounted beside the gateway and stands in no object that this namespace can read. Empty: none is added.
	//
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="must be the name of a credential of the operator's configuration: a to z, 0 to 9 and -, beginning and ending with a letter or digit"
	Credential *string `json:"credential,omitempty"`
	// RequestHeaders are changed before the partner sees the request. Headers that tell of the way inside of the cluster (X-Forwarded-* and
	// X-Real-Ip) are always removed. Empty: no others.
	//
	// +optional
	RequestHeaders *RequestHeaders `json:"requestHeaders,omitempty"`
	// RateLimit bounds the requests of each client address, in each replica of the gateway and each route. Empty: none.
	//
	// +optional
	RateLimit *RateLimit `json:"rateLimit,omitempty"`
	// MaxInFlight bounds the requests that are under way at once, in each replica of the gateway and each route; more get 429. Empty: no bound.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	MaxInFlight *int64 `json:"maxInFlight,omitempty"`
	// Timeout from the end of the request to the headers of the response; after it callers get 504. Empty: none.
	//
	// +optional
	Timeout *Duration `json:"timeout,omitempty"`
	// Routes are the requests that may be sent; others get 404. The most specific path wins, whatever the order. Empty: all, as they are.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Routes []PartnerRoute `json:"routes,omitempty"`
}

// PartnerHost is a DNS name outside of the cluster.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?([.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+$') && !self.matches('[.][0-9]+$')",message="must be a DNS name of at least two labels in lower case, such as api.partner.example; leave out scheme, port and path; addresses have no certificate"
// +kubebuilder:validation:XValidation:rule="!self.endsWith('.svc') && !self.endsWith('.local') && !self.endsWith('.localhost') && !self.contains('.svc.')",message="must not be a name inside of the cluster: call the Service itself"
type PartnerHost string

// PartnerTLS is the TLS to a partner, of version 1.2 at least. The Secrets are in the profile's namespace; Kubemate never reads them.
type PartnerTLS struct {
	// CASecret is the Secret (key ca.crt or tls.ca) with the authorities that sign the partner's certificate. Without it no request reaches the
	// partner.
	CASecret ObjectName `json:"caSecret"`
	// ClientCertificateSecret is the Secret (kubernetes.io/tls) with the certificate and key that the gateway shows. Empty: none.
	//
	// +optional
	ClientCertificateSecret *ObjectName `json:"clientCertificateSecret,omitempty"`
}

// PartnerRoute is a kind of request that may be sent to a partner.
//
// +kubebuilder:validation:XValidation:rule="has(self.match) || has(self.rewritePath)",message="set match or rewritePath, or leave routes out: everything may be sent then"
type PartnerRoute struct {
	// Match says which requests. Empty: all.
	//
	// +optional
	Match *IngressMatch `json:"match,omitempty"`
	// RewritePath is what the matched path becomes, exact or prefix; what follows a prefix stays. Empty: the path stays as it is.
	//
	// +optional
	// +kubebuilder:validation:XValidation:rule="self == '/' || !self.endsWith('/')",message="leave out the / at its end: what follows a prefix begins with one"
	RewritePath *PathValue `json:"rewritePath,omitempty"`
}

// EgressNetwork makes the gateway the only way out of the cluster, by a NetworkPolicy for all pods of the namespace. Pods of the cluster, DNS and
// the gateway among them, can be called as before.
type EgressNetwork struct {
	// Isolate the pods.
	//
	// +kubebuilder:validation:XValidation:rule="self",message="isolate can only be true: leave network out and other ways out stay open"
	Isolate bool `json:"isolate"`
	// AlsoAllow lists networks that pods may call directly: the API server, node-local DNS, a database on the bank's own network. Empty: none.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	AlsoAllow []EgressAllowance `json:"alsoAllow,omitempty"`
}

// EgressAllowance is a network that pods may call.
type EgressAllowance struct {
	// CIDR is the network, 10.1.0.0/16 or 2001:db8::/32.
	//
	// +kubebuilder:validation:XValidation:rule="!self.endsWith('/0')",message="must not be every address: that would leave every way out open; leave network out instead"
	CIDR CIDR `json:"cidr"`
	// Ports that may be called, by TCP and UDP. Empty: all.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Ports []PortNumber `json:"ports,omitempty"`
}

// EgressProfileStatus is what was understood and written.
type EgressProfileStatus struct {
	CommonStatus `json:",inline"`

	// Gateway is the name of the gateway that leads to the partners.
	//
	// +optional
	Gateway string `json:"gateway,omitempty"`
	// Names by which workloads call the partners.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	Names []string `json:"names,omitempty"`
}
