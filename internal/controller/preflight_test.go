package controller_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// told are the reasons of a policy's problems.
func (s shop) problems(ctx context.Context) func() []string {
	return func() []string {
		reasons := []string{}
		for _, problem := range s.injection(ctx).Status.Problems {
			reasons = append(reasons, problem.Reason)
		}
		return reasons
	}
}

var _ = Describe("What is in the way of proxies", Serial, func() {
	It("is told as long as the injector is absent, and nothing is restarted until it is there", func(ctx SpecContext) {
		Expect(cluster.Delete(ctx, injector())).To(Succeed())
		DeferCleanup(func(ctx SpecContext) { Expect(cluster.Create(ctx, injector())).To(Succeed()) })
		s := newShop(ctx)
		s.pod(ctx, "old", "app")
		policy := injection()
		rolling := v1alpha1.RestartRolling
		policy.Spec.Restart = &rolling
		s.create(ctx, policy)
		Eventually(s.problems(ctx)).Should(ConsistOf(v1alpha1.ReasonInjectorAbsent))
		Eventually(s.policy(ctx, v1alpha1.ConditionReady)).Should(Equal(v1alpha1.ReasonReady))
		Eventually(func() string {
			restart := s.injection(ctx).Status.Restart
			if restart == nil {
				return ""
			}
			return string(restart.Phase) + ": " + restart.Message
		}).Should(And(HavePrefix("Stopped"), ContainSubstring("injector")))
	})

	It("is a NetworkPolicy without the port of the proxies, until it has it", func(ctx SpecContext) {
		s := newShop(ctx)
		tcp, port := corev1.ProtocolTCP, intstr.FromInt32(8080)
		network := &networkingv1.NetworkPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "callers"},
			Spec: networkingv1.NetworkPolicySpec{Ingress: []networkingv1.NetworkPolicyIngressRule{{
				Ports: []networkingv1.NetworkPolicyPort{{Protocol: &tcp, Port: &port}},
			}}},
		}
		s.create(ctx, injection())
		Eventually(s.policy(ctx, v1alpha1.ConditionAccepted)).Should(Equal(v1alpha1.ReasonAccepted))
		s.create(ctx, network)
		Eventually(s.problems(ctx)).Should(ConsistOf(v1alpha1.ReasonProxyPortClosed))
		edit(ctx, s, "callers", &networkingv1.NetworkPolicy{}, func(policy *networkingv1.NetworkPolicy) {
			proxies := intstr.FromInt32(4143)
			policy.Spec.Ingress[0].Ports = append(policy.Spec.Ingress[0].Ports, networkingv1.NetworkPolicyPort{Protocol: &tcp, Port: &proxies})
		})
		Eventually(s.problems(ctx)).Should(BeEmpty())
	})
})
