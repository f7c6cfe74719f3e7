package model

// RunningPod is what a pod that runs tells of how it stands to the mesh.
type RunningPod struct {
	// Annotations of the pod.
	Annotations map[string]string
	// Containers are the names of its containers, and of init containers that run on beside them.
	Containers []string
	// HostNetwork: it shares the network of its node.
	HostNetwork bool
	// Tokenless: no container has a token of the pod's ServiceAccount.
	Tokenless bool
	// Template is the annotations that its workload gives to new pods. Nil: not known.
	Template *map[string]string
}

// Surroundings are what new pods of a namespace find there.
type Surroundings struct {
	// Namespace is its name.
	Namespace string
	// Labels and Annotations of the Namespace.
	Labels, Annotations map[string]string
}

// PodState is how a pod stands to the mesh.
type PodState struct {
	// Meshed: it has a proxy.
	Meshed bool
	// Waiting: a new pod in its place would be another, with a proxy, without one, or with another setting of it.
	Waiting bool
	// Exempt is why a new pod in its place gets no proxy although the pods of the namespace do. Empty: it gets one, or the others get none either.
	Exempt Exemption
}

// Exemption is why a pod gets no proxy although the pods of its namespace do.
type Exemption string

// The exemptions that meshes know.
const (
	// ExemptHostNetwork: it shares the network of its node.
	ExemptHostNetwork Exemption = "HostNetwork"
	// ExemptOptedOut: an annotation says so.
	ExemptOptedOut Exemption = "OptedOut"
	// ExemptNamespace: the mesh leaves the namespace out as a whole.
	ExemptNamespace Exemption = "NamespaceExempt"
	// ExemptNoToken: it has no token of its ServiceAccount.
	ExemptNoToken Exemption = "NoServiceAccountToken"
)
