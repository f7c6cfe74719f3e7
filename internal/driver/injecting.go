package driver

import "github.com/kubemate/kubemate/internal/model"

// Injecting is an optional ability of a mesh driver: it tells what the mesh's proxies need of a cluster, so that what is missing is told before pods have them.
type Injecting interface {
	// ProxyNeeds are the same for all namespaces.
	ProxyNeeds() ProxyNeeds
}

// ProxyNeeds is what proxies need of a cluster.
type ProxyNeeds struct {
	// Injector is the name of the MutatingWebhookConfiguration by which new pods get proxies.
	Injector string
	// Port of pods where proxies take the calls of other proxies. 0: the ports of the pods themselves.
	Port int32
	// OpaqueOnly says that proxies send there what is for opaque ports, and all else to the ports of the pods. False: they send all there.
	OpaqueOnly bool
	// MetricsPort of pods where proxies tell their metrics.
	MetricsPort int32
	// Opaque are the ports that proxies take for opaque where nobody says otherwise.
	Opaque []model.PortRange
	// Silent are the standard ports of protocols whose clients wait for the server to speak first, or connect long before they speak, and the name of the
	// protocol: unless such a port is opaque, proxies wait in vain for a request, and hold up each connection.
	Silent map[int32]string
	// OpaqueAnnotation is the annotation by which people name the opaque ports of their Services themselves.
	OpaqueAnnotation string
}
