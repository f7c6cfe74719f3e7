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
// +kubebuilder:printcolumn:name="Waiting",type=integer,JSONPath=`.status.pods.waiting`
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
// +kubebuilder:validation:XValidation:rule="!has(self.injection) || self.injection != 'Ingress' || self.target.kind == 'Namespace'",message="injection Ingress is set for a whole namespace: use target.kind Namespace, or Enabled"
// +kubebuilder:validation:XValidation:rule="!has(self.mtls) || self.target.kind == 'Namespace'",message="mtls is set for a whole namespace: use target.kind Namespace"
// +kubebuilder:validation:XValidation:rule="!has(self.egress) || self.target.kind == 'Namespace'",message="egress is set for a whole namespace: use target.kind Namespace"
// +kubebuilder:validation:XValidation:rule="has(self.injection) || has(self.mtls) || has(self.access) || has(self.network) || has(self.resilience) || has(self.bypass) || has(self.opaquePorts) || has(self.proxy) || has(self.egress)",message="a policy must say something: set injection, mtls, access, network, resilience, bypass, opaquePorts, proxy or egress"
// +kubebuilder:validation:XValidation:rule="!has(self.restart) || has(self.injection) || has(self.mtls) || has(self.bypass) || has(self.opaquePorts) || has(self.proxy)",message="restart goes with what new pods get: set injection, mtls, bypass, opaquePorts or proxy"
// +kubebuilder:validation:XValidation:rule="!has(self.restart) || self.restart == 'None' || self.target.kind == 'Namespace' || has(self.applyToWorkloads) && self.applyToWorkloads",message="Rolling restarts of a Service go with applyToWorkloads: true; annotations that you put into pod templates yourself restart them by themselves"
// +kubebuilder:validation:XValidation:rule="!has(self.applyToWorkloads) || !self.applyToWorkloads || self.target.kind == 'Service' && has(self.restart) && self.restart == 'Rolling'",message="applyToWorkloads writes into the pod templates of a Service, which restarts its workloads: use target.kind Service and restart: Rolling"
// +kubebuilder:validation:XValidation:rule="!has(self.rateLimit) || self.target.kind == 'Service'",message="rateLimit is set for one Service: use target.kind Service"
// +kubebuilder:validation:XValidation:rule="!has(self.rateLimit) || has(self.access)",message="rateLimit goes with access: the mesh counts where it guards; to admit everybody, give access a rule from any: true"
type MeshPolicySpec struct {
	// Target is what the policy is about.
	Target PolicyTarget `json:"target"`
	// Injection of the mesh's proxy into new pods of the namespace or, as far as their pod templates say so (status.podTemplates), of the Service. Empty:
	// the Namespace's; without one, untouched.
	//
	// +optional
	Injection *Injection `json:"injection,omitempty"`
	// MTLS is whether pods of the namespace refuse callers without a mesh identity where no access rules speak. Takes effect in new pods. Empty: the
	// mesh's own default.
	//
	// +optional
	MTLS *MTLS `json:"mtls,omitempty"`
	// Access says who may call the Service. For a Namespace: each port of the pods of its Services that no policy for a Service speaks about. Empty: the
	// Namespace's; without one, untouched, the mesh's own default.
	//
	// +optional
	Access *Access `json:"access,omitempty"`
	// Network says whose packets reach the pods of the Service or of the Namespace. For a Namespace: also those of its Services, each by its own access
	// rules, but for Services whose network another policy speaks about. Empty: untouched, open where no other NetworkPolicy stands.
	//
	// +optional
	Network *Network `json:"network,omitempty"`
	// Egress says what pods of the namespace may call outside of the cluster. Takes Linkerd 2.17 or newer. Empty: untouched, everything that no other
	// policy closes.
	//
	// +optional
	Egress *MeshEgress `json:"egress,omitempty"`
	// Resilience is how calls to the Service are bounded and retried. For a Namespace: to each of its Services that has no resilience of its
	// own. Empty: the Namespace's; without one, untouched.
	//
	// +optional
	Resilience *Resilience `json:"resilience,omitempty"`
	// RateLimit bounds the requests that each pod of the Service answers, on the ports that access is about; the others get 429. Empty: nothing does.
	//
	// +optional
	RateLimit *MeshRateLimit `json:"rateLimit,omitempty"`
	// Bypass names ports that the mesh does not touch, of pods of the namespace or, as far as their pod templates say so (status.podTemplates), of the
	// Service. Takes effect in new pods. Empty: the Namespace's; without one, none but the mesh's own.
	//
	// +optional
	Bypass *Bypass `json:"bypass,omitempty"`
	// OpaquePorts carry what is not HTTP and is not to be guessed, databases for example: they are encrypted and counted as bytes. For a Namespace: ports
	// of its pods and Services, in new pods; for a Service: ports of the Service, at once, and of its pods as far as their pod templates say so
	// (status.podTemplates). Empty: the mesh's own.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	OpaquePorts []PortRange `json:"opaquePorts,omitempty"`
	// Proxy is how the proxies of new pods run, of the namespace or, as far as their pod templates say so (status.podTemplates), of the Service. Empty: the
	// Namespace's; without one, the mesh's own.
	//
	// +optional
	Proxy *Proxy `json:"proxy,omitempty"`
	// ApplyToWorkloads writes the annotations of status.podTemplates into the pod templates of the Service's workloads, each as part of its restart. What is
	// not wanted any more is taken back with the next restart that a policy asks for, and stays until then, also when the policy is deleted. It needs what restart
	// needs. False: they are for you to put into Git.
	//
	// +optional
	ApplyToWorkloads *bool `json:"applyToWorkloads,omitempty"`
	// Restart is whether workloads of the target whose pods wait for a restart get one. Rolling restarts them one at a time, each once for a generation of the
	// policy, and stops at the first that does not come up as it should. It needs the power to change pod templates, which the operator's configuration gives
	// (injection.restarts). Empty: None.
	//
	// +optional
	Restart *Restart `json:"restart,omitempty"`
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
