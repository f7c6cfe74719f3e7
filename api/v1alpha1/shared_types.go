package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ObjectName is the name of an object in the same namespace.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",message="must be the name of an object in this namespace: a to z, 0 to 9, - and ., beginning and ending with a letter or digit; other namespaces cannot be named"
type ObjectName string

// ServiceName is the name of a Service in the same namespace.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="must be the name of a Service in this namespace: a to z, 0 to 9 and -, beginning with a letter and not ending with -; leave out the namespace and the domain"
type ServiceName string

// NamespaceName is the name of a namespace.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="must be the name of a namespace: a to z, 0 to 9 and -, beginning and ending with a letter or digit; a pattern such as * is not understood"
type NamespaceName string

// GatewayName is the name of a gateway of the operator's configuration.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=32
// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="must be the name of a gateway of the operator's configuration: a to z, 0 to 9 and -, beginning and ending with a letter or digit"
type GatewayName string

// PortNumber is a port of a Service.
//
// +kubebuilder:validation:Minimum=1
// +kubebuilder:validation:Maximum=65535
type PortNumber int32

// HTTPMethod is a request method.
//
// +kubebuilder:validation:Enum=GET;HEAD;POST;PUT;DELETE;CONNECT;OPTIONS;TRACE;PATCH
type HTTPMethod string

// Duration is a Go duration of one unit, "250ms", "5s", "2m" or "1h". Between 1ms and 24h.
//
// +kubebuilder:validation:MaxLength=10
// +kubebuilder:validation:XValidation:rule="self.matches('^[1-9][0-9]{0,7}(ms|s|m|h)$') && duration(self) <= duration('24h')",message="must be a whole number with one unit (ms, s, m or h), from 1ms to 24h, such as 250ms or 5s"
type Duration string

// PathValue is a path or the beginning of one: it starts with "/", has no "//", no dot segment, no control character, blank, backtick,
// quote, percent sign, question mark or hash.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=512
// +kubebuilder:validation:XValidation:rule="self.startsWith('/')",message="must begin with /: a match sees the whole path"
// +kubebuilder:validation:XValidation:rule="self.matches('^[!$&()*+,./0-9:;=@A-Z_a-z~-]*$')",message="must hold only characters that a path holds unescaped: no blank, quote, backtick, backslash, %, ?, # or control character; match a query under query"
// +kubebuilder:validation:XValidation:rule="!self.contains('//') && !self.matches('/[.][.]?(/|$)')",message="must not hold //, /./ or /../: proxies disagree about what they mean; write the path that remains"
type PathValue string

// Regex is an RE2 regular expression that must match the whole value: it is anchored by Kubemate.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=256
// +kubebuilder:validation:XValidation:rule="!self.startsWith('^') && !self.endsWith('$')",message="must match the whole value and is anchored already: leave out ^ at the beginning and $ at the end"
// +kubebuilder:validation:XValidation:rule="!self.matches('[\\\\x00-\\\\x1f\\\\x7f`]')",message="must hold no control character and no backtick: write \\x60 for a backtick"
// +kubebuilder:validation:XValidation:rule="'x'.matches(self) in [true, false]",message="must be a regular expression of RE2, without look-around and back references"
type Regex string

// PathMatch matches the path of a request. Exactly one field is set.
//
// +kubebuilder:validation:XValidation:rule="[has(self.exact), has(self.prefix), has(self.regex)].filter(x, x).size() == 1",message="set exactly one of exact, prefix and regex"
// +kubebuilder:validation:XValidation:rule="!has(self.prefix) || self.prefix == '/' || !self.prefix.endsWith('/')",message="a prefix means whole segments, leave out the / at its end"
type PathMatch struct {
	// Exact is the whole path.
	//
	// +optional
	Exact *PathValue `json:"exact,omitempty"`
	// Prefix is the beginning of the path, in whole segments: /products matches /products and /products/1, not /products-for-sale.
	//
	// +optional
	Prefix *PathValue `json:"prefix,omitempty"`
	// Regex matches the whole path.
	//
	// +optional
	Regex *Regex `json:"regex,omitempty"`
}

// ValueMatch matches one named value of a request. Exactly one of value, prefix and regex is set.
//
// +kubebuilder:validation:XValidation:rule="[has(self.value), has(self.prefix), has(self.regex)].filter(x, x).size() == 1",message="set exactly one of value, prefix and regex"
type ValueMatch struct {
	// Name of the header, cookie or query parameter. Header names are compared without regard to case.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="self.matches('^[!#$%&\\\\x27*+.^_|~0-9A-Za-z-]+$')",message="must be a token of RFC 9110: letters, digits and !#$%&'*+.^_|~- without blank or colon"
	Name string `json:"name"`
	// Value is the whole value.
	//
	// +optional
	Value *MatchValue `json:"value,omitempty"`
	// Prefix is the beginning of the value.
	//
	// +optional
	Prefix *MatchValue `json:"prefix,omitempty"`
	// Regex matches the whole value.
	//
	// +optional
	Regex *Regex `json:"regex,omitempty"`
}

// MatchValue is a literal value of a header, cookie or query parameter: printable ASCII without backtick.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=1024
// +kubebuilder:validation:XValidation:rule="self.matches('^[\\\\x20-\\\\x5f\\\\x61-\\\\x7e]+$')",message="must be printable ASCII without a backtick"
type MatchValue string

// CommonStatus is the part of the status that all kinds share.
type CommonStatus struct {
	// ObservedGeneration is the generation of the spec that this status speaks of; -1 before the first.
	//
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Conditions are Accepted, Programmed and Ready.
	//
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// Problems lists what is wrong, each with the place in the YAML. Empty when nothing is.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	Problems []ProblemStatus `json:"problems,omitempty"`
}

// ProblemStatus is one thing that is wrong with an object.
type ProblemStatus struct {
	// Path is the place in the object, "spec.variants[1].deployment" for example.
	//
	// +optional
	Path string `json:"path,omitempty"`
	// Reason is a word for machines, one of the reasons of Accepted.
	Reason string `json:"reason"`
	// Message says what is wrong and what to do.
	Message string `json:"message"`
}
