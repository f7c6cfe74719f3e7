package kube

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// leaves writes the leaves of all Services.
func leaves(ns model.Namespace) []driver.Object {
	var objects []driver.Object
	for j := range ns.Services {
		svc := &ns.Services[j]
		objects = slices.Grow(objects, len(svc.Leaves))
		for i := range svc.Leaves {
			leaf := &svc.Leaves[i]
			objects = append(objects, driver.Object{Object: service(ns.Name, leaf), Origins: []model.Origin{leaf.Origin.Object()}})
		}
	}
	return objects
}

// service writes a leaf. The API server assigns the address: meshes and gateways ask for Services that have one.
func service(namespace string, leaf *model.Leaf) *corev1.Service {
	policy := corev1.ServiceInternalTrafficPolicyCluster
	if leaf.InternalTrafficPolicy != "" {
		policy = corev1.ServiceInternalTrafficPolicy(leaf.InternalTrafficPolicy)
	}
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: leaf.Name},
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeClusterIP, Selector: leaf.Selector, Ports: ports(leaf.Ports),
			InternalTrafficPolicy: &policy, PublishNotReadyAddresses: leaf.PublishNotReady,
		},
	}
}

func ports(of []model.Port) []corev1.ServicePort {
	out := make([]corev1.ServicePort, len(of))
	for i, port := range of {
		out[i] = corev1.ServicePort{Name: port.Name, Protocol: corev1.ProtocolTCP, Port: port.Number, TargetPort: target(port.Target)}
		if port.AppProtocol != "" {
			out[i].AppProtocol = &port.AppProtocol
		}
	}
	return out
}

func target(port model.TargetPort) intstr.IntOrString {
	if port.Name != "" {
		return intstr.FromString(port.Name)
	}
	return intstr.FromInt32(port.Number)
}
