package compose

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/internal/model"
)

// servicePorts reads the TCP ports of a Service; others cannot be routed or guarded by a mesh.
func servicePorts(svc *corev1.Service) []model.Port {
	ports := make([]model.Port, 0, len(svc.Spec.Ports))
	for _, port := range svc.Spec.Ports {
		if port.Protocol != "" && port.Protocol != corev1.ProtocolTCP {
			continue
		}
		ports = append(ports, model.Port{
			Name: port.Name, Number: port.Port, Target: targetPort(port), Protocol: protocol(port.AppProtocol), AppProtocol: appProtocol(port.AppProtocol),
		})
	}
	return ports
}

func targetPort(port corev1.ServicePort) model.TargetPort {
	switch {
	case port.TargetPort.Type == intstr.String && port.TargetPort.StrVal != "":
		return model.TargetPort{Name: port.TargetPort.StrVal}
	case port.TargetPort.IntVal != 0:
		return model.TargetPort{Number: port.TargetPort.IntVal}
	default:
		return model.TargetPort{Number: port.Port}
	}
}

func appProtocol(declared *string) string {
	if declared == nil {
		return ""
	}
	return *declared
}

// protocol reads appProtocol as Linkerd ≥ 2.18 does: what it does not know is opaque, and cannot be routed by request.
func protocol(declared *string) model.Protocol {
	switch strings.ToLower(appProtocol(declared)) {
	case "":
		return model.ProtocolUnknown
	case "http":
		return model.ProtocolHTTP
	case "kubernetes.io/h2c":
		return model.ProtocolH2C
	default:
		return model.ProtocolOpaque
	}
}

func findPort(ports []model.Port, number int32) (model.Port, bool) {
	for _, port := range ports {
		if port.Number == number {
			return port, true
		}
	}
	return model.Port{}, false
}

// routable lists the ports that requests can be told apart on, ascending.
func routable(ports []model.Port) []int32 {
	var numbers []int32
	for _, port := range ports {
		if port.Protocol != model.ProtocolOpaque {
			numbers = append(numbers, port.Number)
		}
	}
	return ascending(numbers)
}
