package controller_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// backup is what a tool saves of a namespace: the release, and what was generated for it.
type backup struct {
	release   *v1alpha1.CanaryRelease
	generated []client.Object
}

func (s shop) backUp(ctx context.Context) backup {
	GinkgoHelper()
	saved := backup{release: s.release(ctx)}
	ours := client.MatchingLabels{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy}
	var leaves corev1.ServiceList
	Expect(cluster.List(ctx, &leaves, client.InNamespace(s.namespace), ours)).To(Succeed())
	var tables corev1.ConfigMapList
	Expect(cluster.List(ctx, &tables, client.InNamespace(s.namespace), ours)).To(Succeed())
	for i := range leaves.Items {
		leaves.Items[i].Spec.ClusterIP, leaves.Items[i].Spec.ClusterIPs = "", nil
		saved.generated = append(saved.generated, &leaves.Items[i])
	}
	for i := range tables.Items {
		saved.generated = append(saved.generated, &tables.Items[i])
	}
	return saved
}

// restore creates objects as a tool does: as they were, under new UIDs, as its own field manager.
func restore(ctx context.Context, objects ...client.Object) {
	GinkgoHelper()
	for _, object := range objects {
		object.SetUID("")
		object.SetResourceVersion("")
		object.SetCreationTimestamp(metav1.Time{})
		object.SetManagedFields(nil)
		Expect(cluster.Create(ctx, object, client.FieldOwner("restorer"))).To(Succeed())
	}
}

func (b backup) uids() []types.UID {
	var uids []types.UID
	for _, object := range b.generated {
		uids = append(uids, object.GetUID())
	}
	return uids
}

var _ = Describe("A rollout that is restored from a backup", func() {
	// lost backs a rollout up at its second step, and loses everything while no operator runs.
	lost := func(ctx context.Context, s shop) backup {
		GinkgoHelper()
		s.rolling(ctx, rollout(step("5", 300*time.Millisecond), step("25", time.Hour), step("100", 0)))
		Eventually(func() string { return s.release(ctx).Status.Weights }).Should(Equal("v1 75%, v2 25%"))
		stopOperator()
		saved := s.backUp(ctx)
		Expect(saved.generated).To(HaveLen(3))
		Expect(cluster.Delete(ctx, saved.release.DeepCopy())).To(Succeed())
		for _, object := range saved.generated {
			Expect(cluster.Delete(ctx, object.DeepCopyObject().(client.Object))).To(Succeed())
		}
		return saved
	}

	It("takes what was generated for its own, and without its status begins anew", func(ctx SpecContext) {
		s := newShop(ctx)
		saved := lost(ctx, s)
		seen := s.follow(ctx)
		restore(ctx, append(saved.generated, saved.release)...)
		restored := saved.uids()
		stopOperator = startOperator()
		Eventually(func() string { return s.release(ctx).Status.Weights }).Should(Equal("v1 75%, v2 25%"))
		Expect(s.stepsTaken(ctx)).To(Equal([]int32{1, 2}))
		Expect(seen.distinct()).To(Equal([]int32{25, 5, 25}), "what was restored stands until the first step")
		Expect(s.backUp(ctx).uids()).To(ConsistOf(restored), "nothing is taken for foreign, or made anew")
		Expect(s.release(ctx).Status.Problems).To(BeEmpty())
	})

	It("with its status goes on where it was", func(ctx SpecContext) {
		s := newShop(ctx)
		saved := lost(ctx, s)
		seen := s.follow(ctx)
		status := saved.release.Status.DeepCopy()
		restore(ctx, append(saved.generated, saved.release)...)
		saved.release.Status = *status
		Expect(cluster.Status().Update(ctx, saved.release)).To(Succeed())
		stopOperator = startOperator()
		edit(ctx, s, "orders", &v1alpha1.CanaryRelease{}, func(r *v1alpha1.CanaryRelease) { r.Spec.Rollout.Steps[2] = step("100", time.Second) })
		Eventually(func() int64 { return s.release(ctx).Status.ObservedGeneration }).Should(Equal(s.release(ctx).Generation))
		Expect(s.decision(ctx).Step.Number).To(BeEquivalentTo(2))
		Expect(s.decision(ctx).Step.BeganAt.Equal(&status.Release.Step.BeganAt)).To(BeTrue(), "its hold began anew")
		Expect(seen.distinct()).To(Equal([]int32{25}))
	})
})
