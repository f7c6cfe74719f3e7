package v1alpha1

// MeshRateLimit bounds the requests that each pod answers. Each pod counts for itself: a Service with three pods answers three times as many.
//
// +kubebuilder:validation:XValidation:rule="has(self.requestsPerSecond) || has(self.perClient) || has(self.clients)",message="set requestsPerSecond, perClient or clients, or leave rateLimit out"
// +kubebuilder:validation:XValidation:rule="!has(self.requestsPerSecond) || !has(self.perClient) || self.perClient <= self.requestsPerSecond",message="perClient must not be more than requestsPerSecond, which all clients share"
// +kubebuilder:validation:XValidation:rule="!has(self.requestsPerSecond) || !has(self.clients) || self.clients.all(c, c.requestsPerSecond <= self.requestsPerSecond)",message="no client may have more than requestsPerSecond, which all clients share"
type MeshRateLimit struct {
	// RequestsPerSecond of all callers together, 1 to 1000000. Empty: not bounded.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	RequestsPerSecond *int32 `json:"requestsPerSecond,omitempty"`
	// PerClient is how many of them each caller may send, 1 to 1000000. Callers are told apart by their mesh identity, which is their ServiceAccount's; all that
	// have none count as one. Empty: not bounded.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	PerClient *int32 `json:"perClient,omitempty"`
	// Clients may send another number than perClient. Empty: none.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:XValidation:rule="self.all(a, self.exists_one(b, a.serviceAccount == b.serviceAccount))",message="a ServiceAccount is listed twice"
	Clients []ClientRateLimit `json:"clients,omitempty"`
}

// ClientRateLimit bounds the requests of one caller.
type ClientRateLimit struct {
	// ServiceAccount whose pods call.
	ServiceAccount ServiceAccountRef `json:"serviceAccount"`
	// RequestsPerSecond of it, 1 to 1000000.
	//
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	RequestsPerSecond int32 `json:"requestsPerSecond"`
}
