package controller_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// operatorNamespace is where the operator under test says that it runs.
const operatorNamespace = "default"

// turn sets the kill switch of a namespace; the value null lifts it.
func turn(ctx context.Context, namespace, value string) {
	GinkgoHelper()
	patch := `{"metadata":{"labels":{"` + v1alpha1.LabelKillSwitch + `":` + value + `}}}`
	object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
	Expect(cluster.Patch(ctx, object, client.RawPatch(types.MergePatchType, []byte(patch)))).To(Succeed())
}

// handsOff marks the release and waits until that is seen.
func (s shop) handsOff(ctx context.Context) {
	GinkgoHelper()
	edit(ctx, s, "orders", &v1alpha1.CanaryRelease{}, func(r *v1alpha1.CanaryRelease) {
		r.Annotations = map[string]string{v1alpha1.AnnotationReconcile: v1alpha1.ReconcileDisabled}
	})
	Eventually(s.readiness(ctx)).Should(Equal("!" + v1alpha1.ReasonSuspended))
}

var _ = Describe("The kill switch", Serial, func() {
	It("sends the requests of a namespace to stable, and nobody else's", func(ctx SpecContext) {
		s, other := newShop(ctx), newShop(ctx)
		s.released(ctx, 90, 10)
		other.released(ctx, 90, 10)
		turn(ctx, s.namespace, `"on"`)
		Eventually(func() map[string]int { return s.split(ctx) }, time.Second).Should(Equal(map[string]int{s.leaf("v1"): 100}))
		Consistently(func() map[string]int { return other.split(ctx) }, time.Second).Should(Equal(map[string]int{other.leaf("v1"): 90, other.leaf("v2"): 10}))
	})

	It("on the operator's namespace sends those of the whole cluster there", func(ctx SpecContext) {
		s, other := newShop(ctx), newShop(ctx)
		s.released(ctx, 90, 10)
		other.released(ctx, 50, 50)
		DeferCleanup(func(ctx SpecContext) { turn(ctx, operatorNamespace, "null") })
		turn(ctx, operatorNamespace, `"on"`)
		for _, one := range []shop{s, other} {
			Eventually(func() map[string]int { return one.split(ctx) }, 2*time.Second).Should(Equal(map[string]int{one.leaf("v1"): 100}))
		}
	})

	It("passes through a hold, and what it did stays when it is lifted", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		s.handsOff(ctx)
		Expect(s.split(ctx)).To(Equal(map[string]int{s.leaf("v1"): 90, s.leaf("v2"): 10}))
		turn(ctx, s.namespace, `"on"`)
		Eventually(func() map[string]int { return s.split(ctx) }, time.Second).Should(Equal(map[string]int{s.leaf("v1"): 1}))
		Eventually(func() string { return s.release(ctx).Status.Weights }).Should(Equal("v1 100%"))
		Expect(meta.FindStatusCondition(s.release(ctx).Status.Conditions, v1alpha1.ConditionProgrammed).Message).To(ContainSubstring("the kill switch is on"))
		Expect(get(ctx, s, s.leaf("v2"), &corev1.Service{})).NotTo(BeNil(), "what carries no split is held")

		turn(ctx, s.namespace, "null")
		Consistently(func() map[string]int { return s.split(ctx) }, 2*time.Second).Should(Equal(map[string]int{s.leaf("v1"): 1}))
	})

	It("leaves weights by hand at stable when it is lifted, until the spec is edited", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		turn(ctx, s.namespace, `"on"`)
		Eventually(s.phase(ctx)).Should(Equal(v1alpha1.PhaseStopped))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(100, 0)))
		turn(ctx, s.namespace, "null")
		Consistently(func() map[string]int { return s.split(ctx) }, 2*time.Second).Should(Equal(s.shares(100, 0)))
		edit(ctx, s, "orders", &v1alpha1.CanaryRelease{}, setWeights(70, 30))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(70, 30)))
	})

	It("ends a rollout for good", func(ctx SpecContext) {
		s := newShop(ctx)
		s.rolling(ctx, rollout(step("25", time.Hour), step("100", 0)))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(75, 25)))
		turn(ctx, s.namespace, `"on"`)
		Eventually(func() map[string]int { return s.split(ctx) }, time.Second).Should(Equal(s.shares(100, 0)))
		Eventually(s.phase(ctx)).Should(Equal(v1alpha1.PhaseRolledBack))
		turn(ctx, s.namespace, "null")
		Consistently(func() map[string]int { return s.split(ctx) }, 2*time.Second).Should(Equal(s.shares(100, 0)))
		Expect(s.decision(ctx).Reason).To(Equal(v1alpha1.ReasonKillSwitch))
	})

	It("makes no black hole", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		s.ready(ctx, s.leaf("v1"), 0)
		Eventually(s.readiness(ctx)).Should(Equal("!" + v1alpha1.ReasonNoHealthyBackend))
		turn(ctx, s.namespace, `"on"`)
		Consistently(func() map[string]int { return s.split(ctx) }, 2*time.Second).Should(Equal(map[string]int{s.leaf("v1"): 90, s.leaf("v2"): 10}))
		s.ready(ctx, s.leaf("v1"), 1)
		Eventually(func() map[string]int { return s.split(ctx) }, time.Second).Should(Equal(map[string]int{s.leaf("v1"): 100}))
	})
})
