// Package kube writes what Kubernetes itself understands: the leaf Services that select the pods of one variant of a release, the NetworkPolicies
// that isolate pods and close ways out of the cluster, and the names and the only way out of an EgressProfile.
//
// What follows from Kubernetes and not from the intent:
//
//   - NetworkPolicies need a network that enforces them; the API server takes them in any case.
//   - A pod is always reached from its own node, by the kubelet's probes among others. No rule is written for them.
//   - Packets are known by namespace, network and port. Where addresses are translated on the way, a network sees the translated ones; some networks
//     (Cilium) do not apply networks to pods of the cluster.
//   - Proxies call each other on the mesh's own port, so whoever may reach a port may reach that one. It is written as a number: the proxy may be a
//     native sidecar, and names of their ports are not looked up by every network.
package kube

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// Name of the driver.
const Name = "kube"

// Config is what the cluster itself needs of isolated pods.
type Config struct {
	// ProxyPort is where proxies take the calls of other proxies. 0: there is no mesh.
	ProxyPort int32
	// MetricsNamespaces are those whose pods may reach MetricsPorts of all pods. Empty: none.
	MetricsNamespaces []string
	MetricsPorts      []int32
	// MeshedLabel is a label that pods with a proxy have, and no others. Empty: there is no mesh.
	MeshedLabel string
}

// kubeDriver writes Services and NetworkPolicies.
type kubeDriver struct{ config Config }

// Driver is the driver for plain Kubernetes.
func Driver(config Config) driver.Driver { return kubeDriver{config} }

// Name is Name.
func (kubeDriver) Name() string { return Name }

// Features is empty: leaves are not asked for, they follow from splits, and every cluster takes NetworkPolicies.
func (kubeDriver) Features() model.FeatureSet { return model.FeatureSet{} }

// Kinds are Service and NetworkPolicy.
func (kubeDriver) Kinds() []schema.GroupVersionKind {
	return []schema.GroupVersionKind{corev1.SchemeGroupVersion.WithKind("Service"), networkingv1.SchemeGroupVersion.WithKind("NetworkPolicy")}
}

// Render writes leaves, isolations, and the ends of ways out.
func (d kubeDriver) Render(ns model.Namespace) (driver.Output, error) {
	objects := leaves(ns)
	for i := range ns.Isolations {
		policies, err := d.config.policies(ns.Name, &ns.Isolations[i])
		if err != nil {
			return driver.Output{}, err
		}
		objects = append(objects, policies...)
	}
	if ns.Outside != nil {
		objects = append(objects, d.config.outside(ns.Name, ns.Outside)...)
	}
	for i := range ns.Egresses {
		objects = append(objects, egress(ns.Name, &ns.Egresses[i])...)
	}
	return driver.Output{Objects: objects}, nil
}
