package v1alpha1

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
	// AllowFrom are the networks that clients may call from; others get 403. Empty: all. The gateway must be declared to know its clients'
	// addresses.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	AllowFrom []CIDR `json:"allowFrom,omitempty"`
	// RateLimit bounds the requests of each client address. Empty: none.
	//
	// +optional
	RateLimit *RateLimit `json:"rateLimit,omitempty"`
	// MaxInFlight bounds the requests of each host that are under way at once, in each replica of the gateway; more get 429. Empty: no bound.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	MaxInFlight *int64 `json:"maxInFlight,omitempty"`
	// Auth is who may call. Empty: everybody.
	//
	// +optional
	Auth *IngressAuth `json:"auth,omitempty"`
	// BodyLimit is the largest body of a request, in bytes: "10Mi", "512Ki"; larger ones get 413. Requests and responses are buffered for it, so
	// it is not for streams. Empty: no limit.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=10
	// +kubebuilder:validation:XValidation:rule="self.matches('^[1-9][0-9]{0,6}(Ki|Mi)?$')",message="must be a whole number of bytes, Ki or Mi, such as 10Mi"
	BodyLimit *string `json:"bodyLimit,omitempty"`
	// RequestHeaders are changed before the Service sees the request. Empty: none.
	//
	// +optional
	RequestHeaders *RequestHeaders `json:"requestHeaders,omitempty"`
	// Timeout from the end of the request to the headers of the response; after it clients get 504. A gateway knows one for each Service and
	// port. Empty: none.
	//
	// +optional
	Timeout *Duration `json:"timeout,omitempty"`
	// Retries of requests for which no connection to a pod came about. Empty: none.
	//
	// +optional
	Retries *IngressRetries `json:"retries,omitempty"`
	// Sticky keeps a client with the variant of a release that it met first. Empty: each request is shared out anew.
	//
	// +optional
	Sticky *Sticky `json:"sticky,omitempty"`
}

// IngressMatch says which requests of the hosts a route takes. Of routes of one path those with more conditions come first.
type IngressMatch struct {
	// Path of the request. Empty: all.
	//
	// +optional
	Path *AccessPath `json:"path,omitempty"`
	// Methods of which one must be the request's. Empty: all.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=9
	Methods []HTTPMethod `json:"methods,omitempty"`
	// Headers that must all match. Empty: any. Anybody can send a header: it does not tell who calls.
	//
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	Headers []ValueMatch `json:"headers,omitempty"`
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

// IngressAuth is who may call. Exactly one of basic and forward is set.
//
// +kubebuilder:validation:XValidation:rule="has(self.basic) != has(self.forward)",message="set exactly one of basic and forward"
type IngressAuth struct {
	// Basic asks for a user name and a password (RFC 7617).
	//
	// +optional
	Basic *BasicAuth `json:"basic,omitempty"`
	// Forward asks a Service about each request.
	//
	// +optional
	Forward *ForwardAuth `json:"forward,omitempty"`
}

// BasicAuth asks for a user name and a password. The Service does not see them.
type BasicAuth struct {
	// SecretName is the Secret with the users: the key users holds lines of htpasswd, or the Secret is of type kubernetes.io/basic-auth. Kubemate
	// never reads it; without it the route answers 503.
	SecretName ObjectName `json:"secretName"`
}

// ForwardAuth asks a Service about each request: with an answer of 2xx the request goes on, any other answer is the client's.
type ForwardAuth struct {
	// Service that is asked, in the same namespace, over plain HTTP.
	Service ServiceName `json:"service"`
	// Port of the Service.
	Port PortNumber `json:"port"`
	// Path that is asked.
	Path PathValue `json:"path"`
	// ResponseHeaders of the answer that the request goes on with; those that a client sends are dropped. Empty: none.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	ResponseHeaders []AuthHeader `json:"responseHeaders,omitempty"`
}

// AuthHeader is the name of a header.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=128
// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9-]+$')",message="must be the name of a header: letters, digits and -"
type AuthHeader string

// RequestHeaders are headers of a request that are changed.
//
// +kubebuilder:validation:XValidation:rule="has(self.set) || has(self.remove)",message="set or remove at least one header, or leave requestHeaders out"
type RequestHeaders struct {
	// Set gives headers a value, whatever the client sends. Values are readable for whoever can read this object: no credentials.
	//
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Set []RequestHeader `json:"set,omitempty"`
	// Remove drops headers.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Remove []HeaderName `json:"remove,omitempty"`
}

// RequestHeader is a header and its value.
type RequestHeader struct {
	// Name of the header.
	Name HeaderName `json:"name"`
	// Value of the header.
	Value HeaderValue `json:"value"`
}

// HeaderName is the name of a header that a profile may change: none by which connections, the gateway, the mesh or identities work.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=128
// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9-]+$')",message="must be made of letters, digits and -"
// +kubebuilder:validation:XValidation:rule="!(self.lowerAscii() in ['host', 'connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'content-length', 'authorization', 'cookie', 'forwarded', 'x-real-ip']) && !self.lowerAscii().startsWith('x-forwarded-') && !self.lowerAscii().startsWith('l5d-')",message="must not be Host, Authorization, Cookie, Forwarded, X-Forwarded-*, X-Real-Ip, l5d-* or a header of the connection: the gateway and the mesh rely on them"
type HeaderName string

// IngressRetries are retries of requests for which no connection to a pod came about.
type IngressRetries struct {
	// Attempts is how often a request is sent at most, the first time included. It is sent again only when no connection to a pod came about: what
	// the gateway has begun to write is not repeated, so errors that a pod answers are passed on, and no request is done twice.
	//
	// +kubebuilder:validation:Minimum=2
	// +kubebuilder:validation:Maximum=10
	Attempts int32 `json:"attempts"`
}

// Sticky keeps a client with what it met first.
type Sticky struct {
	// Cookie by which clients are recognised. With TLS it is sent over TLS only; scripts never see it.
	Cookie StickyCookie `json:"cookie"`
}

// StickyCookie is a cookie that names a variant.
type StickyCookie struct {
	// Name of the cookie.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9_-]+$')",message="must be made of letters, digits, _ and -"
	Name string `json:"name"`
	// MaxAge is how long a client stays. Clients that stay do not follow a weight: keep it short while a release moves. Empty: until the client
	// is closed.
	//
	// +optional
	// +kubebuilder:validation:XValidation:rule="self.endsWith('m') || self.endsWith('h') || (self.endsWith('s') && !self.endsWith('ms'))",message="must be in whole seconds, minutes or hours"
	MaxAge *Duration `json:"maxAge,omitempty"`
}
