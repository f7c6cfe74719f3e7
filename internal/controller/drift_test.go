package controller_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
)

var _ = Describe("A generated object", func() {
	It("is reverted when somebody edits it, and keeps foreign labels", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		edit(ctx, s, "routes.orders", &corev1.ConfigMap{}, func(m *corev1.ConfigMap) {
			m.Data["routes"] = "nonsense"
			m.Labels["foreign"] = "kept"
		})
		Eventually(func() string { return s.configMap(ctx, "routes.orders").Data["routes"] }, 2*time.Second).Should(ContainSubstring(`"Weight":90`))
		Consistently(func() map[string]string { return s.configMap(ctx, "routes.orders").Labels }, time.Second).Should(HaveKeyWithValue("foreign", "kept"))
	})

	It("is made anew when somebody deletes it", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		Expect(cluster.Delete(ctx, s.configMap(ctx, "routes.orders"))).To(Succeed())
		Eventually(func() *corev1.ConfigMap { return s.configMap(ctx, "routes.orders") }, 2*time.Second).ShouldNot(BeNil())
	})

	It("loses what somebody adds to its selector", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		edit(ctx, s, s.leaf("v1"), &corev1.Service{}, func(leaf *corev1.Service) { leaf.Spec.Selector["extra"] = "empties-it" })
		Eventually(func() map[string]string { return get(ctx, s, s.leaf("v1"), &corev1.Service{}).Spec.Selector }, 2*time.Second).ShouldNot(HaveKey("extra"))
	})

	It("loses a field that somebody adds beside ours", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		edit(ctx, s, "routes.orders", &corev1.ConfigMap{}, func(m *corev1.ConfigMap) { m.Data["extra"] = "changes what it means" })
		Eventually(func() map[string]string { return s.configMap(ctx, "routes.orders").Data }, 2*time.Second).ShouldNot(HaveKey("extra"))
		Consistently(func() map[string]string { return s.configMap(ctx, "routes.orders").Data }, time.Second).Should(HaveKey("routes"))
	})
})
