package status

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

func TestPodsAreShownWhereAPolicyAsksForSomethingThatNewPodsGet(t *testing.T) {
	counts, ofService := &v1alpha1.PodCounts{Total: 3, Waiting: 2}, &v1alpha1.PodCounts{Total: 1}
	strict, service := v1alpha1.MTLSStrict, v1alpha1.ServiceName("orders")
	for name, one := range map[string]struct {
		spec v1alpha1.MeshPolicySpec
		want *v1alpha1.PodCounts
	}{
		"encryption of the namespace": {v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, MTLS: &strict}, counts},
		"timeouts of the namespace": {
			v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, Resilience: &v1alpha1.Resilience{}}, nil,
		},
		"opaque ports of a Service": {
			v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &service}, OpaquePorts: []v1alpha1.PortRange{{Port: 1}}}, ofService,
		},
		"access to a Service": {
			v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &service}, Access: &v1alpha1.Access{}}, nil,
		},
	} {
		in := stored(90, 10)
		in.Pods, in.ServicePods = counts, map[string]*v1alpha1.PodCounts{"orders": ofService}
		policy := &v1alpha1.MeshPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "mesh"}, Spec: one.spec}
		policy.Status.Pods = &v1alpha1.PodCounts{Total: 99} // of another time
		if got := New(in).Policy(policy).Pods; got != one.want {
			t.Errorf("%s: %+v, want %+v", name, got, one.want)
		}
	}
}
