package egress

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/evaluate"
)

func pod(namespace, name, address string, labels map[string]string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: labels}, Status: corev1.PodStatus{PodIP: address},
	}
}

// outside is somebody who is no pod to any NetworkPolicy, as a pod on its node's network is none.
func outside(address string) *corev1.Pod {
	made := pod("outside", "somebody", address, nil)
	made.Spec.HostNetwork = true
	return made
}

var _ = Describe("The gateway is the only way out", func() {
	It("by the NetworkPolicies that stand, once the profile says so", func(ctx SpecContext) {
		profile := open(ctx, "isolated", toAcquirer("isolated"))
		workload := pod("shop", "orders", "10.244.0.5", map[string]string{"app": "orders"})
		answer := func(to *corev1.Pod, port int32) evaluate.Answer {
			GinkgoHelper()
			var policies networkingv1.NetworkPolicyList
			Expect(admin.List(ctx, &policies)).To(Succeed())
			var objects []client.Object
			for i := range policies.Items {
				objects = append(objects, &policies.Items[i])
			}
			judge, err := evaluate.New(objects, evaluate.Cluster{})
			Expect(err).NotTo(HaveOccurred())
			return judge.May(evaluate.Call{From: evaluate.Caller{Pod: workload}, To: to, Port: port})
		}
		partner, database := outside("203.0.113.7"), outside("10.20.1.1")
		Expect(answer(partner, 443).Allowed()).To(BeTrue(), "nobody asked for another answer yet")

		profile.Spec.Network = &v1alpha1.EgressNetwork{
			Isolate: true, AlsoAllow: []v1alpha1.EgressAllowance{{CIDR: "10.20.0.0/16", Ports: []v1alpha1.PortNumber{5432}}},
		}
		Expect(admin.Update(ctx, profile)).To(Succeed())
		eventually(ctx, profile, v1alpha1.ConditionReady, metav1.ConditionTrue)
		refused := answer(partner, 443)
		Expect(refused.Outcome).To(Equal(evaluate.Dropped), "a call past the gateway goes through")
		Expect(refused.By.Kind).To(Equal("NetworkPolicy"))
		for _, open := range []struct {
			to   *corev1.Pod
			port int32
		}{
			{pod("gateways", "egress", "10.244.1.9", nil), 8000},
			{pod("kube-system", "coredns", "10.244.1.2", nil), 53},
			{pod("shop", "users", "10.244.0.6", nil), 8080},
			{pod("billing", "billing", "10.244.2.1", nil), 8080},
			{database, 5432},
		} {
			Expect(answer(open.to, open.port).Allowed()).To(BeTrue(), "%s/%s:%d", open.to.Namespace, open.to.Name, open.port)
		}
		Expect(answer(database, 22).Allowed()).To(BeFalse())
		Expect(answer(outside("10.21.0.1"), 5432).Allowed()).To(BeFalse())

		By("until the profile goes")
		Expect(admin.Delete(ctx, profile)).To(Succeed())
		Eventually(func() bool { return answer(partner, 443).Allowed() }, "60s").Should(BeTrue())
	})
})
