package evaluate

import (
	"iter"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Marks of Linkerd on pods.
const (
	labelControlPlane     = "linkerd.io/control-plane-ns"
	annotationDefault     = "config.linkerd.io/default-inbound-policy"
	annotationOpaque      = "config.linkerd.io/opaque-ports"
	annotationSkipIn      = "config.linkerd.io/skip-inbound-ports"
	annotationSkipOut     = "config.linkerd.io/skip-outbound-ports"
	annotationInboundPort = "config.linkerd.io/inbound-port"
	annotationIdentity    = "config.linkerd.io/proxy-require-identity-inbound-ports"
)

// inboundPort is where a proxy takes calls from other proxies.
const inboundPort = 4143

// everywhere is all addresses.
var everywhere = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// privateNetworks is Linkerd's default for clusterNetworks.
var privateNetworks = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("fd00::/8"),
}

// meshed says whether a pod has a proxy: the injector labels it, and Linkerd's controllers look at no other.
func meshed(pod *corev1.Pod) bool { return pod != nil && pod.Labels[labelControlPlane] != "" }

// peer is what the callee's side knows of a caller.
type peer struct {
	pod     *corev1.Pod
	address netip.Addr
	// identity of the mesh. Empty: the call comes in plain text.
	identity string
}

// peer finds out who calls. A call has an identity when both sides have proxies and neither leaves the port alone.
func (w *World) peer(call Call) peer {
	p := peer{pod: call.From.Pod, address: call.From.Address.Unmap()}
	switch {
	case p.address.IsValid():
	case p.pod != nil:
		p.address = parseAddress(p.pod.Status.PodIP)
	case call.From.Node:
		p.address = parseAddress(call.To.Status.HostIP)
	}
	if call.proxied() {
		p.identity = call.From.Identity
		if p.identity == "" {
			p.identity = w.identity(p.pod)
		}
	}
	return p
}

// proxied says whether two proxies speak to each other.
func (c Call) proxied() bool {
	if !meshed(c.To) || portListed(c.To, annotationSkipIn, c.Port) {
		return false
	}
	return c.From.Identity != "" || meshed(c.From.Pod) && !portListed(c.From.Pod, annotationSkipOut, c.dialed())
}

func (c Call) dialed() int32 {
	if c.Dialed != 0 {
		return c.Dialed
	}
	return c.Port
}

func (w *World) identity(pod *corev1.Pod) string {
	account := pod.Spec.ServiceAccountName
	if account == "" {
		account = "default"
	}
	return w.accountIdentity(pod.Namespace, account)
}

func (w *World) accountIdentity(namespace, account string) string {
	return account + "." + namespace + ".serviceaccount.identity." + w.cluster.ControlPlaneNamespace + "." + w.cluster.TrustDomain
}

func parseAddress(text string) netip.Addr {
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{} // what has no address calls nobody: no network holds it
	}
	return address.Unmap()
}

// portListed says whether an annotation of a pod lists a port: numbers, ranges and, for opaque ports, names of container ports.
func portListed(pod *corev1.Pod, annotation string, port int32) bool {
	return portIn(pod.Annotations[annotation], port, pod)
}

// portIn says whether a list names a port: by number, or by the name that a pod has for it. Nil: there are no names.
func portIn(list string, port int32, pod *corev1.Pod) bool {
	for _, word := range strings.Split(list, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			continue // not the port without name
		}
		low, high, isRange := strings.Cut(word, "-")
		first, err := strconv.ParseUint(low, 10, 16)
		if err != nil {
			if pod == nil {
				continue
			}
			if number, named := portNamed(pod, word); named && number == port {
				return true
			}
			continue
		}
		last := first
		if isRange {
			if last, err = strconv.ParseUint(high, 10, 16); err != nil {
				continue
			}
		}
		if uint64(port) >= first && uint64(port) <= last {
			return true
		}
	}
	return false
}

// portNamed is the TCP port of a pod's containers that has a name, as Kubernetes finds it: sidecars that start first count.
func portNamed(pod *corev1.Pod, name string) (int32, bool) {
	for container := range running(pod) {
		for _, port := range container.Ports {
			if port.Name == name && isTCP(port) {
				return port.ContainerPort, true
			}
		}
	}
	return 0, false
}

func isTCP(port corev1.ContainerPort) bool {
	return port.Protocol == corev1.ProtocolTCP || port.Protocol == ""
}

// running are the containers of a pod that keep running: those that start first only when they are sidecars.
func running(pod *corev1.Pod) iter.Seq[*corev1.Container] {
	return func(yield func(*corev1.Container) bool) {
		for container := range containers(pod) {
			first := slices.ContainsFunc(pod.Spec.InitContainers, func(c corev1.Container) bool { return c.Name == container.Name })
			sidecar := container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways
			if (!first || sidecar) && !yield(container) {
				return
			}
		}
	}
}

// containers are all of a pod, in the order in which Linkerd looks at them.
func containers(pod *corev1.Pod) iter.Seq[*corev1.Container] {
	return func(yield func(*corev1.Container) bool) {
		for _, list := range [][]corev1.Container{pod.Spec.Containers, pod.Spec.InitContainers} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
}

// wire is the port that a call arrives at on the network.
func (w *World) wire(call Call) int32 {
	if !call.proxied() || w.cluster.Transport == Transparent && !w.opaque(call) {
		return call.Port
	}
	if port, err := strconv.ParseUint(call.To.Annotations[annotationInboundPort], 10, 16); err == nil {
		return int32(port)
	}
	return inboundPort
}

func contains(networks []netip.Prefix, address netip.Addr) bool {
	for _, network := range networks {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// contained says whether an address lies in a network in text, but in none of its exceptions. What is no network holds nobody.
func contained(cidr string, except []string, address netip.Addr) bool {
	if !inside(cidr, address) {
		return false
	}
	for _, hole := range except {
		if inside(hole, address) {
			return false
		}
	}
	return true
}

// inside reads a network the way Linkerd does: an address alone is a network too.
func inside(cidr string, address netip.Addr) bool {
	if network, err := netip.ParsePrefix(cidr); err == nil {
		return network.Contains(address)
	}
	single, err := netip.ParseAddr(cidr)
	return err == nil && single == address
}
