package controller_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/admission"
	"github.com/kubemate/kubemate/internal/config"
)

// person is who acts in these tests; it may do everything.
const person = "alice"

// guard installs the policy for ReleaseActions, as the chart would, and gives back when it has taken hold.
func guard(ctx context.Context) time.Time {
	GinkgoHelper()
	pair, err := admission.Actions(admission.SettingsOf(config.Actions{}, operatorUser))
	Expect(err).NotTo(HaveOccurred())
	for _, object := range []client.Object{pair.Policy, pair.Binding} {
		Expect(cluster.Create(ctx, object)).To(Succeed())
	}
	force := admission.Judge(pair, pair)
	Expect(force.Lacking).To(BeEmpty(), "the API server must store it as it is shipped")
	return force.Since
}

// acts creates an action of the person on the release as it is.
func (s shop) acts(ctx context.Context, verb v1alpha1.ReleaseVerb, step int32, change ...func(*v1alpha1.ReleaseActionSpec)) *v1alpha1.ReleaseAction {
	GinkgoHelper()
	of := s.release(ctx)
	action := &v1alpha1.ReleaseAction{Spec: v1alpha1.ReleaseActionSpec{
		Release: "orders", ReleaseUID: string(of.UID), Generation: of.Generation, Action: verb, Actor: person, Reason: "CHG-7",
	}}
	if step > 0 {
		action.Spec.Step = &step
	}
	for _, one := range change {
		one(&action.Spec)
	}
	action.Namespace, action.GenerateName = s.namespace, "orders-"
	access, err := server.ConfigFor(person, "system:masters")
	Expect(err).NotTo(HaveOccurred())
	as, err := client.New(access, client.Options{Scheme: cluster.Scheme()})
	Expect(err).NotTo(HaveOccurred())
	Expect(as.Create(ctx, action)).To(Succeed())
	return action
}

// answer is what became of an action, as a function to be polled.
func (s shop) answer(ctx context.Context, action *v1alpha1.ReleaseAction) func() v1alpha1.ActionPhase {
	return func() v1alpha1.ActionPhase { return get(ctx, s, action.Name, action).Status.Phase }
}

var _ = Describe("An action on a release", Ordered, Serial, func() {
	It("is ignored while nobody vouches for it, and stays so", func(ctx SpecContext) {
		s := newShop(ctx)
		s.rolling(ctx, rollout(step("25", time.Hour), step("100", 0)))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(75, 25)))
		before := s.acts(ctx, v1alpha1.VerbAbort, 0)
		Eventually(s.answer(ctx, before)).Should(Equal(v1alpha1.ActionIgnored))
		Expect(before.Status.Message).To(ContainSubstring("ValidatingAdmissionPolicy releaseactions.kubemate.io is missing"))

		since := guard(ctx)
		early := s.acts(ctx, v1alpha1.VerbAbort, 0)
		Eventually(s.answer(ctx, early)).Should(Equal(v1alpha1.ActionIgnored))
		Expect(early.Status.Message).To(ContainSubstring("is in force since"), "an action as old as its policy may not have passed it")
		Expect(s.decision(ctx).Phase).To(Equal(v1alpha1.PhaseProgressing))
		Expect(s.split(ctx)).To(Equal(s.shares(75, 25)))
		Eventually(time.Now).WithTimeout(20 * time.Second).Should(BeTemporally(">", since.Add(time.Second)))
	})

	It("is applied once, and its UID is in the release's status before it says so", func(ctx SpecContext) {
		s := newShop(ctx)
		made := rollout(step("25", 0), step("100", 0))
		made.Spec.Rollout.Steps[0].Approval = true
		s.rolling(ctx, made)
		Eventually(s.phase(ctx)).Should(Equal(v1alpha1.PhaseAwaitingApproval))
		approval := s.acts(ctx, v1alpha1.VerbApprove, 1)
		Eventually(s.answer(ctx, approval)).Should(Equal(v1alpha1.ActionApplied))
		Expect(s.decision(ctx).Actions).To(ContainElement(HaveField("UID", string(approval.UID))))
		Expect(s.decision(ctx).Approvals).To(ConsistOf(And(HaveField("By", person), HaveField("Reason", "CHG-7"))))
		Eventually(s.phase(ctx)).Should(Equal(v1alpha1.PhaseSucceeded))
		Expect(approval.Status.ObservedGeneration).To(BeEquivalentTo(1))

		again := s.acts(ctx, v1alpha1.VerbApprove, 1)
		Eventually(s.answer(ctx, again)).Should(Equal(v1alpha1.ActionRefused))
		Expect(again.Status.Message).To(Equal("no rollout is under way"))
	})

	It("is refused when it was meant for another spec", func(ctx SpecContext) {
		s := newShop(ctx)
		made := rollout(step("25", 0), step("100", 0))
		made.Spec.Rollout.Steps[0].Approval = true
		s.rolling(ctx, made)
		Eventually(s.phase(ctx)).Should(Equal(v1alpha1.PhaseAwaitingApproval))
		generation := s.release(ctx).Generation
		edit(ctx, s, "orders", &v1alpha1.CanaryRelease{}, func(r *v1alpha1.CanaryRelease) { r.Spec.OnDelete = v1alpha1.OnDeleteRelease })
		replayed := s.acts(ctx, v1alpha1.VerbApprove, 1, func(spec *v1alpha1.ReleaseActionSpec) { spec.Generation = generation })
		Eventually(s.answer(ctx, replayed)).Should(Equal(v1alpha1.ActionRefused))
		Expect(replayed.Status.Message).To(ContainSubstring("the action is for generation 1 of the release, which is at 2 now"))
		Consistently(s.phase(ctx), time.Second).Should(Equal(v1alpha1.PhaseAwaitingApproval))
	})

	It("does nothing to a release that was deleted and created again", func(ctx SpecContext) {
		s := newShop(ctx)
		s.rolling(ctx, rollout(step("25", time.Hour), step("100", 0)))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(75, 25)))
		gone := s.release(ctx)
		Expect(cluster.Delete(ctx, gone)).To(Succeed())
		Eventually(func() *v1alpha1.CanaryRelease { return s.release(ctx) }).Should(BeNil())
		s.create(ctx, rollout(step("50", time.Hour), step("100", 0)))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(50, 50)))
		abort := s.acts(ctx, v1alpha1.VerbAbort, 0, func(spec *v1alpha1.ReleaseActionSpec) { spec.ReleaseUID = string(gone.UID) })
		Eventually(s.answer(ctx, abort)).WithTimeout(45 * time.Second).Should(Equal(v1alpha1.ActionIgnored))
		Expect(abort.Status.Message).To(ContainSubstring("the release with this UID is gone, and another has its name"))
		Expect(s.decision(ctx).Phase).To(Equal(v1alpha1.PhaseProgressing))
		Expect(s.split(ctx)).To(Equal(s.shares(50, 50)))
	})

	It("sends everything to stable when it aborts", func(ctx SpecContext) {
		s := newShop(ctx)
		s.rolling(ctx, rollout(step("25", time.Hour), step("100", 0)))
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(75, 25)))
		abort := s.acts(ctx, v1alpha1.VerbAbort, 0)
		Eventually(func() map[string]int { return s.split(ctx) }).Should(Equal(s.shares(100, 0)))
		Eventually(s.answer(ctx, abort)).Should(Equal(v1alpha1.ActionApplied))
		Expect(abort.Status.Message).To(Equal("everything goes to stable"))
	})
})
