package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

var _ = Describe("injection", func() {
	It("is an annotation borrowed on the Namespace, withdrawn with the policy, and foreign annotations stay", func(ctx SpecContext) {
		s := newShop(ctx, "injected")
		patch := client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"annotations":{"bank.example/owner":"payments"}}}`))
		Expect(admin.Patch(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}, patch)).To(Succeed())
		mesh := &v1alpha1.MeshPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "mesh"},
			Spec: v1alpha1.MeshPolicySpec{
				Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, Injection: ptr.To(v1alpha1.InjectionEnabled),
			},
		}
		s.create(mesh)
		s.eventuallyIsReady(mesh)
		Expect(s.annotations()).To(HaveKeyWithValue("linkerd.io/inject", "enabled"))
		Expect(admin.Delete(ctx, mesh)).To(Succeed())
		Eventually(s.annotations).ShouldNot(HaveKey("linkerd.io/inject"))
		Expect(s.annotations()).To(HaveKeyWithValue("bank.example/owner", "payments"))
		Expect(s.annotations()).NotTo(HaveKey(v1alpha1.AnnotationBorrowed))
	})
})

// annotations are those of the shop's Namespace.
func (s *shop) annotations() map[string]string {
	GinkgoHelper()
	var ns corev1.Namespace
	Expect(admin.Get(s.ctx, client.ObjectKey{Name: s.namespace}, &ns)).To(Succeed())
	return ns.Annotations
}
