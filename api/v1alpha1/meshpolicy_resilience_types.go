package v1alpha1

// Resilience is how calls to a Service are bounded and retried by the callers' proxies.
//
// +kubebuilder:validation:XValidation:rule="has(self.timeout) || has(self.retries) || has(self.routes) || has(self.circuitBreaker)",message="set timeout, retries, routes or circuitBreaker, or leave resilience out"
// +kubebuilder:validation:XValidation:rule="!has(self.timeout) || !has(self.retries) || !has(self.retries.perTryTimeout) || duration(self.retries.perTryTimeout) <= duration(self.timeout)",message="retries.perTryTimeout must not be longer than timeout"
type Resilience struct {
	// Timeout from the beginning of the request to the end of the response. Empty: none.
	//
	// +optional
	Timeout *Duration `json:"timeout,omitempty"`
	// Retries of failed requests. Empty: none.
	//
	// +optional
	Retries *Retries `json:"retries,omitempty"`
	// RetryBudget bounds what all retries together add to the load of the Service. Empty: the mesh's own.
	//
	// +optional
	RetryBudget *RetryBudget `json:"retryBudget,omitempty"`
	// Routes are requests with a timeout or retries of their own. In order: the first that matches decides. Empty: all requests are alike.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Routes []ResilienceRoute `json:"routes,omitempty"`
	// CircuitBreaker keeps callers away from a pod that fails again and again. Empty: none.
	//
	// +optional
	CircuitBreaker *CircuitBreaker `json:"circuitBreaker,omitempty"`
}

// ResilienceRoute is a timeout or retries for some requests.
//
// +kubebuilder:validation:XValidation:rule="has(self.timeout) || has(self.retries)",message="set timeout or retries, or leave the route out"
// +kubebuilder:validation:XValidation:rule="!has(self.timeout) || !has(self.retries) || !has(self.retries.perTryTimeout) || duration(self.retries.perTryTimeout) <= duration(self.timeout)",message="retries.perTryTimeout must not be longer than the timeout of its route"
type ResilienceRoute struct {
	// Match says which requests.
	Match ResilienceMatch `json:"match"`
	// Timeout of these requests. Empty: the one for all.
	//
	// +optional
	Timeout *Duration `json:"timeout,omitempty"`
	// Retries of these requests. Empty: those for all; to have none, set limit 0.
	//
	// +optional
	Retries *Retries `json:"retries,omitempty"`
}

// ResilienceMatch is true of a request when all that is set is. At least one thing is set.
//
// +kubebuilder:validation:XValidation:rule="has(self.path) || has(self.methods)",message="a match must say something: set path or methods"
type ResilienceMatch struct {
	// Path of the request. Empty: any.
	//
	// +optional
	Path *AccessPath `json:"path,omitempty"`
	// Methods of which one must be the request's. Empty: any.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=9
	Methods []HTTPMethod `json:"methods,omitempty"`
}

// Retries says which requests are tried again, and how often.
//
// +kubebuilder:validation:XValidation:rule="!has(self.when) || !self.when.exists(o, o in ['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable']) || (has(self.nonIdempotent) && self.nonIdempotent)",message="calls of gRPC are POST: to retry on a status of gRPC, set nonIdempotent"
// +kubebuilder:validation:XValidation:rule="self.limit > 0 || !(has(self.when) || has(self.perTryTimeout) || has(self.nonIdempotent))",message="limit 0 means no retries: leave the rest out"
type Retries struct {
	// Limit is how often a request is tried again, 1 to 10. 0: never, which takes back what is said for more than these requests.
	//
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=10
	Limit int32 `json:"limit"`
	// On lists the responses that are tried again. Empty: 5xx. In YAML it is called when, because there the bare word on is true.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=8
	On []RetryOn `json:"when,omitempty"`
	// PerTryTimeout bounds each try. Empty: none.
	//
	// +optional
	PerTryTimeout *Duration `json:"perTryTimeout,omitempty"`
	// NonIdempotent also retries POST, PATCH, CONNECT and unknown methods. Default false: only GET, HEAD, OPTIONS, TRACE, PUT and
	// DELETE, which may be repeated without harm (RFC 9110, 9.2.2).
	//
	// +optional
	NonIdempotent bool `json:"nonIdempotent,omitempty"`
}

// RetryBudget bounds what retries add to the load, counted by each caller over ten seconds.
type RetryBudget struct {
	// Ratio of retries to requests, from "0" to "1" with at most two decimals: "0.2" lets retries add a fifth to the load.
	//
	// +kubebuilder:validation:MaxLength=4
	// +kubebuilder:validation:XValidation:rule="self.matches('^(0|1|0[.][0-9]{1,2}|1[.]00?)$')",message="must be a text from \"0\" to \"1\" with at most two decimals, such as \"0.2\""
	Ratio string `json:"ratio"`
	// MinPerSecond retries are allowed in any case, so that a Service with few requests has retries too. 1 to 1000.
	//
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	MinPerSecond int32 `json:"minPerSecond"`
}

// CircuitBreaker keeps callers away from a pod after failures in a row. Each caller counts for itself. A pod that is kept away is tried again
// with a single request after a penalty, which grows from one failure to the next.
//
// +kubebuilder:validation:XValidation:rule="duration(has(self.minPenalty) ? self.minPenalty : '1s') <= duration(has(self.maxPenalty) ? self.maxPenalty : '1m')",message="minPenalty (default 1s) must not be longer than maxPenalty (default 1m)"
type CircuitBreaker struct {
	// ConsecutiveFailures are the responses 5xx, or failures of gRPC, in a row after which a pod is kept away. 1 to 1000. Empty: 7.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	ConsecutiveFailures *int32 `json:"consecutiveFailures,omitempty"`
	// MinPenalty is the first penalty. Empty: 1s.
	//
	// +optional
	MinPenalty *Duration `json:"minPenalty,omitempty"`
	// MaxPenalty bounds the penalty. Empty: 1m.
	//
	// +optional
	MaxPenalty *Duration `json:"maxPenalty,omitempty"`
}

// RetryOn names responses: 5xx; gateway-error, which is 502 to 504; the others are statuses of gRPC.
//
// +kubebuilder:validation:Enum="5xx";gateway-error;cancelled;deadline-exceeded;internal;resource-exhausted;unavailable
type RetryOn string
