package controller_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/drivertest"
)

// mark of a Deployment's restart. Empty: it was never restarted.
func (s shop) mark(ctx context.Context, deployment string) func() string {
	return func() string {
		return get(ctx, s, deployment, &appsv1.Deployment{}).Spec.Template.Annotations[v1alpha1.AnnotationRestarted]
	}
}

// rolledOut says what the cluster's own controller would: all pods of a Deployment are new and available, or so many are.
func (s shop) rolledOut(ctx context.Context, name string, available int32) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		found := get(ctx, s, name, &appsv1.Deployment{})
		found.Status.ObservedGeneration = found.Generation
		found.Status.Replicas, found.Status.UpdatedReplicas, found.Status.AvailableReplicas, found.Status.ReadyReplicas = 1, 1, available, available
		g.Expect(cluster.Status().Update(ctx, found)).To(Succeed())
	}).Should(Succeed())
}

// remade replaces a pod of a Deployment, as its ReplicaSet would.
func (s shop) remade(ctx context.Context, deployment string, containers ...string) {
	GinkgoHelper()
	s.podOf(ctx, deployment, "new-"+deployment, containers...)
	old := s.podNamed("old-" + deployment)
	Expect(cluster.Delete(ctx, old, client.GracePeriodSeconds(0))).To(Succeed())
}

var _ = Describe("A policy that restarts", func() {
	restarting := func(ctx context.Context, s shop) {
		GinkgoHelper()
		for _, name := range []string{"orders-v1", "orders-v2"} {
			s.podOf(ctx, name, "old-"+name, "app")
			s.rolledOut(ctx, name, 1)
		}
		policy, rolling := injection(), v1alpha1.RestartRolling
		policy.Spec.Restart = &rolling
		s.create(ctx, policy)
	}
	state := func(ctx context.Context, s shop) func() v1alpha1.RestartStatus {
		return func() v1alpha1.RestartStatus {
			if found := s.injection(ctx).Status.Restart; found != nil {
				return *found
			}
			return v1alpha1.RestartStatus{}
		}
	}

	It("restarts one workload after the other, each once", func(ctx SpecContext) {
		s := newShop(ctx)
		restarting(ctx, s)
		Eventually(s.mark(ctx, "orders-v1")).ShouldNot(BeEmpty())
		Eventually(state(ctx, s)).Should(And(HaveField("Phase", v1alpha1.RestartRunning), HaveField("Workload", "Deployment orders-v1"), HaveField("Left", int32(2))))
		Consistently(s.mark(ctx, "orders-v2")).Should(BeEmpty(), "one is not up yet")

		s.remade(ctx, "orders-v1", "app", drivertest.FakeProxy)
		s.rolledOut(ctx, "orders-v1", 1)
		Eventually(s.mark(ctx, "orders-v2")).ShouldNot(BeEmpty())
		s.remade(ctx, "orders-v2", "app", drivertest.FakeProxy)
		s.rolledOut(ctx, "orders-v2", 1)
		Eventually(state(ctx, s)).Should(And(HaveField("Phase", v1alpha1.RestartDone), HaveField("Restarted", int32(2)), HaveField("Left", int32(0))))
		generation := get(ctx, s, "orders-v1", &appsv1.Deployment{}).Generation
		s.podOf(ctx, "orders-v1", "late", "app")
		Eventually(state(ctx, s)).Should(HaveField("Phase", v1alpha1.RestartStopped), "a pod waits though its workload was restarted for this generation")
		Expect(get(ctx, s, "orders-v1", &appsv1.Deployment{}).Generation).To(Equal(generation))
	})

	It("stops at the first workload whose new pods are no better", func(ctx SpecContext) {
		s := newShop(ctx)
		restarting(ctx, s)
		Eventually(s.mark(ctx, "orders-v1")).ShouldNot(BeEmpty())
		s.remade(ctx, "orders-v1", "app")
		s.rolledOut(ctx, "orders-v1", 1)
		Eventually(state(ctx, s)).Should(And(HaveField("Phase", v1alpha1.RestartStopped), HaveField("Message", ContainSubstring("injector"))))
		Consistently(s.mark(ctx, "orders-v2")).Should(BeEmpty())
	})
})
