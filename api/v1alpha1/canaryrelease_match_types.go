package v1alpha1

// ReleaseMatch sends requests with given parameters to a variant.
type ReleaseMatch struct {
	// To is the name of the variant.
	To VariantName `json:"to"`
	// Any lists alternatives: a request matches when all that one of them says is true of it.
	//
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	Any []RequestMatch `json:"any"`
}

// RequestMatch is true of a request when everything that is set is. At least one thing is set.
//
// +kubebuilder:validation:XValidation:rule="has(self.path) || has(self.method) || has(self.grpc) || (has(self.headers) && self.headers.size() > 0) || (has(self.cookies) && self.cookies.size() > 0) || (has(self.query) && self.query.size() > 0)",message="an alternative must say something: set path, method, headers, cookies, query or grpc"
// +kubebuilder:validation:XValidation:rule="!has(self.grpc) || !(has(self.path) || has(self.method))",message="grpc stands for a path and the method POST: set either grpc, or path and method"
type RequestMatch struct {
	// Path of the request as the Service sees it.
	//
	// +optional
	Path *PathMatch `json:"path,omitempty"`
	// Method of the request. Empty: any.
	//
	// +optional
	Method *HTTPMethod `json:"method,omitempty"`
	// Headers that must all be there with the given value.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	// +kubebuilder:validation:XValidation:rule="self.all(h, self.filter(g, g.name.lowerAscii() == h.name.lowerAscii()).size() == 1)",message="two entries must not name the same header (upper and lower case are the same): all entries must be true at once; use another alternative for or"
	// +kubebuilder:validation:XValidation:rule="!self.exists(h, h.name.lowerAscii() in ['cookie', 'host'])",message="match cookies under cookies; the Host header cannot be matched, a release belongs to its Service"
	Headers []ValueMatch `json:"headers,omitempty"`
	// Cookies that must all be there with the given value.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=3
	// +kubebuilder:validation:XValidation:rule="self.all(h, self.filter(g, g.name == h.name).size() == 1)",message="two entries must not name the same cookie: all entries must be true at once; use another alternative for or"
	// +kubebuilder:validation:XValidation:rule="!self.exists(c, (has(c.value) && c.value.contains(';')) || (has(c.prefix) && c.prefix.contains(';')))",message="a cookie's value holds no semicolon: it ends the cookie"
	Cookies []ValueMatch `json:"cookies,omitempty"`
	// Query parameters that must all be there with the given value.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	// +kubebuilder:validation:XValidation:rule="self.all(h, self.filter(g, g.name == h.name).size() == 1)",message="two entries must not name the same query parameter: all entries must be true at once; use another alternative for or"
	Query []ValueMatch `json:"query,omitempty"`
	// GRPC names what a call of gRPC calls. Not together with path and method, which it stands for.
	//
	// +optional
	GRPC *GRPCMatch `json:"grpc,omitempty"`
}

// GRPCMatch is true of calls of a gRPC service. On the wire such a call is a POST to /SERVICE/METHOD, and that is what is matched.
type GRPCMatch struct {
	// Service is the full name of the service, with its package: bank.Orders.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*)*$')",message="must be the full name of a service of gRPC with its package, such as bank.Orders: letters, digits, _ and dots between words, without /"
	Service string `json:"service"`
	// Method of the service. Empty: all of them.
	//
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z_][A-Za-z0-9_]*$')",message="must be the name of one method, such as Place: letters, digits and _, without the service and /"
	Method *string `json:"method,omitempty"`
}
