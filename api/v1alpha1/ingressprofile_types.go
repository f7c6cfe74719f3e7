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
// +kubebuilder:validation:XValidation:rule="!has(self.tls) || !has(self.tls.cipherSuites) || !has(self.tls.minVersion) || self.tls.minVersion == '1.2'",message="tls.cipherSuites are of TLS 1.2; leave them out with minVersion 1.3"
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
	Gateway *GatewayName `json:"gateway,omitempty"`
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

// IngressTLS is the TLS of a profile's hosts. Exactly one of secretName and certificate is set.
//
// +kubebuilder:validation:XValidation:rule="has(self.secretName) != has(self.certificate)",message="set exactly one of secretName (a certificate that you have) and certificate (one that cert-manager gets)"
type IngressTLS struct {
	// SecretName is the Secret (kubernetes.io/tls, same namespace) with certificate and key. Kubemate never reads it; without it the
	// handshake fails.
	//
	// +optional
	SecretName ObjectName `json:"secretName,omitempty"`
	// Certificate has cert-manager get a certificate for the hosts that the profile serves, and renew it. Until there is one the handshake
	// fails, and the condition SecretsReady says what cert-manager waits for.
	//
	// +optional
	Certificate *IngressCertificate `json:"certificate,omitempty"`
	// RedirectHTTP answers plain HTTP with a permanent redirect to HTTPS. Default false: plain HTTP is not served at all.
	//
	// +optional
	RedirectHTTP bool `json:"redirectHTTP,omitempty"`
	// MinVersion of TLS. Empty: 1.2.
	//
	// +optional
	// +kubebuilder:validation:Enum="1.2";"1.3"
	MinVersion *string `json:"minVersion,omitempty"`
	// CipherSuites of TLS 1.2 that are offered, all of which have forward secrecy and authenticate what they encrypt; those of TLS 1.3 are not
	// up for choice. Empty: all that are allowed here.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=6
	CipherSuites []CipherSuite `json:"cipherSuites,omitempty"`
	// ClientAuth asks clients for a certificate. The gateway must be declared for it. Empty: no certificate is asked for.
	//
	// +optional
	ClientAuth *ClientAuth `json:"clientAuth,omitempty"`
}

// IngressCertificate is a certificate that cert-manager gets.
type IngressCertificate struct {
	// Issuer signs the certificate.
	Issuer CertificateIssuer `json:"issuer"`
}

// CertificateIssuer is an issuer of cert-manager.
type CertificateIssuer struct {
	// Kind is Issuer (of the same namespace) or ClusterIssuer.
	//
	// +kubebuilder:validation:Enum=Issuer;ClusterIssuer
	Kind string `json:"kind"`
	// Name of the issuer.
	Name ObjectName `json:"name"`
}

// CipherSuite is a cipher suite of TLS 1.2 by its IANA name.
//
// +kubebuilder:validation:Enum=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256;TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
type CipherSuite string

// ClientAuth asks clients for a certificate.
type ClientAuth struct {
	// Mode is Require (no certificate, no connection) or IfGiven (a certificate that is shown must be valid).
	//
	// +kubebuilder:validation:Enum=Require;IfGiven
	Mode ClientAuthMode `json:"mode"`
	// CASecret is the Secret (key ca.crt or tls.ca, same namespace) with the authorities that sign clients' certificates. Kubemate never reads
	// it; without it no connection is accepted.
	CASecret ObjectName `json:"caSecret"`
}

// ClientAuthMode is what happens to clients without a certificate.
type ClientAuthMode string

// The modes of client authentication.
const (
	ClientAuthRequire ClientAuthMode = "Require"
	ClientAuthIfGiven ClientAuthMode = "IfGiven"
)

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
