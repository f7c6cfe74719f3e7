package controller_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

var _ = Describe("A release", func() {
	It("gets its leaf Services, its split and a status that says so", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)

		leaf := get(ctx, s, s.leaf("v2"), &corev1.Service{})
		Expect(leaf.Spec.Selector).To(HaveKeyWithValue("version", "v2"))
		Expect(leaf.Labels).To(HaveKeyWithValue(v1alpha1.LabelManagedBy, v1alpha1.ManagedBy))
		Expect(s.split(ctx)).To(Equal(map[string]int{s.leaf("v1"): 90, s.leaf("v2"): 10}))
		Expect(s.configMap(ctx, "routes.orders").Annotations).To(HaveKey(v1alpha1.AnnotationRetain))

		status := s.release(ctx).Status
		Expect(status.Weights).To(Equal("v1 90%, v2 10%"))
		Expect(status.Stable).To(BeEquivalentTo("v1"))
		Expect(status.Variants).To(HaveLen(2))
		Expect(status.Variants[1].Ready).To(BeTrue())
	})

	It("costs one write for each generated object and one for its status, and nothing more", func(ctx SpecContext) {
		s := newShop(ctx)
		s.leavesReady(ctx)
		s.create(ctx, release(90, 10))
		Eventually(s.readiness(ctx)).Should(Equal(v1alpha1.ReasonReady))
		Consistently(func() []string { return calls(s.namespace) }, 3*time.Second).Should(ConsistOf(
			"patch services/ "+s.leaf("v1"), "patch services/ "+s.leaf("v2"), "patch configmaps/ routes.orders", "patch canaryreleases/status orders",
		))
	})

	It("costs two writes when its weights change", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		before := len(calls(s.namespace))
		edit(ctx, s, "orders", &v1alpha1.CanaryRelease{}, setWeights(50, 50))
		Eventually(func() string { return s.release(ctx).Status.Weights }).Should(Equal("v1 50%, v2 50%"))
		Expect(s.split(ctx)).To(Equal(map[string]int{s.leaf("v1"): 50, s.leaf("v2"): 50}))
		Consistently(func() []string { return calls(s.namespace)[before:] }, 3*time.Second).Should(ConsistOf(
			"patch configmaps/ routes.orders", "patch canaryreleases/status orders",
		))
	})

	It("keeps its split when an edit makes no sense", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		before := s.configMap(ctx, "routes.orders").ResourceVersion
		edit(ctx, s, "orders", &v1alpha1.CanaryRelease{}, func(r *v1alpha1.CanaryRelease) {
			nowhere := v1alpha1.ObjectName("orders-v9")
			r.Spec.Variants[1].Deployment = &nowhere
		})
		Eventually(s.readiness(ctx)).Should(Equal("!" + v1alpha1.ReasonDeploymentNotFound))
		r := s.release(ctx)
		Expect(reason(r, r.Status.CommonStatus, v1alpha1.ConditionProgrammed)).To(Equal(v1alpha1.ReasonHeld))
		Expect(r.Status.Problems).To(HaveLen(1))
		Expect(r.Status.Problems[0].Path).To(Equal("spec.variants[1].deployment"))
		Expect(r.Status.Weights).To(Equal("v1 90%, v2 10%"))
		Consistently(func() string { return s.configMap(ctx, "routes.orders").ResourceVersion }, time.Second).Should(Equal(before))
		Expect(get(ctx, s, s.leaf("v2"), &corev1.Service{})).NotTo(BeNil(), "the leaf of the split that stands")

		edit(ctx, s, "orders", &v1alpha1.CanaryRelease{}, func(r *v1alpha1.CanaryRelease) {
			back := v1alpha1.ObjectName("orders-v2")
			r.Spec.Variants[1].Deployment = &back
		})
		Eventually(s.readiness(ctx)).Should(Equal(v1alpha1.ReasonReady))
	})

	It("takes the share from a variant that loses its endpoints, and gives it back", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		s.ready(ctx, s.leaf("v2"), 0)
		Eventually(func() map[string]int { return s.split(ctx) }, time.Second).Should(Equal(map[string]int{s.leaf("v1"): 100}))
		s.ready(ctx, s.leaf("v2"), 1)
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(map[string]int{s.leaf("v1"): 90, s.leaf("v2"): 10}))
	})

	It("leaves everything at stable when it is deleted", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		Expect(cluster.Delete(ctx, s.release(ctx))).To(Succeed())
		Consistently(func() map[string]int { return s.split(ctx) }, 3*time.Second).Should(HaveLen(2), "for all we know the kind is being uninstalled")
		Eventually(func() map[string]int { return s.split(ctx) }).Should(HaveLen(1))
		Expect(s.split(ctx)).To(HaveKey(s.leaf("v1")))
		Eventually(func() *corev1.Service { return get(ctx, s, s.leaf("v2"), &corev1.Service{}) }).Should(BeNil())
		Expect(get(ctx, s, s.leaf("v1"), &corev1.Service{})).NotTo(BeNil())
		Eventually(s.told).WithContext(ctx).Should(ContainElement("SplitRetained"))

		edit(ctx, s, "orders", &corev1.Service{}, func(service *corev1.Service) { service.Spec.Selector["version"] = "v1" })
		s.ready(ctx, "orders", 1) // as the cluster's own controller would
		Eventually(func() *corev1.ConfigMap { return s.configMap(ctx, "routes.orders") }).Should(BeNil(), "the Service selects stable's pods only")
		Eventually(s.told).WithContext(ctx).Should(ContainElement("RetentionEnded"))
	})

	It("removes its split before its leaves when it is deleted with onDelete: Release", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		edit(ctx, s, "orders", &v1alpha1.CanaryRelease{}, func(r *v1alpha1.CanaryRelease) { r.Spec.OnDelete = v1alpha1.OnDeleteRelease })
		Eventually(func() string { return s.configMap(ctx, "routes.orders").Annotations[v1alpha1.AnnotationRetain] }).Should(ContainSubstring("onDelete=Release"))
		Expect(cluster.Delete(ctx, s.release(ctx))).To(Succeed())
		Eventually(func() *corev1.ConfigMap { return s.configMap(ctx, "routes.orders") }).Should(BeNil())
		Expect(get(ctx, s, s.leaf("v1"), &corev1.Service{})).NotTo(BeNil(), "a data plane may still be sending to the leaf")
		Eventually(func() *corev1.Service { return get(ctx, s, s.leaf("v1"), &corev1.Service{}) }).Should(BeNil())
		Expect(get(ctx, s, "orders", &corev1.Service{})).NotTo(BeNil(), "the Service is the user's")
	})

	It("does not take over a foreign Service that has the name of a leaf", func(ctx SpecContext) {
		s := newShop(ctx)
		s.create(ctx, &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: s.leaf("v2")},
			Spec:       corev1.ServiceSpec{Selector: map[string]string{"mine": "yes"}, Ports: []corev1.ServicePort{{Port: 1}}},
		})
		s.create(ctx, release(90, 10))
		Eventually(s.readiness(ctx)).Should(Equal("!" + v1alpha1.ReasonForeignObject))
		foreign := get(ctx, s, s.leaf("v2"), &corev1.Service{})
		Expect(foreign.Spec.Selector).To(Equal(map[string]string{"mine": "yes"}))
		Expect(foreign.Labels).NotTo(HaveKey(v1alpha1.LabelManagedBy))

		Expect(cluster.Delete(ctx, foreign)).To(Succeed())
		Eventually(func() *corev1.Service { return get(ctx, s, s.leaf("v2"), &corev1.Service{}) }).Should(
			HaveField("Spec.Selector", HaveKeyWithValue("version", "v2")), "once the name is free it is used")
	})
})
