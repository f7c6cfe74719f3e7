package controller_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// injected is the annotation that the fake mesh asks for.
const injected = "fake.example/inject"

func (s shop) annotations(ctx context.Context) map[string]string {
	GinkgoHelper()
	var namespace corev1.Namespace
	Expect(cluster.Get(ctx, client.ObjectKey{Name: s.namespace}, &namespace)).To(Succeed())
	return namespace.Annotations
}

func injection() *v1alpha1.MeshPolicy {
	enabled := v1alpha1.Injection("Enabled")
	return &v1alpha1.MeshPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "injection"},
		Spec:       v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: "Namespace"}, Injection: &enabled},
	}
}

func (s shop) policy(ctx context.Context, condition string) func() string {
	return func() string {
		policy := get(ctx, s, "injection", &v1alpha1.MeshPolicy{})
		return reason(policy, policy.Status.CommonStatus, condition)
	}
}

var _ = Describe("A policy for a Namespace", func() {
	It("borrows an annotation and gives it back when it is deleted", func(ctx SpecContext) {
		s := newShop(ctx)
		s.create(ctx, injection())
		Eventually(s.policy(ctx, v1alpha1.ConditionReady)).Should(Equal(v1alpha1.ReasonReady))
		Expect(s.annotations(ctx)).To(HaveKeyWithValue(injected, "enabled"))
		Expect(s.annotations(ctx)).To(HaveKeyWithValue(v1alpha1.AnnotationBorrowed, injected))

		Expect(cluster.Delete(ctx, s.injection(ctx))).To(Succeed())
		Eventually(func() map[string]string { return s.annotations(ctx) }).ShouldNot(HaveKey(injected))
		Expect(s.annotations(ctx)).NotTo(HaveKey(v1alpha1.AnnotationBorrowed))
		Expect(s.annotations(ctx)).NotTo(HaveKey(v1alpha1.AnnotationOrigins))
	})

	It("gives back what it borrowed from a Service, also as the last of its namespace", func(ctx SpecContext) {
		s := newShop(ctx)
		name := v1alpha1.ServiceName("orders")
		breaker := &v1alpha1.MeshPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "breaker"},
			Spec: v1alpha1.MeshPolicySpec{
				Target:     v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &name},
				Resilience: &v1alpha1.Resilience{CircuitBreaker: &v1alpha1.CircuitBreaker{ConsecutiveFailures: new(int32(5))}},
			},
		}
		s.create(ctx, breaker)
		borrowed := func() map[string]string { return get(ctx, s, "orders", &corev1.Service{}).Annotations }
		Eventually(borrowed).Should(HaveKey("fake.example/breaker"))
		Expect(cluster.Delete(ctx, breaker)).To(Succeed())
		Eventually(borrowed).ShouldNot(Or(HaveKey("fake.example/breaker"), HaveKey(v1alpha1.AnnotationBorrowed)))
	})

	It("does not overrule the value of somebody else", func(ctx SpecContext) {
		s := newShop(ctx)
		namespace := &corev1.Namespace{}
		Expect(cluster.Get(ctx, client.ObjectKey{Name: s.namespace}, namespace)).To(Succeed())
		namespace.Annotations = map[string]string{injected: "mine"}
		Expect(cluster.Update(ctx, namespace, client.FieldOwner("platform-team"))).To(Succeed())

		s.create(ctx, injection())
		Eventually(s.policy(ctx, v1alpha1.ConditionReady)).Should(Equal("!" + v1alpha1.ReasonConflicted))
		Expect(s.annotations(ctx)).To(HaveKeyWithValue(injected, "mine"))
		Expect(s.injection(ctx).Status.Conditions).To(ContainElement(HaveField("Message", ContainSubstring("platform-team"))))
	})

	It("keeps its annotation while it is suspended", func(ctx SpecContext) {
		s := newShop(ctx)
		s.create(ctx, injection())
		Eventually(s.policy(ctx, v1alpha1.ConditionReady)).Should(Equal(v1alpha1.ReasonReady))
		edit(ctx, s, "injection", &v1alpha1.MeshPolicy{}, func(p *v1alpha1.MeshPolicy) {
			p.Annotations = map[string]string{v1alpha1.AnnotationReconcile: v1alpha1.ReconcileDisabled}
			disabled := v1alpha1.Injection("Disabled")
			p.Spec.Injection = &disabled
		})
		Eventually(s.policy(ctx, v1alpha1.ConditionAccepted)).Should(Equal("!" + v1alpha1.ReasonSuspended))
		Consistently(func() map[string]string { return s.annotations(ctx) }, time.Second).Should(HaveKeyWithValue(injected, "enabled"))
	})
})

func (s shop) injection(ctx context.Context) *v1alpha1.MeshPolicy {
	return get(ctx, s, "injection", &v1alpha1.MeshPolicy{})
}
