package v1alpha1

// Access says who may call. Everything that no rule allows is refused.
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
	// Ports of the Service; for a Namespace, ports of the pods. Empty: all.
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
