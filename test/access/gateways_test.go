package access

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/model"
)

// gateways are of each kind: one known by its pods, one in the mesh, and one whose addresses are translated on the way.
var gateways = map[string]model.Gateway{
	"edge":   {Name: "edge", Pods: &model.GatewayPods{Namespace: "traefik", Labels: map[string]string{"app": "edge"}, Service: "edge"}},
	"meshed": {Name: "meshed", Meshed: true, Pods: &model.GatewayPods{Namespace: "traefik", Labels: map[string]string{"app": "meshed"}, ServiceAccount: "meshed"}},
	"nat":    {Name: "nat", Pods: &model.GatewayPods{Namespace: "traefik", Labels: map[string]string{"app": "nat"}, Networks: []string{"192.168.7.0/30"}}},
}

// gatewayAddresses are those of the pods of edge.
var gatewayAddresses = map[string][]string{"edge": {"10.244.5.1/32", "10.244.5.2/32"}}

// labelled gives a pod the label that gateways are told by.
func labelled(pod *corev1.Pod) *corev1.Pod {
	pod.Labels["app"] = pod.Spec.ServiceAccountName
	return pod
}

// isGateway says whether a call comes from a gateway: from a pod of edge or meshed, or from where the calls of nat come.
func isGateway(name string, call evaluate.Call) bool {
	switch name {
	case "edge", "meshed":
		return call.From.Pod != nil && call.From.Pod.Namespace == "traefik" && call.From.Pod.Spec.ServiceAccountName == name
	}
	return slices.Contains([]string{"192.168.7.0", "192.168.7.1", "192.168.7.2", "192.168.7.3"}, addressOf(call).String())
}
