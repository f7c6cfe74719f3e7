package controller_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// access is what the fake mesh wrote about who may call orders. Empty: nothing.
func (s shop) access(ctx context.Context) func() string {
	return func() string {
		if written := s.configMap(ctx, "access.orders"); written != nil {
			return written.Data["access"]
		}
		return ""
	}
}

var _ = Describe("A gateway that access rules admit", Ordered, func() {
	gateway := shop{"edge"}
	admitted := func() *v1alpha1.MeshPolicy {
		name, service := v1alpha1.GatewayName("edge"), v1alpha1.ServiceName("orders")
		return &v1alpha1.MeshPolicy{ObjectMeta: metav1.ObjectMeta{Name: "orders"}, Spec: v1alpha1.MeshPolicySpec{
			Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &service},
			Access: &v1alpha1.Access{Rules: []v1alpha1.AccessRule{{From: []v1alpha1.Caller{{Gateway: &name}}}}},
		}}
	}

	BeforeAll(func(ctx SpecContext) {
		Expect(cluster.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: gateway.namespace}})).To(Succeed())
	})

	It("is followed as its pods come and go", func(ctx SpecContext) {
		s := newShop(ctx)
		s.create(ctx, admitted())
		Eventually(s.access(ctx)).ShouldNot(BeEmpty())
		Expect(s.access(ctx)()).NotTo(ContainSubstring("10.244.9."))
		policy := func() string {
			policy := get(ctx, s, "orders", &v1alpha1.MeshPolicy{})
			return reason(policy, policy.Status.CommonStatus, v1alpha1.ConditionAccepted)
		}
		Eventually(policy).Should(Equal(v1alpha1.ReasonNoGatewayPods))

		gateway.ready(ctx, "edge", 1)
		Eventually(s.access(ctx)).Should(ContainSubstring("10.244.9.1/32"))
		Eventually(policy).Should(Equal(v1alpha1.ReasonAccepted))
		gateway.ready(ctx, "edge", 2)
		Eventually(s.access(ctx)).Should(And(ContainSubstring("10.244.9.1/32"), ContainSubstring("10.244.9.2/32")))
		gateway.ready(ctx, "edge", 1)
		Eventually(s.access(ctx)).ShouldNot(ContainSubstring("10.244.9.2/32"))
	})

	It("is not taken for another Service of its namespace", func(ctx SpecContext) {
		s := newShop(ctx)
		gateway.ready(ctx, "edge", 1)
		gateway.ready(ctx, "dashboard", 3)
		s.create(ctx, admitted())
		Eventually(s.access(ctx)).Should(ContainSubstring("10.244.9.1/32"))
		Expect(s.access(ctx)()).NotTo(ContainSubstring("10.244.9.3/32"))
	})
})
