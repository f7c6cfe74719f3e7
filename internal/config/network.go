package config

import (
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Network is what isolated pods (spec.network of MeshPolicies) leave open for the cluster itself.
type Network struct {
	// ProxyPort is where proxies take the calls of other proxies: whoever may call an isolated pod may send there. Default 4143, Linkerd's.
	ProxyPort int `json:"proxyPort"`
	// Metrics is who reads the metrics of proxies.
	Metrics NetworkMetrics `json:"metrics"`
}

// NetworkMetrics is who reads the metrics of proxies.
type NetworkMetrics struct {
	// Namespaces whose pods may reach Ports of isolated pods. Default linkerd-viz; an empty list is nobody.
	Namespaces []string `json:"namespaces,omitempty"`
	// Ports of proxies. Default 4190, where Linkerd's tap is, and 4191, where the metrics are.
	Ports []int `json:"ports,omitempty"`
}

// complete fills in lists that the file leaves out.
func (n *Network) complete() {
	if n.Metrics.Namespaces == nil {
		n.Metrics.Namespaces = []string{"linkerd-viz"}
	}
	if n.Metrics.Ports == nil {
		n.Metrics.Ports = []int{4190, 4191}
	}
}

func (n Network) validate(path *field.Path) field.ErrorList {
	errs := between(path.Child("proxyPort"), n.ProxyPort, 1, 65535)
	metrics := path.Child("metrics")
	errs = append(errs, namespaceNames(metrics.Child("namespaces"), n.Metrics.Namespaces)...)
	for i, port := range n.Metrics.Ports {
		errs = append(errs, between(metrics.Child("ports").Index(i), port, 1, 65535)...)
	}
	return errs
}
