package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// IngressProfile is how the outside reaches Services of a namespace through a gateway.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=iprof,categories=kubemate
// +kubebuilder:printcolumn:name="Hosts",type=string,JSONPath=`.spec.hosts`
// +kubebuilder:printcolumn:name="Gateway",type=string,JSONPath=`.status.gateway`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type IngressProfile struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is what is wanted.
	Spec IngressProfileSpec `json:"spec"`
	// Status is what was understood and written.
	//
	// +optional
	// +kubebuilder:default={observedGeneration:-1}
	Status IngressProfileStatus `json:"status,omitempty"`
}

// IngressProfileList is a list of IngressProfiles.
//
// +kubebuilder:object:root=true
type IngressProfileList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []IngressProfile `json:"items"`
}

// IngressProfileSpec is the wanted way in.
//
// +kubebuilder:validation:XValidation:rule="!has(self.security) || !has(self.security.hsts) || has(self.tls)",message="security.hsts needs tls: browsers ignore it over plain HTTP"
type IngressProfileSpec struct {
	// Hosts that the profile serves.
	//
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Hosts []Host `json:"hosts"`
	// Gateway is the name of a gateway of the operator's configuration. Empty: "default".
	//
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="must be the name of a gateway of the operator's configuration: a to z, 0 to 9 and -, beginning and ending with a letter or digit"
	Gateway *string `json:"gateway,omitempty"`
	// TLS of the hosts. Empty: plain HTTP.
	//
	// +optional
	TLS *IngressTLS `json:"tls,omitempty"`
	// Security headers of every response. Empty: none.
	//
	// +optional
	Security *SecurityHeaders `json:"security,omitempty"`
	// Routes lead paths to Services. The most specific path wins, whatever the order.
	//
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	Routes []IngressRoute `json:"routes"`
}

// Host is a DNS name, or a wildcard for one label: *.bank.example.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="self.matches('^([*][.])?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?([.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$')",message="must be a DNS name in lower case such as shop.example, or *.example for any one label before it; leave out scheme, port and path"
type Host string

// IngressTLS is the TLS of a profile's hosts.
type IngressTLS struct {
	// SecretName is the Secret (kubernetes.io/tls, same namespace) with certificate and key. Kubemate never reads it; without it the
	// handshake fails.
	SecretName ObjectName `json:"secretName"`
	// RedirectHTTP answers plain HTTP with a permanent redirect to HTTPS. Default false: plain HTTP is not served at all.
	//
	// +optional
	RedirectHTTP bool `json:"redirectHTTP,omitempty"`
}

// SecurityHeaders are response headers that make browsers careful. Each field overrides the preset.
//
// +kubebuilder:validation:XValidation:rule="has(self.preset) || has(self.hsts) || has(self.contentSecurityPolicy) || has(self.frameOptions) || has(self.referrerPolicy) || has(self.permissionsPolicy)",message="set preset or at least one header, or leave security out"
type SecurityHeaders struct {
	// Preset is Strict: HSTS of a year with subdomains (over TLS), content security policy default-src 'self', no framing, no sniffing,
	// no referrer, no camera, microphone or geolocation, server banners removed. Empty: only what is set here.
	//
	// +optional
	// +kubebuilder:validation:Enum=Strict
	Preset *SecurityPreset `json:"preset,omitempty"`
	// HSTS is Strict-Transport-Security.
	//
	// +optional
	HSTS *HSTS `json:"hsts,omitempty"`
	// ContentSecurityPolicy is Content-Security-Policy.
	//
	// +optional
	ContentSecurityPolicy *HeaderValue `json:"contentSecurityPolicy,omitempty"`
	// FrameOptions is X-Frame-Options.
	//
	// +optional
	// +kubebuilder:validation:Enum=Deny;SameOrigin
	FrameOptions *string `json:"frameOptions,omitempty"`
	// ReferrerPolicy is Referrer-Policy.
	//
	// +optional
	// +kubebuilder:validation:Enum=no-referrer;no-referrer-when-downgrade;origin;origin-when-cross-origin;same-origin;strict-origin;strict-origin-when-cross-origin;unsafe-url
	ReferrerPolicy *string `json:"referrerPolicy,omitempty"`
	// PermissionsPolicy is Permissions-Policy.
	//
	// +optional
	PermissionsPolicy *HeaderValue `json:"permissionsPolicy,omitempty"`
}

// SecurityPreset is a named set of security headers.
type SecurityPreset string

// SecurityStrict is what an auditor of a bank expects.
const SecurityStrict SecurityPreset = "Strict"

// HSTS is Strict-Transport-Security.
//
// +kubebuilder:validation:XValidation:rule="!has(self.preload) || !self.preload || (has(self.includeSubDomains) && self.includeSubDomains && duration(self.maxAge) >= duration('8760h'))",message="preload needs includeSubDomains and a maxAge of at least a year (8760h)"
type HSTS struct {
	// MaxAge is how long browsers insist on HTTPS, in hours: "8760h".
	//
	// +kubebuilder:validation:MaxLength=7
	// +kubebuilder:validation:XValidation:rule="self.matches('^[1-9][0-9]{0,5}h$')",message="must be a whole number of hours, such as 8760h for a year"
	MaxAge string `json:"maxAge"`
	// IncludeSubDomains extends it to all subdomains.
	//
	// +optional
	IncludeSubDomains bool `json:"includeSubDomains,omitempty"`
	// Preload allows browsers to ship the host in their lists.
	//
	// +optional
	Preload bool `json:"preload,omitempty"`
}

// HeaderValue is the value of a response header: printable ASCII.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=2048
// +kubebuilder:validation:XValidation:rule="self.matches('^[\\\\x20-\\\\x7e]+$')",message="must be printable ASCII without line breaks: a header is one line"
type HeaderValue string

// IngressRoute leads the requests of a path to a Service.
//
// +kubebuilder:validation:XValidation:rule="!has(self.stripPrefix) || !self.stripPrefix || (has(self.match) && has(self.match.path) && has(self.match.path.prefix) && self.match.path.prefix != '/')",message="stripPrefix needs a match.path.prefix other than /: that is what it strips"
type IngressRoute struct {
	// Match says which requests. Empty: all of the hosts.
	//
	// +optional
	Match *IngressMatch `json:"match,omitempty"`
	// To is the Service that answers. Under a CanaryRelease its variants share the requests as in the mesh.
	To IngressBackend `json:"to"`
	// StripPrefix removes match.path.prefix before the Service sees the path.
	//
	// +optional
	StripPrefix bool `json:"stripPrefix,omitempty"`
	// RateLimit bounds the requests of each client address. Empty: none.
	//
	// +optional
	RateLimit *RateLimit `json:"rateLimit,omitempty"`
}

// IngressMatch says which requests of the hosts a route takes.
type IngressMatch struct {
	// Path of the request. Empty: all.
	//
	// +optional
	Path *AccessPath `json:"path,omitempty"`
}

// IngressBackend is the Service that answers.
type IngressBackend struct {
	// Service in the same namespace.
	Service ServiceName `json:"service"`
	// Port of the Service.
	Port PortNumber `json:"port"`
}

// RateLimit bounds the requests of each client address, by token bucket, in each replica of the gateway.
type RateLimit struct {
	// Average is how many requests are allowed per period.
	//
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	Average int64 `json:"average"`
	// Period of the average. Empty: 1s.
	//
	// +optional
	Period *Duration `json:"period,omitempty"`
	// Burst is how many requests may come at once. Empty: as many as average.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	Burst *int64 `json:"burst,omitempty"`
}

// IngressProfileStatus is what was understood and written.
type IngressProfileStatus struct {
	CommonStatus `json:",inline"`

	// Gateway is the name of the gateway that serves the profile.
	//
	// +optional
	Gateway string `json:"gateway,omitempty"`
	// Hosts that are served on the gateway, without those that belong to other namespaces.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	Hosts []string `json:"hosts,omitempty"`
}
