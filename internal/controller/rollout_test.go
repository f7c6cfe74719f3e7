package controller_test

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// step is one step of a rollout; a hold of 0 is none.
func step(weight string, hold time.Duration) v1alpha1.RolloutStep {
	made := v1alpha1.RolloutStep{Weight: intstr.FromString(weight)}
	if hold > 0 {
		text := v1alpha1.LongDuration(fmt.Sprintf("%dms", hold.Milliseconds()))
		made.Hold = &text
	}
	return made
}

// rollout moves orders from v1 to v2.
func rollout(steps ...v1alpha1.RolloutStep) *v1alpha1.CanaryRelease {
	made := release(0, 0)
	made.Spec.Variants[0].Weight, made.Spec.Variants[1].Weight = nil, nil
	made.Spec.Rollout = &v1alpha1.Rollout{To: "v2", Steps: steps}
	return made
}

// rolling creates a release with a rollout and gives its variants ready pods.
func (s shop) rolling(ctx context.Context, made *v1alpha1.CanaryRelease) {
	GinkgoHelper()
	s.leavesReady(ctx)
	s.create(ctx, made)
}

// decision is what was decided about the release. Nil: nothing yet.
func (s shop) decision(ctx context.Context) *v1alpha1.ReleaseStatus {
	GinkgoHelper()
	return s.release(ctx).Status.Release
}

// stepProgrammed says whether the newest decision is programmed, as a function to be polled.
func (s shop) stepProgrammed(ctx context.Context) func() bool {
	return func() bool {
		found := s.release(ctx).Status
		return found.Release != nil && found.Programmed != nil && found.Programmed.Revision == found.Release.Revision
	}
}

// phase is that of the release, as a function to be polled.
func (s shop) phase(ctx context.Context) func() v1alpha1.ReleasePhase {
	return func() v1alpha1.ReleasePhase { return s.release(ctx).Status.Phase }
}

// stepsTaken are the steps that the history tells of, in order.
func (s shop) stepsTaken(ctx context.Context) []int32 {
	GinkgoHelper()
	var taken []int32
	for _, transition := range s.decision(ctx).History {
		if transition.Reason == v1alpha1.ReasonStepBegun {
			taken = append(taken, transition.Step)
		}
	}
	return taken
}

func (s shop) shares(v1, v2 int) map[string]int {
	shares := map[string]int{}
	for variant, share := range map[string]int{"v1": v1, "v2": v2} {
		if share > 0 {
			shares[s.leaf(variant)] = share
		}
	}
	return shares
}

var _ = Describe("A rollout", func() {
	It("takes its steps one after the other, holds each after it is in force, and succeeds", func(ctx SpecContext) {
		s := newShop(ctx)
		const hold = 700 * time.Millisecond
		s.rolling(ctx, rollout(step("0.5", hold), step("25", hold), step("100", 0)))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(995, 5)))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(75, 25)))
		Eventually(s.phase(ctx)).Should(Equal(v1alpha1.PhaseSucceeded))
		Expect(s.split(ctx)).To(Equal(s.shares(0, 100)))
		Expect(s.stepsTaken(ctx)).To(Equal([]int32{1, 2, 3}))

		status := s.release(ctx).Status
		Expect(status.Stable).To(BeEquivalentTo("v2"))
		Expect(status.Weights).To(Equal("v2 100%"))
		Eventually(s.readiness(ctx)).Should(Equal(v1alpha1.ReasonReady))
		began := map[int32]time.Time{}
		for _, transition := range status.Release.History {
			if transition.Reason == v1alpha1.ReasonStepBegun {
				began[transition.Step] = transition.At.Time
			}
		}
		Expect(began[2].Sub(began[1])).To(BeNumerically(">=", hold+settle))
		Expect(began[3].Sub(began[2])).To(BeNumerically(">=", hold+settle))
	})

	It("costs one write for each object that changes, one for the decision and one for the status, in each step", func(ctx SpecContext) {
		s := newShop(ctx)
		s.rolling(ctx, rollout(step("5", 3*time.Second), step("25", time.Hour), step("100", 0)))
		Eventually(func() string { return s.release(ctx).Status.Weights }).Should(Equal("v1 95%, v2 5%"))
		before := len(calls(s.namespace))
		Eventually(func() string { return s.release(ctx).Status.Weights }).Should(Equal("v1 75%, v2 25%"))
		Consistently(func() []string { return calls(s.namespace)[before:] }, 3*time.Second).Should(ConsistOf(
			"patch canaryreleases/status orders", "patch configmaps/ routes.orders", "patch canaryreleases/status orders",
		))
	})

	It("waits with its first step for pods, and says so", func(ctx SpecContext) {
		s := newShop(ctx)
		s.create(ctx, rollout(step("5", time.Hour), step("100", 0)))
		Eventually(s.readiness(ctx)).Should(Equal("!" + v1alpha1.ReasonPending))
		Expect(s.split(ctx)).To(BeNil())
		Expect(s.decision(ctx).Reason).To(Equal(v1alpha1.ReasonInsufficientCapacity))
		s.leavesReady(ctx)
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(95, 5)))
	})

	It("holds what is programmed while an edit is not decided on, and takes edited steps from the next on", func(ctx SpecContext) {
		s := newShop(ctx)
		s.rolling(ctx, rollout(step("5", 2*time.Second), step("100", 0)))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(95, 5)))
		edit(ctx, s, "orders", &v1alpha1.CanaryRelease{}, func(r *v1alpha1.CanaryRelease) {
			r.Spec.Rollout.Steps = []v1alpha1.RolloutStep{step("10", time.Hour), step("40", time.Hour), step("100", 0)}
		})
		Eventually(func() int64 { return s.release(ctx).Status.ObservedGeneration }).Should(Equal(s.release(ctx).Generation))
		Expect(s.split(ctx)).To(Equal(s.shares(95, 5)), "the present step stays as it began")
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(60, 40)))
	})

	It("is not moved by labels, annotations or a foreign edit of what it programmed", func(ctx SpecContext) {
		s := newShop(ctx)
		s.rolling(ctx, rollout(step("5", 2*time.Second), step("100", 0)))
		Eventually(func() string { return s.release(ctx).Status.Weights }).Should(Equal("v1 95%, v2 5%"))
		before := *s.release(ctx).Status.Programmed
		edit(ctx, s, "orders", &v1alpha1.CanaryRelease{}, func(r *v1alpha1.CanaryRelease) {
			r.Labels, r.Annotations = map[string]string{"team": "a"}, map[string]string{"note": "b"}
		})
		edit(ctx, s, "routes.orders", &corev1.ConfigMap{}, func(m *corev1.ConfigMap) { m.Data["routes"] = "nonsense" })
		Eventually(func() string { return s.configMap(ctx, "routes.orders").Data["routes"] }).ShouldNot(Equal("nonsense"))
		Expect(*s.release(ctx).Status.Programmed).To(Equal(before))
		Eventually(s.phase(ctx)).Should(Equal(v1alpha1.PhaseSucceeded))
		Expect(s.stepsTaken(ctx)).To(Equal([]int32{1, 2}))
	})

	It("gives a target that loses its pods no share, and goes on when it has some", func(ctx SpecContext) {
		s := newShop(ctx)
		s.rolling(ctx, rollout(step("5", 1*time.Second), step("100", 0)))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(95, 5)))
		Eventually(s.stepProgrammed(ctx)).Should(BeTrue(), "a step is held from then on")
		s.ready(ctx, s.leaf("v2"), 0)
		Eventually(func() map[string]int { return s.split(ctx) }, time.Second).Should(Equal(s.shares(100, 0)))
		Eventually(func() string { return s.decision(ctx).Reason }).Should(Equal(v1alpha1.ReasonInsufficientCapacity))
		s.ready(ctx, s.leaf("v2"), 1)
		Eventually(s.phase(ctx)).Should(Equal(v1alpha1.PhaseSucceeded))
	})

	It("leaves everything at stable when it is deleted half-way", func(ctx SpecContext) {
		s := newShop(ctx)
		s.rolling(ctx, rollout(step("50", time.Hour), step("100", 0)))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(50, 50)))
		Expect(cluster.Delete(ctx, s.release(ctx))).To(Succeed())
		Eventually(func() map[string]int { return s.split(ctx) }).Should(HaveLen(1))
		Expect(s.split(ctx)).To(HaveKey(s.leaf("v1")))
	})

	It("leaves everything at its target when it is deleted after it succeeded", func(ctx SpecContext) {
		s := newShop(ctx)
		s.rolling(ctx, rollout(step("100", 0)))
		Eventually(s.phase(ctx)).Should(Equal(v1alpha1.PhaseSucceeded))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(0, 100)))
		Expect(cluster.Delete(ctx, s.release(ctx))).To(Succeed())
		Consistently(func() map[string]int { return s.split(ctx) }, 8*time.Second).Should(HaveKey(s.leaf("v2")))
		Expect(s.split(ctx)).To(HaveLen(1))
	})
})
