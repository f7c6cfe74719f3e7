package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// MeshPolicy says how the workloads of a namespace, or one Service, behave in the mesh: injection, who may call, timeouts and retries.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=mpol,categories=kubemate
// +kubebuilder:printcolumn:name="Target",type=string,JSONPath=`.spec.target.kind`
// +kubebuilder:printcolumn:name="Name",type=string,JSONPath=`.spec.target.name`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type MeshPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is what is wanted.
	Spec MeshPolicySpec `json:"spec"`
	// Status is what was understood and written.
	//
	// +optional
	// +kubebuilder:default={observedGeneration:-1}
	Status MeshPolicyStatus `json:"status,omitempty"`
}

// MeshPolicyList is a list of MeshPolicies.
//
// +kubebuilder:object:root=true
type MeshPolicyList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []MeshPolicy `json:"items"`
}

// MeshPolicySpec is the wanted behaviour.
//
// +kubebuilder:validation:XValidation:rule="!has(self.injection) || self.target.kind == 'Namespace'",message="injection is set for a whole namespace: use target.kind Namespace"
// +kubebuilder:validation:XValidation:rule="!has(self.mtls) || self.target.kind == 'Namespace'",message="mtls is set for a whole namespace: use target.kind Namespace"
// +kubebuilder:validation:XValidation:rule="!has(self.bypass) || self.target.kind == 'Namespace'",message="bypass is set for a whole namespace: use target.kind Namespace"
// +kubebuilder:validation:XValidation:rule="!has(self.proxy) || self.target.kind == 'Namespace'",message="proxy is set for a whole namespace: use target.kind Namespace"
// +kubebuilder:validation:XValidation:rule="!has(self.access) || self.target.kind == 'Service'",message="access is set for one Service: use target.kind Service"
// +kubebuilder:validation:XValidation:rule="has(self.injection) || has(self.mtls) || has(self.access) || has(self.network) || has(self.resilience) || has(self.bypass) || has(self.opaquePorts) || has(self.proxy)",message="a policy must say something: set injection, mtls, access, network, resilience, bypass, opaquePorts or proxy"
type MeshPolicySpec struct {
	// Target is what the policy is about.
	Target PolicyTarget `json:"target"`
	// Injection of the mesh's proxy into new pods of the namespace. Empty: untouched.
	//
	// +optional
	Injection *Injection `json:"injection,omitempty"`
	// MTLS is whether pods of the namespace refuse callers without a mesh identity where no access rules speak. Takes effect in new pods. Empty: the
	// mesh's own default.
	//
	// +optional
	MTLS *MTLS `json:"mtls,omitempty"`
	// Access says who may call the Service. Empty: untouched, the mesh's own default.
	//
	// +optional
	Access *Access `json:"access,omitempty"`
	// Network says whose packets reach the pods of the Service or of the Namespace. For a Namespace: also those of its Services, each by its own access
	// rules, but for Services whose network another policy speaks about. Empty: untouched, open where no other NetworkPolicy stands.
	//
	// +optional
	Network *Network `json:"network,omitempty"`
	// Resilience is how calls to the Service are bounded and retried. For a Namespace: to each of its Services that has no resilience of its
	// own. Empty: the Namespace's; without one, untouched.
	//
	// +optional
	Resilience *Resilience `json:"resilience,omitempty"`
	// Bypass names ports of the namespace that the mesh does not touch. Takes effect in new pods. Empty: none but the mesh's own.
	//
	// +optional
	Bypass *Bypass `json:"bypass,omitempty"`
	// OpaquePorts carry what is not HTTP and is not to be guessed, databases for example: they are encrypted and counted as bytes. For a Namespace: ports
	// of its pods and Services, in new pods; for a Service: ports of the Service, at once, and of its pods as far as the namespace names them too. Empty: the
	// mesh's own.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	OpaquePorts []PortRange `json:"opaquePorts,omitempty"`
	// Proxy is how the proxies of new pods of the namespace run. Empty: the mesh's own.
	//
	// +optional
	Proxy *Proxy `json:"proxy,omitempty"`
}

// PolicyTarget is what a policy is about.
//
// +kubebuilder:validation:XValidation:rule="self.kind == 'Service' ? has(self.name) : !has(self.name)",message="name is required for a Service and left out for the Namespace, which is the policy's own"
type PolicyTarget struct {
	// Kind is Namespace (the policy's own) or Service.
	//
	// +kubebuilder:validation:Enum=Namespace;Service
	Kind PolicyTargetKind `json:"kind"`
	// Name of the Service.
	//
	// +optional
	Name *ServiceName `json:"name,omitempty"`
}

// PolicyTargetKind is the kind of thing a policy is about.
type PolicyTargetKind string

const (
	// TargetNamespace is the policy's own namespace.
	TargetNamespace PolicyTargetKind = "Namespace"
	// TargetService is one Service of the policy's namespace.
	TargetService PolicyTargetKind = "Service"
)

// Injection is whether new pods get the mesh's proxy.
//
// +kubebuilder:validation:Enum=Enabled;Disabled;Ingress
type Injection string

const (
	// InjectionEnabled gives new pods a proxy.
	InjectionEnabled Injection = "Enabled"
	// InjectionDisabled gives new pods no proxy.
	InjectionDisabled Injection = "Disabled"
	// InjectionIngress gives new pods a proxy that routes by header, for ingress controllers that do not resolve Services.
	InjectionIngress Injection = "Ingress"
)

// Access says who may call a Service. Everything that no rule allows is refused.
type Access struct {
	// Mode is Enforce or Audit. Audit refuses nothing, and the mesh logs the calls that Enforce would refuse. Empty: Enforce.
	//
	// +optional
	Mode *AccessMode `json:"mode,omitempty"`
	// Rules allow. Empty: nobody may call.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	Rules []AccessRule `json:"rules,omitempty"`
}

// AccessMode is what happens to calls that no rule allows.
//
// +kubebuilder:validation:Enum=Enforce;Audit
type AccessMode string

const (
	// AccessEnforce refuses them.
	AccessEnforce AccessMode = "Enforce"
	// AccessAudit lets them through and logs them.
	AccessAudit AccessMode = "Audit"
)

// AccessRule allows some callers some requests.
type AccessRule struct {
	// From lists the callers that the rule allows.
	//
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	From []Caller `json:"from"`
	// To lists the requests that the rule allows. Empty list is refused: leave the field out for everything.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	To []Requests `json:"to,omitempty"`
}

// Caller is who calls. Exactly one of serviceAccount, namespace, gateway, cidr and any is set.
//
// +kubebuilder:validation:XValidation:rule="[has(self.serviceAccount), has(self.namespace), has(self.gateway), has(self.cidr), has(self.any)].filter(x, x).size() == 1",message="set exactly one of serviceAccount, namespace, gateway, cidr and any"
// +kubebuilder:validation:XValidation:rule="!has(self.unauthenticated) || has(self.cidr)",message="unauthenticated goes with cidr: plain-text callers are admitted by network only"
type Caller struct {
	// ServiceAccount whose pods call, by their mesh identity.
	//
	// +optional
	ServiceAccount *ServiceAccountRef `json:"serviceAccount,omitempty"`
	// Namespace whose pods call, by their mesh identity.
	//
	// +optional
	Namespace *NamespaceName `json:"namespace,omitempty"`
	// Gateway of the operator's configuration, for what comes in through its IngressProfiles. It is known as the configuration says: by its mesh
	// identity, by the addresses of its own pods, or by networks; the status says who else those admit.
	//
	// +optional
	Gateway *GatewayName `json:"gateway,omitempty"`
	// CIDR is the network that calls come from, 10.1.0.0/16 or 2001:db8::/32. Callers must be in the mesh unless unauthenticated is set.
	//
	// +optional
	CIDR *CIDR `json:"cidr,omitempty"`
	// Unauthenticated admits callers outside the mesh from the network.
	//
	// +optional
	// +kubebuilder:validation:XValidation:rule="self",message="unauthenticated can only be true: leave it out when callers must be in the mesh"
	Unauthenticated *bool `json:"unauthenticated,omitempty"`
	// Any is everybody, in the mesh or not.
	//
	// +optional
	// +kubebuilder:validation:XValidation:rule="self",message="any can only be true: leave it out and name the callers"
	Any *bool `json:"any,omitempty"`
}

// CIDR is an IP network.
//
// +kubebuilder:validation:MaxLength=43
// +kubebuilder:validation:XValidation:rule="isCIDR(self) && cidr(self) == cidr(self).masked()",message="must be a network in CIDR notation without host bits, such as 10.1.0.0/16, 10.1.2.3/32 or 2001:db8::/32"
type CIDR string

// ServiceAccountRef names a ServiceAccount of any namespace, as a string: nothing is read there.
type ServiceAccountRef struct {
	// Namespace of the ServiceAccount.
	Namespace NamespaceName `json:"namespace"`
	// Name of the ServiceAccount.
	Name ObjectName `json:"name"`
}

// Requests describes requests. All that is set must be true. At least one thing is set.
//
// +kubebuilder:validation:XValidation:rule="has(self.ports) || has(self.methods) || has(self.paths) || has(self.grpc)",message="set ports, methods, paths or grpc, or leave the whole to out for everything"
// +kubebuilder:validation:XValidation:rule="!has(self.grpc) || !has(self.methods) && !has(self.paths)",message="grpc says method and path already: leave methods and paths out, or write them as another entry"
type Requests struct {
	// Ports of the Service. Empty: all.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Ports []PortNumber `json:"ports,omitempty"`
	// Methods of HTTP. Empty: all.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=9
	Methods []HTTPMethod `json:"methods,omitempty"`
	// Paths of HTTP. Empty: all.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Paths []AccessPath `json:"paths,omitempty"`
	// GRPC lists calls of gRPC of which one must be the request. Empty: all requests.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	GRPC []GRPCMatch `json:"grpc,omitempty"`
}

// AccessPath matches the path of a request. Exactly one field is set.
//
// +kubebuilder:validation:XValidation:rule="has(self.exact) != has(self.prefix)",message="set exactly one of exact and prefix"
// +kubebuilder:validation:XValidation:rule="!has(self.prefix) || self.prefix == '/' || !self.prefix.endsWith('/')",message="a prefix means whole segments, leave out the / at its end"
type AccessPath struct {
	// Exact is the whole path.
	//
	// +optional
	Exact *PathValue `json:"exact,omitempty"`
	// Prefix is the beginning of the path, in whole segments.
	//
	// +optional
	Prefix *PathValue `json:"prefix,omitempty"`
}

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

// MeshPolicyStatus is what was understood and written.
type MeshPolicyStatus struct {
	CommonStatus `json:",inline"`
}
