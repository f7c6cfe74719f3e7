package config

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Analysis says where the metrics of rollouts are read.
type Analysis struct {
	// Sources that releases may name. The first is that of releases which name none. Default: none, and no release can be analysed.
	Sources []MetricSource `json:"sources,omitempty"`
}

// MetricSource is one Prometheus, or what speaks its query API. Only the operator's configuration knows addresses: a release names a source.
type MetricSource struct {
	// Name that releases use.
	Name string `json:"name"`
	// Address is an http or https URL, with a path where the API lies below one.
	Address string `json:"address"`
	// CAFile has the certificates, in PEM, that the server's must come from. It is read again when it changes. Empty: those of the system.
	CAFile string `json:"caFile,omitempty"`
	// TokenFile has a bearer token. It is read for each request. Empty: none. Takes https.
	TokenFile string `json:"tokenFile,omitempty"`
	// BasicAuth is a user and a password. Nil: none. Takes https.
	BasicAuth *BasicAuth `json:"basicAuth,omitempty"`
	// Timeout of one query. Default 5s.
	Timeout metav1.Duration `json:"timeout,omitempty"`
	// MaxConcurrent is how many queries are sent at once; others wait. Default 8.
	MaxConcurrent int `json:"maxConcurrent,omitempty"`
	// MaxResponseBytes is how long an answer may be. Default 1048576.
	MaxResponseBytes int64 `json:"maxResponseBytes,omitempty"`
	// NamespaceLabel is the label that says which namespace a series is about. The queries of a release see only its own. Default namespace.
	NamespaceLabel string `json:"namespaceLabel,omitempty"`
	// NamespaceExempt lets the queries of releases see every namespace: for a source that is confined by other means, or has no such label.
	NamespaceExempt bool `json:"namespaceExempt,omitempty"`
	// Matchers are labels and values that every selector of every query gets, such as the cluster in a store of many.
	Matchers map[string]string `json:"matchers,omitempty"`
	// RenamedLabels are labels of the data planes that have another name here, by the name that the data plane gives: a Prometheus that does
	// not honour labels calls Traefik's label service exported_service.
	RenamedLabels map[string]string `json:"renamedLabels,omitempty"`
}

// BasicAuth is a user and a password.
type BasicAuth struct {
	Username string `json:"username"`
	// PasswordFile has the password. It is read for each request.
	PasswordFile string `json:"passwordFile"`
}
