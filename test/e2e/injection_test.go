package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd"
)

var _ = Describe("injection", func() {
	It("and how proxies run are annotations borrowed on the Namespace, withdrawn with the policy, and foreign annotations stay", func(ctx SpecContext) {
		s := newShop(ctx, "injected")
		patch := client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"annotations":{"bank.example/owner":"payments"}}}`))
		Expect(admin.Patch(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}, patch)).To(Succeed())
		mesh := &v1alpha1.MeshPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "mesh"},
			Spec: v1alpha1.MeshPolicySpec{
				Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, Injection: ptr.To(v1alpha1.InjectionEnabled), MTLS: ptr.To(v1alpha1.MTLSStrict),
				OpaquePorts: []v1alpha1.PortRange{{Port: 1433}}, Proxy: &v1alpha1.Proxy{LogLevel: ptr.To("warn")},
			},
		}
		s.create(mesh)
		s.eventuallyIsReady(mesh)
		Expect(s.annotations()).To(And(
			HaveKeyWithValue("linkerd.io/inject", "enabled"), HaveKeyWithValue("config.linkerd.io/default-inbound-policy", "all-authenticated"),
			HaveKeyWithValue("config.linkerd.io/opaque-ports", ContainSubstring("1433")), HaveKeyWithValue("config.linkerd.io/proxy-log-level", "warn"),
		))
		Expect(admin.Delete(ctx, mesh)).To(Succeed())
		Eventually(s.annotations).ShouldNot(HaveKey("linkerd.io/inject"))
		Expect(s.annotations()).To(HaveKeyWithValue("bank.example/owner", "payments"))
		Expect(s.annotations()).NotTo(Or(HaveKey(v1alpha1.AnnotationBorrowed), HaveKey("config.linkerd.io/proxy-log-level")))
	})

	It("misses the injector of Linkerd until it is there, with no more rights than the shipped ones", func(ctx SpecContext) {
		s := newShop(ctx, "uninjected")
		mesh := &v1alpha1.MeshPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "mesh"},
			Spec:       v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, Injection: ptr.To(v1alpha1.InjectionEnabled)},
		}
		s.create(mesh)
		told := func(g Gomega) []v1alpha1.ProblemStatus {
			var found v1alpha1.MeshPolicy
			g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(mesh), &found)).To(Succeed())
			g.Expect(found.Status.ObservedGeneration).To(Equal(found.Generation))
			return found.Status.Problems
		}
		Eventually(told).Should(ConsistOf(HaveField("Reason", v1alpha1.ReasonInjectorAbsent)))
		injector := &admissionregistrationv1.MutatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: linkerd.Injector}}
		Expect(admin.Create(ctx, injector)).To(Succeed())
		DeferCleanup(func(ctx SpecContext) { Expect(client.IgnoreNotFound(admin.Delete(ctx, injector))).To(Succeed()) })
		Eventually(told).Should(BeEmpty())
		Expect(admin.Delete(ctx, injector)).To(Succeed())
		Eventually(told).Should(HaveLen(1))
	})

	It("is apart from a circuit breaker, which is borrowed on the Service alone and withdrawn with its policy", func(ctx SpecContext) {
		s := newShop(ctx, "broken")
		s.service("orders", "v1")
		name := v1alpha1.ServiceName("orders")
		breaker := &v1alpha1.MeshPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "breaker"},
			Spec: v1alpha1.MeshPolicySpec{
				Target:     v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &name},
				Resilience: &v1alpha1.Resilience{CircuitBreaker: &v1alpha1.CircuitBreaker{ConsecutiveFailures: ptr.To[int32](5)}},
			},
		}
		s.create(breaker)
		s.eventuallyIsReady(breaker)
		const failures = "balancer.linkerd.io/failure-accrual-consecutive-max-failures"
		before := s.standing("orders")
		Expect(before.Annotations).To(HaveKeyWithValue(failures, "5"))
		Expect(admin.Delete(ctx, breaker)).To(Succeed())
		Eventually(func() map[string]string { return s.standing("orders").Annotations }).ShouldNot(Or(HaveKey(failures), HaveKey(v1alpha1.AnnotationBorrowed)))
		Expect(s.standing("orders").Spec).To(Equal(before.Spec), "nothing but annotations of a user's Service is ever touched")
	})
})

// annotations are those of the shop's Namespace.
func (s *shop) annotations() map[string]string {
	GinkgoHelper()
	var ns corev1.Namespace
	Expect(admin.Get(s.ctx, client.ObjectKey{Name: s.namespace}, &ns)).To(Succeed())
	return ns.Annotations
}

// standing is a Service of the shop, as it stands.
func (s *shop) standing(name string) *corev1.Service {
	GinkgoHelper()
	var found corev1.Service
	Expect(admin.Get(s.ctx, client.ObjectKey{Namespace: s.namespace, Name: name}, &found)).To(Succeed())
	return &found
}
