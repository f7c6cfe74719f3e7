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
	"github.com/kubemate/kubemate/internal/driver/drivertest"
)

// pod makes a pod of the Deployment orders-v1, as its ReplicaSet would.
func (s shop) pod(ctx context.Context, name string, containers ...string) *corev1.Pod {
	GinkgoHelper()
	return s.podOf(ctx, "orders-v1", name, containers...)
}

func (s shop) podNamed(name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name}}
}

func (s shop) podOf(ctx context.Context, deployment, name string, containers ...string) *corev1.Pod {
	GinkgoHelper()
	yes, token := true, false
	made := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Labels: map[string]string{"app": "orders", "pod-template-hash": "7d4"},
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: deployment + "-7d4", UID: "r", Controller: &yes}},
		},
		Spec: corev1.PodSpec{AutomountServiceAccountToken: &token},
	}
	for _, container := range containers {
		made.Spec.Containers = append(made.Spec.Containers, corev1.Container{Name: container, Image: "app"})
	}
	s.create(ctx, made)
	return made
}

var _ = Describe("Pods of a namespace whose injection is set", func() {
	counts := func(ctx context.Context, s shop) func() v1alpha1.PodCounts {
		return func() v1alpha1.PodCounts {
			policy := get(ctx, s, "injection", &v1alpha1.MeshPolicy{})
			if policy == nil || policy.Status.Pods == nil {
				return v1alpha1.PodCounts{}
			}
			return *policy.Status.Pods
		}
	}

	It("are counted as they come and go, their workloads are named, and nothing is written while nothing changes", func(ctx SpecContext) {
		s := newShop(ctx)
		old := s.pod(ctx, "old", "app")
		s.create(ctx, injection())
		Eventually(counts(ctx, s)).Should(Equal(v1alpha1.PodCounts{
			Total: 1, Waiting: 1, Workloads: []v1alpha1.WaitingWorkload{{Kind: "Deployment", Name: "orders-v1", Pods: 1}},
		}))
		s.pod(ctx, "new", "app", drivertest.FakeProxy)
		now := client.GracePeriodSeconds(0)
		Expect(cluster.Delete(ctx, old, now)).To(Succeed())
		Eventually(counts(ctx, s)).Should(Equal(v1alpha1.PodCounts{Total: 1, Meshed: 1}))

		settled := len(calls(s.namespace))
		Consistently(func() []string { return calls(s.namespace)[settled:] }, 6*time.Second).Should(BeEmpty())
	})

	It("are written together when many come at once", func(ctx SpecContext) {
		s := newShop(ctx)
		s.create(ctx, injection())
		Eventually(s.policy(ctx, v1alpha1.ConditionReady)).Should(Equal(v1alpha1.ReasonReady))
		settled := len(calls(s.namespace))
		const swarm = 40
		for i := range swarm {
			s.pod(ctx, "pod-"+string(rune('a'+i/26))+string(rune('a'+i%26)), "app", drivertest.FakeProxy)
		}
		Eventually(counts(ctx, s)).Should(Equal(v1alpha1.PodCounts{Total: swarm, Meshed: swarm}))
		Expect(len(calls(s.namespace))-settled).To(BeNumerically("<=", 4), "status writes for %d pods", swarm)
	})
})
