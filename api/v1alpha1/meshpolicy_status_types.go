package v1alpha1

// MeshPolicyStatus is what was understood and written.
type MeshPolicyStatus struct {
	CommonStatus `json:",inline"`
	// Pods counts the running pods of the target by how they stand to the mesh. Empty: the policy asks for nothing that new pods get, or the operator's
	// configuration does not let it see pods (injection.enabled). It follows the pods by some seconds.
	//
	// +optional
	Pods *PodCounts `json:"pods,omitempty"`
	// PodTemplates says what the pod templates of the Service's workloads need. Empty: the target is the Namespace, or the policy asks for nothing that new
	// pods get, or is not accepted.
	//
	// +optional
	PodTemplates *PodTemplates `json:"podTemplates,omitempty"`
	// Effects say whose word counts for the target, in each aspect that both a policy for a Service and one for the Namespace may speak about. An aspect
	// that none speaks about is left out.
	//
	// +optional
	// +listType=map
	// +listMapKey=aspect
	// +kubebuilder:validation:MaxItems=4
	Effects []PolicyEffect `json:"effects,omitempty"`
	// Restart is how far the restarts are that the policy asks for. Empty: it asks for none, or may not have any.
	//
	// +optional
	Restart *RestartStatus `json:"restart,omitempty"`
}

// PodTemplates is what the pod templates of a Service's workloads need: the mesh looks there before it looks at the Namespace.
type PodTemplates struct {
	// Annotations that belong under spec.template.metadata.annotations of each workload, where it is kept: in Git.
	//
	// +kubebuilder:validation:MaxProperties=16
	Annotations map[string]string `json:"annotations"`
	// Total is how many workloads the Service has: Deployments, StatefulSets and DaemonSets.
	Total int32 `json:"total"`
	// Lacking is how many of them have a template without these annotations, or with other values.
	Lacking int32 `json:"lacking"`
	// Workloads that lack them, by kind and name, the first 16. Empty: none does.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	Workloads []WorkloadName `json:"workloads,omitempty"`
}

// WorkloadName is a workload of the namespace.
type WorkloadName struct {
	// Kind of the workload, Deployment for example.
	//
	// +kubebuilder:validation:MaxLength=63
	Kind string `json:"kind"`
	// Name of the workload.
	//
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
}

// PodCounts counts pods that run. Those that have ended, or are being deleted, are left out.
type PodCounts struct {
	// Total is how many there are.
	Total int32 `json:"total"`
	// Meshed have the mesh's proxy, as a container or as a native sidecar.
	Meshed int32 `json:"meshed"`
	// Waiting would be others if they were made now: with a proxy, without one, or with another setting of it. They change when their workloads are restarted.
	Waiting int32 `json:"waiting"`
	// Exempt get no proxy although their namespace's pods do, by the reason. Empty: none.
	//
	// +optional
	// +listType=map
	// +listMapKey=reason
	// +kubebuilder:validation:MaxItems=8
	Exempt []ExemptPods `json:"exempt,omitempty"`
	// Workloads that waiting pods belong to, those with the most of them first, at most 16. Empty: none waits.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	Workloads []WaitingWorkload `json:"workloads,omitempty"`
}

// ExemptPods are pods that get no proxy for one reason.
type ExemptPods struct {
	// Reason why they get none.
	Reason ExemptReason `json:"reason"`
	// Pods is how many there are.
	Pods int32 `json:"pods"`
}

// ExemptReason is why a pod gets no proxy although the pods of its namespace do.
//
// +kubebuilder:validation:Enum=HostNetwork;OptedOut;NamespaceExempt;NoServiceAccountToken
type ExemptReason string

const (
	// ExemptHostNetwork pods share the network of their node.
	ExemptHostNetwork ExemptReason = "HostNetwork"
	// ExemptOptedOut pods have an annotation against it.
	ExemptOptedOut ExemptReason = "OptedOut"
	// ExemptNamespace pods are in a namespace that the mesh leaves out as a whole.
	ExemptNamespace ExemptReason = "NamespaceExempt"
	// ExemptNoToken pods have no token of their ServiceAccount, by which a proxy would get its identity.
	ExemptNoToken ExemptReason = "NoServiceAccountToken"
)

// WaitingWorkload is a workload with pods that wait for a restart.
type WaitingWorkload struct {
	// Kind of the workload, Deployment for example. Pod: the pods belong to none.
	//
	// +kubebuilder:validation:MaxLength=63
	Kind string `json:"kind"`
	// Name of the workload.
	//
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
	// Pods of it that wait.
	Pods int32 `json:"pods"`
}

// PolicyEffect is whose word counts in one aspect.
type PolicyEffect struct {
	// Aspect that it is about.
	Aspect PolicyAspect `json:"aspect"`
	// Policy that the target goes by, of the same namespace. It counts also while it is not accepted, because what it programmed stays. Empty: there is no
	// policy for the Namespace, but some for Services.
	//
	// +optional
	Policy ObjectName `json:"policy,omitempty"`
	// Services is how many Services of the Namespace go by the policy. Empty: the target is a Service.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	Services *int32 `json:"services,omitempty"`
	// Others are Services of the Namespace that go by a policy of their own, the first 64 by name. Empty: none, or the target is a Service.
	//
	// +optional
	// +listType=map
	// +listMapKey=service
	// +kubebuilder:validation:MaxItems=64
	Others []ServicePolicy `json:"others,omitempty"`
}

// ServicePolicy is a policy that a Service goes by.
type ServicePolicy struct {
	// Service of the namespace.
	Service ServiceName `json:"service"`
	// Policy for it.
	Policy ObjectName `json:"policy"`
}

// PolicyAspect is something that a MeshPolicy can say.
//
// +kubebuilder:validation:Enum=access;network;opaquePorts;resilience
type PolicyAspect string

const (
	// AspectAccess is spec.access.
	AspectAccess PolicyAspect = "access"
	// AspectNetwork is spec.network.
	AspectNetwork PolicyAspect = "network"
	// AspectOpaquePorts is spec.opaquePorts.
	AspectOpaquePorts PolicyAspect = "opaquePorts"
	// AspectResilience is spec.resilience.
	AspectResilience PolicyAspect = "resilience"
)

// RestartStatus is how far restarts are.
type RestartStatus struct {
	// Phase is Running, Stopped or Done.
	Phase RestartPhase `json:"phase"`
	// Workload that is being restarted, or at which restarts stopped, "Deployment orders". Empty: none.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=320
	Workload string `json:"workload,omitempty"`
	// Restarted is how many workloads are done.
	Restarted int32 `json:"restarted"`
	// Left is how many are not, the one that is being restarted among them.
	Left int32 `json:"left"`
	// Message says what is waited for, or what is wrong.
	//
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message"`
}

// RestartPhase is how restarts go.
//
// +kubebuilder:validation:Enum=Running;Stopped;Done
type RestartPhase string

const (
	// RestartRunning goes on by itself.
	RestartRunning RestartPhase = "Running"
	// RestartStopped goes on when the workload that is named has become ready, or the policy is edited.
	RestartStopped RestartPhase = "Stopped"
	// RestartDone has nothing to do.
	RestartDone RestartPhase = "Done"
)
