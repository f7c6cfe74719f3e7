package controller_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

func profile(name, host string) *v1alpha1.IngressProfile {
	return &v1alpha1.IngressProfile{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.IngressProfileSpec{
			Hosts:  []v1alpha1.Host{v1alpha1.Host(host)},
			Routes: []v1alpha1.IngressRoute{{To: v1alpha1.IngressBackend{Service: "orders", Port: 8080}}},
		},
	}
}

func (s shop) profile(ctx context.Context, name, condition string) func() string {
	return func() string {
		found := get(ctx, s, name, &v1alpha1.IngressProfile{})
		return reason(found, found.Status.CommonStatus, condition)
	}
}

var _ = Describe("A profile", func() {
	It("is written, named in status, and pruned when it is deleted", func(ctx SpecContext) {
		s := newShop(ctx)
		s.create(ctx, profile("shop", "shop."+s.namespace+".example"))
		Eventually(s.profile(ctx, "shop", v1alpha1.ConditionReady)).Should(Equal(v1alpha1.ReasonReady))
		Expect(s.configMap(ctx, "edge.shop")).NotTo(BeNil())
		Expect(get(ctx, s, "shop", &v1alpha1.IngressProfile{}).Status.Gateway).To(Equal("default"))

		Expect(cluster.Delete(ctx, get(ctx, s, "shop", &v1alpha1.IngressProfile{}))).To(Succeed())
		Eventually(func() *corev1.ConfigMap { return s.configMap(ctx, "edge.shop") }).Should(BeNil())
	})

	It("does not get a host that another namespace claimed before, also when that one goes, until a person releases it", func(ctx SpecContext) {
		first, second := newShop(ctx), newShop(ctx)
		host := "shop." + first.namespace + ".example"
		first.create(ctx, profile("shop", host))
		Eventually(first.profile(ctx, "shop", v1alpha1.ConditionReady)).Should(Equal(v1alpha1.ReasonReady))
		record := &v1alpha1.HostClaim{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "exact.default." + host}}
		Expect(cluster.Get(ctx, client.ObjectKeyFromObject(record), record)).To(Succeed())
		Expect(record.Spec.Namespace).To(BeEquivalentTo(first.namespace))

		By("refusing it to another namespace, and under a wildcard too")
		second.create(ctx, profile("shop", host))
		second.create(ctx, profile("all", "*."+first.namespace+".example"))
		Eventually(second.profile(ctx, "shop", v1alpha1.ConditionAccepted)).Should(Equal("!" + v1alpha1.ReasonConflicted))
		Eventually(second.profile(ctx, "all", v1alpha1.ConditionAccepted)).Should(Equal("!" + v1alpha1.ReasonConflicted))
		Expect(second.configMap(ctx, "edge.shop")).To(BeNil())
		Expect(cluster.Delete(ctx, get(ctx, second, "all", &v1alpha1.IngressProfile{}))).To(Succeed())

		By("keeping it when the owner goes")
		Expect(cluster.Delete(ctx, get(ctx, first, "shop", &v1alpha1.IngressProfile{}))).To(Succeed())
		Eventually(func() *corev1.ConfigMap { return first.configMap(ctx, "edge.shop") }).Should(BeNil())
		Consistently(second.profile(ctx, "shop", v1alpha1.ConditionAccepted), "500ms").Should(Equal("!" + v1alpha1.ReasonConflicted))

		By("giving it back to an owner who comes back, though he is younger now")
		first.create(ctx, profile("shop", host))
		Eventually(first.profile(ctx, "shop", v1alpha1.ConditionReady)).Should(Equal(v1alpha1.ReasonReady))

		By("taking it from the owner when a person hands it over")
		record.Spec.Namespace = v1alpha1.NamespaceName(second.namespace)
		Expect(cluster.Update(ctx, record)).To(Succeed())
		Eventually(second.profile(ctx, "shop", v1alpha1.ConditionReady)).Should(Equal(v1alpha1.ReasonReady))
		Eventually(first.profile(ctx, "shop", v1alpha1.ConditionAccepted)).Should(Equal("!" + v1alpha1.ReasonConflicted))
		Eventually(func() *corev1.ConfigMap { return first.configMap(ctx, "edge.shop") }).Should(BeNil(), "what stands for a lost host goes")

		By("releasing it to whoever asks when its record is deleted")
		Expect(cluster.Delete(ctx, get(ctx, second, "shop", &v1alpha1.IngressProfile{}))).To(Succeed())
		Expect(cluster.Delete(ctx, record)).To(Succeed())
		Eventually(first.profile(ctx, "shop", v1alpha1.ConditionReady)).Should(Equal(v1alpha1.ReasonReady))
	})
})
