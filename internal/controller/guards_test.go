package controller_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

var _ = Describe("Pods that somebody else guards", func() {
	It("are told of on the policy that wants to guard them, as long as it is so", func(ctx SpecContext) {
		s := newShop(ctx)
		name, yes := v1alpha1.ServiceName("orders"), true
		s.create(ctx, &v1alpha1.MeshPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "injection"}, // the name that the fixtures ask for
			Spec: v1alpha1.MeshPolicySpec{
				Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &name},
				Access: &v1alpha1.Access{Rules: []v1alpha1.AccessRule{{From: []v1alpha1.Caller{{Any: &yes}}}}},
			},
		})
		accepted := s.policy(ctx, v1alpha1.ConditionAccepted)
		Eventually(accepted).Should(Equal(v1alpha1.ReasonAccepted))
		Consistently(accepted, "500ms").Should(Equal(v1alpha1.ReasonAccepted))
		server := &v1beta3.Server{
			ObjectMeta: metav1.ObjectMeta{Name: "legacy"},
			Spec: v1beta3.ServerSpec{
				AccessPolicy: "deny", ProxyProtocol: "HTTP/1", Port: intstr.FromInt32(8080),
				PodSelector: metav1.LabelSelector{MatchLabels: map[string]string{"app": "orders"}},
			},
		}
		elsewhere := server.DeepCopy()
		elsewhere.Name, elsewhere.Spec.Port = "elsewhere", intstr.FromInt32(9999)
		s.create(ctx, elsewhere)
		s.create(ctx, server)
		Eventually(accepted).Should(Equal("!" + v1alpha1.ReasonConflicted))
		Expect(s.injection(ctx).Status.Conditions).To(ContainElement(HaveField("Message", ContainSubstring("legacy"))))
		edit(ctx, s, "legacy", &v1beta3.Server{}, func(server *v1beta3.Server) { server.Spec.Port = intstr.FromInt32(7777) })
		Eventually(accepted).Should(Equal(v1alpha1.ReasonAccepted))
		edit(ctx, s, "legacy", &v1beta3.Server{}, func(server *v1beta3.Server) { server.Spec.Port = intstr.FromInt32(8080) })
		Eventually(accepted).Should(Equal("!" + v1alpha1.ReasonConflicted))
		Expect(cluster.Delete(ctx, server)).To(Succeed())
		Eventually(accepted).Should(Equal(v1alpha1.ReasonAccepted))
	})
})
