package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// MTLS is whether pods refuse callers without a mesh identity.
//
// +kubebuilder:validation:Enum=Strict;Permissive
type MTLS string

const (
	// MTLSStrict refuses plain-text callers on every port that no access rules speak about.
	MTLSStrict MTLS = "Strict"
	// MTLSPermissive leaves it at the mesh's own default.
	MTLSPermissive MTLS = "Permissive"
)

// PortRange is a port, or several in a row.
//
// +kubebuilder:validation:XValidation:rule="!has(self.endPort) || self.port < self.endPort",message="endPort must be above port: the range ends with it"
type PortRange struct {
	// Port is the only one, or the first.
	Port PortNumber `json:"port"`
	// EndPort is the last of the range. Empty: there is no other than port.
	//
	// +optional
	EndPort *PortNumber `json:"endPort,omitempty"`
}

// Bypass names ports that the mesh does not touch: the escape hatch for calls for which even a proxy's microseconds are too long. What is given up
// is encryption, identity, access rules, retries, splits and metrics of these calls.
//
// +kubebuilder:validation:XValidation:rule="has(self.outboundPorts) || has(self.inboundPorts)",message="a bypass must name ports: set outboundPorts or inboundPorts"
type Bypass struct {
	// OutboundPorts that the pods call past their proxies. Empty: none.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	OutboundPorts []PortRange `json:"outboundPorts,omitempty"`
	// InboundPorts of the pods that calls reach past their proxies. Empty: none.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	InboundPorts []PortRange `json:"inboundPorts,omitempty"`
	// Expires is when the bypass is withdrawn from the Namespace, or from status.podTemplates. Pods that run keep it until they are new; nothing is
	// restarted. Empty: never.
	//
	// +optional
	Expires *metav1.Time `json:"expires,omitempty"`
}

// Proxy is how the mesh's proxies of new pods run.
//
// +kubebuilder:validation:XValidation:rule="has(self.cpu) || has(self.memory) || has(self.logLevel) || has(self.shutdownGracePeriod) || has(self.waitBeforeExit) || has(self.await) || has(self.accessLog)",message="proxy must say something, or be left out"
type Proxy struct {
	// CPU of the proxy's container. Empty: the mesh's own.
	//
	// +optional
	CPU *ProxyResource `json:"cpu,omitempty"`
	// Memory of the proxy's container. Empty: the mesh's own.
	//
	// +optional
	Memory *ProxyResource `json:"memory,omitempty"`
	// LogLevel of the proxy. Empty: the mesh's own.
	//
	// +optional
	// +kubebuilder:validation:Enum=error;warn;info;debug;trace
	LogLevel *string `json:"logLevel,omitempty"`
	// AccessLog writes a line for each request that the pod answers. Empty: none.
	//
	// +optional
	// +kubebuilder:validation:Enum=apache;json
	AccessLog *string `json:"accessLog,omitempty"`
	// ShutdownGracePeriod is how long the proxy lets open connections end when its pod is deleted. Empty: the mesh's own.
	//
	// +optional
	ShutdownGracePeriod *Duration `json:"shutdownGracePeriod,omitempty"`
	// WaitBeforeExit is how long the proxy goes on before it stops, so that others learn that its pod leaves. Whole seconds. Empty: not at all. A proxy
	// that is a native sidecar stops after the containers in any case.
	//
	// +optional
	// +kubebuilder:validation:XValidation:rule="!self.endsWith('ms')",message="must be whole seconds, minutes or hours"
	WaitBeforeExit *Duration `json:"waitBeforeExit,omitempty"`
	// Await keeps the containers from starting before the proxy is ready. Empty: the mesh's own.
	//
	// +optional
	Await *bool `json:"await,omitempty"`
}

// ProxyResource is what a proxy's container asks for and may use.
//
// +kubebuilder:validation:XValidation:rule="has(self.request) || has(self.limit)",message="set request or limit"
// +kubebuilder:validation:XValidation:rule="!has(self.request) || !has(self.limit) || !isQuantity(self.request) || !isQuantity(self.limit) || quantity(self.request).compareTo(quantity(self.limit)) <= 0",message="request must not be more than limit"
type ProxyResource struct {
	// Request that the scheduler sets aside. Empty: the mesh's own.
	//
	// +optional
	Request *Quantity `json:"request,omitempty"`
	// Limit that is not exceeded. Empty: the mesh's own.
	//
	// +optional
	Limit *Quantity `json:"limit,omitempty"`
}

// Quantity is an amount of a resource as Kubernetes writes it, "100m" or "64Mi", above 0.
//
// +kubebuilder:validation:MaxLength=16
// +kubebuilder:validation:XValidation:rule="isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))",message="must be an amount above 0 as Kubernetes writes it, such as 100m or 64Mi"
type Quantity string

// Restart is whether workloads whose pods wait for a restart get one.
//
// +kubebuilder:validation:Enum=None;Rolling
type Restart string

const (
	// RestartNone leaves the restart to people.
	RestartNone Restart = "None"
	// RestartRolling restarts one workload at a time.
	RestartRolling Restart = "Rolling"
)
