package preflight

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// silent tells of ports of Services on which proxies would wait for a request that does not come.
func (c check) silent() model.Problems {
	services := slices.SortedFunc(slices.Values(c.snapshot.Services), func(a, b *corev1.Service) int { return cmp.Compare(a.Name, b.Name) })
	var named []string
	for _, service := range services {
		if _, annotated := service.Annotations[c.needs.OpaqueAnnotation]; annotated && c.own[service.Name] == nil {
			continue // somebody has thought of it
		}
		for i := range service.Spec.Ports {
			if words := c.silentPort(service, &service.Spec.Ports[i]); words != "" {
				named = append(named, words)
			}
		}
	}
	if len(named) == 0 {
		return nil
	}
	text := strings.Join(named[:min(len(named), maxNamed)], ", ")
	if more := len(named) - maxNamed; more > 0 {
		text += " and " + strconv.Itoa(more) + " more"
	}
	return c.tell(v1alpha1.ReasonPortNotOpaque, text+": clients of these protocols wait for the server, and proxies for the client, 10 seconds at each connection; "+
		"name the ports in opaquePorts, or set appProtocol of the Service's port")
}

// silentPort says in words what is wrong with a port of a Service. Empty: nothing is.
func (c check) silentPort(service *corev1.Service, port *corev1.ServicePort) string {
	if port.Protocol != "" && port.Protocol != corev1.ProtocolTCP || port.AppProtocol != nil || c.opaque(service.Name, port.Port) || c.bypassed(port) {
		return ""
	}
	place := "port " + strconv.Itoa(int(port.Port)) + " of Service " + service.Name
	if protocol := c.needs.Silent[port.Port]; protocol != "" {
		return place + " (" + protocol + ")"
	}
	if target := port.TargetPort; target.Type == intstr.Int && c.needs.Silent[target.IntVal] != "" {
		return place + ", which leads to port " + strconv.Itoa(int(target.IntVal)) + " (" + c.needs.Silent[target.IntVal] + ")"
	}
	return ""
}

// opaque says whether a port of a Service is, once the pods have proxies.
func (c check) opaque(service string, port int32) bool {
	return holds(c.needs.Opaque, port) || c.ns.Pods.Opaque != nil && holds(c.ns.Pods.Opaque.Ports, port) ||
		c.own[service] != nil && holds(c.own[service].Ports, port)
}

// bypassed says whether proxies do not touch the port at either end.
func (c check) bypassed(port *corev1.ServicePort) bool {
	bypass := c.ns.Pods.Bypass
	return bypass != nil && (holds(bypass.Inbound, port.TargetPort.IntVal) || holds(bypass.Outbound, port.Port))
}

func holds(ranges []model.PortRange, port int32) bool {
	return slices.ContainsFunc(ranges, func(r model.PortRange) bool { return r.Holds(port) })
}
