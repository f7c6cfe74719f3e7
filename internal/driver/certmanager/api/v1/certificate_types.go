package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Certificate asks cert-manager to keep a Secret with a certificate.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
type Certificate struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec CertificateSpec `json:"spec"`
	// +optional
	Status CertificateStatus `json:"status,omitempty"`
}

// CertificateList is a list of Certificates.
//
// +kubebuilder:object:root=true
type CertificateList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Certificate `json:"items"`
}

// CertificateSpec is what is asked for.
type CertificateSpec struct {
	// SecretName is the Secret that cert-manager writes.
	SecretName string `json:"secretName"`
	// DNSNames that the certificate is for.
	//
	// +listType=atomic
	DNSNames []string `json:"dnsNames,omitempty"`
	// IssuerRef is who signs.
	IssuerRef IssuerReference `json:"issuerRef"`
}

// IssuerReference names an issuer.
type IssuerReference struct {
	Name string `json:"name"`
	// +optional
	Kind string `json:"kind,omitempty"`
	// +optional
	Group string `json:"group,omitempty"`
}

// CertificateStatus is what has become of it.
type CertificateStatus struct {
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []Condition `json:"conditions,omitempty"`
}

// ConditionReady says whether the Secret holds a certificate that is valid and is what was asked for.
const ConditionReady = "Ready"

// Condition of a Certificate.
type Condition struct {
	Type   string                 `json:"type"`
	Status metav1.ConditionStatus `json:"status"`
	// +optional
	Reason string `json:"reason,omitempty"`
	// +optional
	Message string `json:"message,omitempty"`
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
}

// Progress says whether the Secret holds the certificate that is asked for now, and what cert-manager says of it.
func (c *Certificate) Progress() (done bool, message string) {
	for _, condition := range c.Status.Conditions {
		if condition.Type == ConditionReady {
			return condition.Status == metav1.ConditionTrue && condition.ObservedGeneration == c.Generation, condition.Message
		}
	}
	return false, ""
}
