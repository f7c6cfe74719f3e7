package v1alpha1

// Network says whose packets reach pods at all, in the mesh or not. NetworkPolicies of Kubernetes say it, derived from the same access rules as the
// mesh's: of a ServiceAccount they know its namespace, of requests the port.
type Network struct {
	// Isolate the pods. Those of a Service get packets only from callers that its access rules name; those of a Namespace also from each other. The mesh's
	// own needs stay open, and the kubelet always reaches the pods of its node.
	//
	// +kubebuilder:validation:XValidation:rule="self",message="isolate can only be true: leave network out and the network stays open"
	Isolate bool `json:"isolate"`
	// AlsoAllow lists what else reaches the pods. It opens the network only: where access rules speak, the mesh still asks who calls. Empty: nothing.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	AlsoAllow []NetworkAllowance `json:"alsoAllow,omitempty"`
}

// NetworkAllowance lets some peers reach some ports.
type NetworkAllowance struct {
	// From lists the peers of which one must be the caller.
	//
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	From []NetworkPeer `json:"from"`
	// Ports of the pods, not of Services. Empty: all.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Ports []PortRange `json:"ports,omitempty"`
}

// NetworkPeer is who sends packets. Exactly one of namespace, cidr and any is set.
//
// +kubebuilder:validation:XValidation:rule="[has(self.namespace), has(self.cidr), has(self.any)].filter(x, x).size() == 1",message="set exactly one of namespace, cidr and any: packets tell no ServiceAccount"
type NetworkPeer struct {
	// Namespace whose pods call, in the mesh or not.
	//
	// +optional
	Namespace *NamespaceName `json:"namespace,omitempty"`
	// CIDR is the network that packets come from, 10.1.0.0/16 or 2001:db8::/32.
	//
	// +optional
	CIDR *CIDR `json:"cidr,omitempty"`
	// Any is everybody.
	//
	// +optional
	// +kubebuilder:validation:XValidation:rule="self",message="any peer can only be true: leave it out and name the peers"
	Any *bool `json:"any,omitempty"`
}
