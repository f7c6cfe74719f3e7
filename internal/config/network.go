package config

import (
	"net/netip"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubemate/kubemate/internal/model"
)

// Network is what NetworkPolicies leave open for the cluster itself: those around pods that are isolated (spec.network of MeshPolicies) or whose ways out
// are closed (spec.egress of MeshPolicies, spec.network of EgressProfiles).
type Network struct {
	// ProxyPort is where proxies take the calls of other proxies: whoever may call an isolated pod may send there. Default 4143, Linkerd's.
	ProxyPort int `json:"proxyPort"`
	// Metrics is who reads the metrics of proxies.
	Metrics NetworkMetrics `json:"metrics"`
	// ClusterNetworks are the networks of pods, Services and nodes, the same that the mesh is installed with (Linkerd's clusterNetworks): hosts outside of the
	// cluster are never looked for there. Default Linkerd's, all private networks.
	ClusterNetworks []string `json:"clusterNetworks,omitempty"`
	// Reachable are networks that pods whose ways out are closed may call all the same: the API server and what else runs on the network of the nodes,
	// node-local DNS for example. Pods of the cluster can be called anyway. Default none.
	Reachable []ReachableNetwork `json:"reachable,omitempty"`
}

// ReachableNetwork is a network that all pods may call.
type ReachableNetwork struct {
	// CIDR of the network. It lies in one of ClusterNetworks, or meets none of them.
	CIDR string `json:"cidr"`
	// Ports that may be called, by TCP and UDP; at least one.
	Ports []int `json:"ports"`
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
	if n.ClusterNetworks == nil {
		n.ClusterNetworks = []string{"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"}
	}
}

// Model is what pods may call all the same, in the words of the model.
func (n Network) Model() []model.AllowedNetwork {
	out := make([]model.AllowedNetwork, len(n.Reachable))
	for i, one := range n.Reachable {
		out[i] = model.AllowedNetwork{CIDR: one.CIDR}
		for _, port := range one.Ports {
			out[i].Ports = append(out[i].Ports, int32(port))
		}
		slices.Sort(out[i].Ports)
	}
	return out
}

func (n Network) validate(path *field.Path) field.ErrorList {
	errs := between(path.Child("proxyPort"), n.ProxyPort, 1, 65535)
	metrics := path.Child("metrics")
	errs = append(errs, namespaceNames(metrics.Child("namespaces"), n.Metrics.Namespaces)...)
	for i, port := range n.Metrics.Ports {
		errs = append(errs, between(metrics.Child("ports").Index(i), port, 1, 65535)...)
	}
	for i, cidr := range n.ClusterNetworks {
		_, wrong := network(path.Child("clusterNetworks").Index(i), cidr)
		errs = append(errs, wrong...)
	}
	for i := range n.Reachable {
		errs = append(errs, n.Reachable[i].validate(path.Child("reachable").Index(i), n.ClusterNetworks)...)
	}
	return errs
}

func (r *ReachableNetwork) validate(path *field.Path, cluster []string) field.ErrorList {
	reachable, errs := network(path.Child("cidr"), r.CIDR)
	for _, one := range cluster {
		if inside, err := netip.ParsePrefix(one); err == nil && reachable.IsValid() && reachable.Bits() < inside.Bits() && reachable.Overlaps(inside) {
			errs = append(errs, field.Invalid(path.Child("cidr"), r.CIDR, "must not hold "+one+" of clusterNetworks: name its parts"))
		}
	}
	if len(r.Ports) == 0 {
		errs = append(errs, field.Required(path.Child("ports"), "name the ports that may be called"))
	}
	for i, port := range r.Ports {
		errs = append(errs, between(path.Child("ports").Index(i), port, 1, 65535)...)
	}
	return errs
}

// network reads a network without host bits that is not all addresses.
func network(path *field.Path, cidr string) (netip.Prefix, field.ErrorList) {
	read, err := netip.ParsePrefix(cidr)
	if err != nil || read != read.Masked() || read.Bits() == 0 {
		return netip.Prefix{}, field.ErrorList{field.Invalid(path, cidr, "must be a network in CIDR notation without host bits, such as 10.0.0.0/8, and not all addresses")}
	}
	return read, nil
}
