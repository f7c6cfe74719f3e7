package controller_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// outOfTheMesh wants no proxies in the pods of orders.
func outOfTheMesh() *v1alpha1.MeshPolicy {
	disabled, orders := v1alpha1.InjectionDisabled, v1alpha1.ServiceName("orders")
	return &v1alpha1.MeshPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "orders"},
		Spec:       v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &orders}, Injection: &disabled},
	}
}

// podTemplates is what the status of the policy for orders says of pod templates.
func (s shop) podTemplates(ctx context.Context) func() *v1alpha1.PodTemplates {
	return func() *v1alpha1.PodTemplates {
		return get(ctx, s, "orders", &v1alpha1.MeshPolicy{}).Status.PodTemplates
	}
}

var _ = Describe("A policy about the pods of a Service", func() {
	It("says which annotations their templates lack, and writes none", func(ctx SpecContext) {
		s := newShop(ctx)
		s.pod(ctx, "old", "app")
		s.create(ctx, outOfTheMesh())
		lacking := func(names ...string) *v1alpha1.PodTemplates {
			want := &v1alpha1.PodTemplates{Annotations: map[string]string{injected: "disabled"}, Total: 2, Lacking: int32(len(names))}
			for _, name := range names {
				want.Workloads = append(want.Workloads, v1alpha1.WorkloadName{Kind: "Deployment", Name: name})
			}
			return want
		}
		Eventually(s.podTemplates(ctx)).Should(Equal(lacking("orders-v1", "orders-v2")))
		Eventually(func() *v1alpha1.PodCounts { return get(ctx, s, "orders", &v1alpha1.MeshPolicy{}).Status.Pods }).Should(Equal(&v1alpha1.PodCounts{Total: 1}))

		edit(ctx, s, "orders-v1", &appsv1.Deployment{}, func(d *appsv1.Deployment) { d.Spec.Template.Annotations = map[string]string{injected: "disabled"} })
		Eventually(s.podTemplates(ctx)).Should(Equal(lacking("orders-v2")))
		Expect(get(ctx, s, "orders-v2", &appsv1.Deployment{}).Spec.Template.Annotations).To(BeEmpty())
	})
})
