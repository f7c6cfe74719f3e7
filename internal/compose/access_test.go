package compose

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

func TestPortsOfAServiceThatLeadToOnePortOfItsPods(t *testing.T) {
	service := namedService("users")
	service.Spec.Ports = []corev1.ServicePort{
		{Name: "old", Port: 80, TargetPort: intstr.FromInt32(8080)},
		{Name: "new", Port: 8080, TargetPort: intstr.FromInt32(8080)},
		{Name: "admin", Port: 9000, TargetPort: intstr.FromInt32(9000)},
	}
	result := Namespace(Snapshot{
		Namespace: "shop", Services: []*corev1.Service{service}, Policies: []*v1alpha1.MeshPolicy{accessPolicy("own", "users", allow(fromNamespace("friends")))},
	}, nil)
	var ports []int32
	for _, access := range result.Model.Services[0].Access {
		ports = append(ports, access.Port.Number)
		if want := map[int32]int{8080: 2, 9000: 1}[access.Port.Number]; len(access.Grants) != want {
			t.Errorf("port %d has %d grants, want %d: one for each port that leads to it", access.Port.Number, len(access.Grants), want)
		}
	}
	if want := []int32{8080, 9000}; !slices.Equal(ports, want) {
		t.Errorf("guarded ports are %v, want each once: %v", ports, want)
	}
}

func TestGatewaysOfAPolicy(t *testing.T) {
	if got := Gateways(&v1alpha1.MeshPolicy{}); got != nil {
		t.Errorf("a policy without access names %v", got)
	}
	policy := accessPolicy("own", "users", allow(fromNamespace("friends")), allow(fromGateway()))
	if got, want := Gateways(policy), []string{string(*fromGateway().Gateway)}; !slices.Equal(got, want) {
		t.Errorf("named are %v, want %v", got, want)
	}
}
