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

	It("that are to be written are, one workload after the other, each with its restart, and stay when nobody asks any more", func(ctx SpecContext) {
		s := newShop(ctx)
		for _, name := range []string{"orders-v1", "orders-v2"} {
			s.rolledOut(ctx, name, 1)
		}
		yes, rolling := true, v1alpha1.RestartRolling
		policy := outOfTheMesh()
		policy.Spec.ApplyToWorkloads, policy.Spec.Restart = &yes, &rolling
		s.create(ctx, policy)
		written := And(HaveKeyWithValue(injected, "disabled"), HaveKeyWithValue(v1alpha1.AnnotationBorrowed, injected), HaveKey(v1alpha1.AnnotationRestarted))
		Eventually(s.templateOf(ctx, "orders-v1")).Should(written)
		Consistently(s.templateOf(ctx, "orders-v2")).Should(BeEmpty(), "one is not up yet")
		s.rolledOut(ctx, "orders-v1", 1)
		Eventually(s.templateOf(ctx, "orders-v2")).Should(written)
		s.rolledOut(ctx, "orders-v2", 1)
		Eventually(s.restartOf(ctx)).Should(And(HaveField("Phase", v1alpha1.RestartDone), HaveField("Restarted", int32(2))))
		Expect(s.podTemplates(ctx)()).To(HaveField("Lacking", int32(0)))

		By("taking back what is not wanted any more, with the next restart")
		level := "debug"
		edit(ctx, s, "orders", &v1alpha1.MeshPolicy{}, func(p *v1alpha1.MeshPolicy) {
			p.Spec.Injection, p.Spec.Proxy = nil, &v1alpha1.Proxy{LogLevel: &level}
		})
		Eventually(s.templateOf(ctx, "orders-v1")).Should(And(Not(HaveKey(injected)), HaveKeyWithValue(v1alpha1.AnnotationBorrowed, "fake.example/pods")))
		s.rolledOut(ctx, "orders-v1", 1)
		Eventually(s.templateOf(ctx, "orders-v2")).Should(HaveKey("fake.example/pods"))
		s.rolledOut(ctx, "orders-v2", 1)
		Eventually(s.restartOf(ctx)).Should(HaveField("Phase", v1alpha1.RestartDone))

		By("leaving them alone when the policy is gone")
		before := get(ctx, s, "orders-v1", &appsv1.Deployment{}).Generation
		Expect(cluster.Delete(ctx, get(ctx, s, "orders", &v1alpha1.MeshPolicy{}))).To(Succeed())
		Consistently(func() int64 { return get(ctx, s, "orders-v1", &appsv1.Deployment{}).Generation }).Should(Equal(before))
	})

	It("does not overrule the value of somebody else in a template", func(ctx SpecContext) {
		s := newShop(ctx)
		edit(ctx, s, "orders-v1", &appsv1.Deployment{}, func(d *appsv1.Deployment) { d.Spec.Template.Annotations = map[string]string{injected: "mine"} })
		for _, name := range []string{"orders-v1", "orders-v2"} {
			s.rolledOut(ctx, name, 1)
		}
		yes, rolling := true, v1alpha1.RestartRolling
		policy := outOfTheMesh()
		policy.Spec.ApplyToWorkloads, policy.Spec.Restart = &yes, &rolling
		s.create(ctx, policy)
		Eventually(s.restartOf(ctx)).Should(And(HaveField("Phase", v1alpha1.RestartStopped), HaveField("Message", ContainSubstring("conflict"))))
		Expect(s.templateOf(ctx, "orders-v1")()).To(Equal(map[string]string{injected: "mine"}))
	})
})

// templateOf are the annotations of a Deployment's pod template.
func (s shop) templateOf(ctx context.Context, deployment string) func() map[string]string {
	return func() map[string]string {
		return get(ctx, s, deployment, &appsv1.Deployment{}).Spec.Template.Annotations
	}
}

// restartOf is how far the restarts of the policy for orders are.
func (s shop) restartOf(ctx context.Context) func() v1alpha1.RestartStatus {
	return func() v1alpha1.RestartStatus {
		if found := get(ctx, s, "orders", &v1alpha1.MeshPolicy{}).Status.Restart; found != nil {
			return *found
		}
		return v1alpha1.RestartStatus{}
	}
}
