package release

import (
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

func TestSteps(t *testing.T) {
	stories(t, map[string]func(s *story){
		"a rollout starts with its first step, and the others share the rest as their weights say": func(s *story) {
			s.decide()
			s.Expect(s.split()).To(Equal("v1 85.5%, v2 5%, v3 9.5%"))
			s.Expect(s.reasons()).To(Equal([]string{v1alpha1.ReasonStarted, v1alpha1.ReasonStepBegun}))
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.Expect(s.state.Revision).To(BeEquivalentTo(1))
			s.Expect(s.state.ObservedGeneration).To(BeEquivalentTo(1))
			s.Expect(s.state.History[1].From).To(Equal("v1 90%, v3 10%"))
			s.Expect(s.state.History[1].To).To(Equal("v1 85.5%, v2 5%, v3 9.5%"))
			s.Expect(s.state.Matches.Hold).To(Equal(v1alpha1.MatchesAll))
		},
		"stable takes all of the rest when the others have no weights": func(s *story) {
			s.spec.Variants[0].Weight, s.spec.Variants[2].Weight = nil, nil
			s.decide()
			s.Expect(s.split()).To(Equal("v1 95%, v2 5%"))
		},
		"a step is not over before it is programmed, however long that takes": func(s *story) {
			s.decide()
			s.Expect(s.after(time.Hour).Changed).To(BeFalse())
			s.Expect(s.last.Wake).To(BeZero(), "nothing comes with time")
		},
		"a step is not over while only an older decision is programmed": func(s *story) {
			s.atStep1()
			s.after(10 * time.Minute)
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
			s.Expect(s.seen.Revision).To(BeEquivalentTo(1))
			s.Expect(s.after(time.Hour).Changed).To(BeFalse())
		},
		"a step is not over before it has settled": func(s *story) {
			s.spec.Rollout.Steps = steps("5", "100")
			s.decide()
			s.seen.Revision, s.seen.SettledAt = 1, s.now.Add(5*time.Second)
			s.Expect(s.decide().Changed).To(BeFalse())
			s.Expect(s.last.Wake).To(Equal(s.seen.SettledAt))
			s.Expect(s.after(5 * time.Second).Changed).To(BeTrue())
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"a step without hold, analysis and approval is over once it has settled": func(s *story) {
			s.spec.Rollout.Steps = steps("5", "25", "100")
			s.decide()
			s.settle()
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
			s.settle()
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.settle()
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
		},
		"two steps of the same weight are both taken, and need no new programming": func(s *story) {
			s.spec.Rollout.Steps = steps("25 10m", "25 20m", "100")
			s.decide()
			s.settle()
			s.after(10 * time.Minute)
			s.Expect(s.state.Step.Number).To(BeEquivalentTo(2))
			s.Expect(s.state.Revision).To(BeEquivalentTo(1))
			s.after(20*time.Minute - time.Second)
			s.Expect(s.state.Step.Number).To(BeEquivalentTo(2))
			s.after(time.Second)
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"half a per cent is given exactly, and what does not divide to who misses most of it": func(s *story) {
			s.spec.Rollout.Steps = steps("0.5", "100")
			s.decide()
			s.Expect(s.split()).To(Equal("v1 89.6%, v2 0.5%, v3 9.9%"))
		},
		"a step of 0 lets the match rules hold and gives no share": func(s *story) {
			s.spec.Rollout.Steps = steps("0 1m", "100")
			s.decide()
			s.Expect(s.split()).To(Equal("v1 90%, v3 10%"))
			s.Expect(s.state.Matches.Hold).To(Equal(v1alpha1.MatchesAll))
		},
		"the last step gives everything, and the rollout succeeds only when that is programmed": func(s *story) {
			s.atStep2()
			s.act(v1alpha1.VerbApprove, 2)
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.settle()
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
		},
		"the last step is held and approved like every other": func(s *story) {
			s.spec.Rollout.Steps = steps("100 10m approval")
			s.decide()
			s.settle()
			s.after(10 * time.Minute)
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
			s.act(v1alpha1.VerbApprove, 1)
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
		},
		"no step is skipped when the operator was away for a day": func(s *story) {
			s.atStep1()
			s.after(24 * time.Hour)
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
		},
		"editing labels changes nothing": func(s *story) {
			s.atStep1() // labels do not change the generation
			s.Expect(s.after(time.Minute).Changed).To(BeFalse())
		},
		"an edit of the present step applies from the next": func(s *story) {
			s.atStep1()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout.Steps = steps("7 20m", "30", "100") })
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.Expect(s.state.ObservedGeneration).To(BeEquivalentTo(2))
			s.after(10 * time.Minute)
			s.Expect(s.split()).To(ContainSubstring("v2 30%"))
			s.Expect(s.state.Step.Approval).To(BeFalse())
		},
		"an approval that is edited away from the present step is still needed": func(s *story) {
			s.atStep2()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout.Steps = steps("5 10m", "25", "100") })
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
		},
		"steps that are taken away lead to the last one, never out of range": func(s *story) {
			s.spec.Rollout.Steps = steps("1", "2", "3", "4 10m", "100")
			s.decide()
			for range 3 {
				s.settle()
			}
			s.program()
			s.Expect(s.state.Step.Number).To(BeEquivalentTo(4))
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout.Steps = steps("1", "100") })
			s.after(10 * time.Minute)
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.Expect(s.state.Step.Number).To(BeEquivalentTo(2))
			s.settle()
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
		},
		"steps that are added after the last are taken": func(s *story) {
			s.spec.Rollout.Steps = steps("100 10m")
			s.decide()
			s.settle()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout.Steps = steps("100", "100 approval") })
			s.after(10 * time.Minute)
			s.Expect(s.state.Step.Number).To(BeEquivalentTo(2))
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
		},
		"weights of the other variants that are edited apply from the next step": func(s *story) {
			s.atStep1()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { *spec.Variants[2].Weight = 90 })
			s.Expect(s.split()).To(Equal("v1 85.5%, v2 5%, v3 9.5%"))
			s.after(10 * time.Minute)
			s.Expect(s.split()).To(Equal("v1 37.5%, v2 25%, v3 37.5%"))
		},
		"a release that is not accepted keeps its step": func(s *story) {
			s.atStep1()
			s.seen.Held = "Deployment orders-v3 does not exist"
			s.after(10 * time.Minute)
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonHeld)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.seen.Held = ""
			s.decide()
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
		},
		"steps that cannot be read hold the release": func(s *story) {
			s.spec.Rollout.Steps[0].Weight = intstr.FromString("many")
			s.decide()
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonHeld)
			s.Expect(s.state.Message).To(ContainSubstring(`spec.rollout.steps[0].weight: reading "many"`))
			s.Expect(s.split()).To(Equal("by hand"))
		},
		"a hold that cannot be read holds the release": func(s *story) {
			hold := v1alpha1.LongDuration("a while")
			s.spec.Rollout.Steps[1].Hold = &hold
			s.decide()
			s.Expect(s.state.Message).To(ContainSubstring("spec.rollout.steps[1].hold"))
		},
	})
}

func TestHolds(t *testing.T) {
	stories(t, map[string]func(s *story){
		"a step is held from when it has settled": func(s *story) {
			s.decide()
			s.now = s.now.Add(3 * time.Minute)
			s.settle()
			s.Expect(s.last.Wake).To(Equal(s.now.Add(10 * time.Minute)))
			s.after(10*time.Minute - time.Millisecond)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.after(time.Millisecond)
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
		},
		"time alone costs no write": func(s *story) {
			s.atStep1()
			for range 9 {
				s.Expect(s.after(time.Minute).Changed).To(BeFalse())
			}
		},
		"elapsed time counts while the operator is away": func(s *story) {
			s.atStep1()
			s.after(11 * time.Minute)
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
		},
		"the hold does not run while the rollout is paused": func(s *story) {
			s.atStep1()
			s.after(4 * time.Minute)
			s.act(v1alpha1.VerbPause)
			s.Expect(s.last.Wake).To(BeZero())
			s.after(time.Hour)
			s.act(v1alpha1.VerbResume)
			s.Expect(s.last.Wake).To(Equal(s.now.Add(6 * time.Minute)))
			s.after(6*time.Minute - time.Second)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.after(time.Second)
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
		},
		"the hold does not run while the rollout is suspended": func(s *story) {
			s.atStep1()
			s.after(4 * time.Minute)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = true })
			s.at(v1alpha1.PhaseSuspended, v1alpha1.ReasonSuspended)
			s.Expect(s.after(time.Hour).Changed).To(BeFalse())
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = false })
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.Expect(s.reasons()).To(Equal([]string{v1alpha1.ReasonUnsuspended}))
			s.Expect(s.last.Wake).To(Equal(s.now.Add(6 * time.Minute)))
		},
		"a pause before the step has settled leaves the whole hold": func(s *story) {
			s.decide()
			s.act(v1alpha1.VerbPause)
			s.program()
			s.after(time.Hour)
			s.act(v1alpha1.VerbResume)
			s.Expect(s.last.Wake).To(Equal(s.now.Add(10 * time.Minute)))
		},
		"hands off the release suspends its rollout": func(s *story) {
			s.atStep1()
			s.hands = true
			s.after(time.Hour)
			s.at(v1alpha1.PhaseSuspended, v1alpha1.ReasonSuspended)
			s.Expect(s.state.Message).To(ContainSubstring("kubemate.io/reconcile"))
			s.hands = false
			s.decide()
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
		},
		"a rollout that is suspended from the beginning moves nothing": func(s *story) {
			s.spec.Suspend = true
			s.decide()
			s.at(v1alpha1.PhaseSuspended, v1alpha1.ReasonSuspended)
			s.Expect(s.split()).To(Equal("by hand"))
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = false })
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"suspended and paused at once, both must end": func(s *story) {
			s.atStep1()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = true })
			s.Expect(s.act(v1alpha1.VerbPause).Applied).To(BeTrue())
			s.at(v1alpha1.PhaseSuspended, v1alpha1.ReasonSuspended)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = false })
			s.at(v1alpha1.PhasePaused, v1alpha1.ReasonPaused)
			s.act(v1alpha1.VerbResume)
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
		},
		"a pause that ends while suspended leaves it suspended": func(s *story) {
			s.atStep1()
			s.act(v1alpha1.VerbPause)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = true })
			s.Expect(s.act(v1alpha1.VerbResume).Applied).To(BeTrue())
			s.at(v1alpha1.PhaseSuspended, v1alpha1.ReasonSuspended)
		},
		"a clock that is set back neither moves anything nor takes time away": func(s *story) {
			s.atStep1()
			s.after(4 * time.Minute)
			s.act(v1alpha1.VerbPause)
			held := s.state.Step.Held
			s.after(-time.Hour)
			s.act(v1alpha1.VerbResume)
			s.Expect(s.state.Step.Held).To(Equal(held))
			s.Expect(s.state.RunningSince.Time).To(BeTemporally(">=", began.Add(4*time.Minute)), "the history does not run backwards")
			s.Expect(s.after(time.Minute).Changed).To(BeFalse())
		},
		"a leader whose clock is behind waits for the time that was written": func(s *story) {
			s.atStep1()
			s.after(10 * time.Minute)
			s.program()
			s.Expect(s.after(-5*time.Minute).Changed).To(BeTrue(), "awaiting approval does not depend on time")
			s.Expect(s.state.Since.Time).To(BeTemporally("==", began.Add(10*time.Minute)))
		},
	})
}

func TestDeadline(t *testing.T) {
	limited := func(s *story) {
		deadline := v1alpha1.LongDuration("30m")
		s.spec.Rollout.Deadline = &deadline
	}
	stories(t, map[string]func(s *story){
		"a rollout that takes longer than its deadline is rolled back": func(s *story) {
			limited(s)
			s.decide()
			s.Expect(s.last.Wake).To(Equal(began.Add(30*time.Minute)), "it runs though nothing is programmed")
			s.after(30*time.Minute - time.Microsecond)
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.after(time.Microsecond)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonDeadlineExceeded)
			s.Expect(s.split()).To(Equal("v1 100%"))
		},
		"with onFailure Pause it is paused, and has the whole deadline again once resumed": func(s *story) {
			limited(s)
			s.spec.Rollout.OnFailure = v1alpha1.OnFailurePause
			s.decide()
			s.after(30 * time.Minute)
			s.at(v1alpha1.PhasePaused, v1alpha1.ReasonDeadlineExceeded)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.act(v1alpha1.VerbResume)
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.Expect(s.last.Wake).To(Equal(s.now.Add(30 * time.Minute)))
		},
		"it does not run while the rollout is held for an approval": func(s *story) {
			limited(s)
			s.atStep2()
			s.Expect(s.last.Wake).To(BeZero())
			s.after(24 * time.Hour)
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
			s.Expect(s.state.Elapsed.Duration).To(Equal(10 * time.Minute))
			s.act(v1alpha1.VerbApprove, 2)
			s.Expect(s.last.Wake).To(Equal(s.now.Add(20 * time.Minute)))
		},
		"it does not run while the rollout is paused": func(s *story) {
			limited(s)
			s.atStep1()
			s.after(5 * time.Minute)
			s.act(v1alpha1.VerbPause)
			s.after(24 * time.Hour)
			s.at(v1alpha1.PhasePaused, v1alpha1.ReasonPaused)
			s.Expect(s.state.Elapsed.Duration).To(Equal(5 * time.Minute))
		},
		"it runs over all steps": func(s *story) {
			limited(s)
			s.spec.Rollout.Steps = steps("5 20m", "25 20m", "100")
			s.decide()
			s.settle()
			s.after(20 * time.Minute)
			s.settle()
			s.Expect(s.last.Wake).To(Equal(s.now.Add(10 * time.Minute)))
			s.after(10 * time.Minute)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonDeadlineExceeded)
		},
		"it runs while there are too few pods": func(s *story) {
			limited(s)
			s.seen.Replicas["v2"] = Replicas{Wanted: 10}
			s.decide()
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonInsufficientCapacity)
			s.after(30 * time.Minute)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonDeadlineExceeded)
		},
	})
}

func TestCapacity(t *testing.T) {
	stories(t, map[string]func(s *story){
		"a step waits for ready replicas in proportion to what stable wanted at the start": func(s *story) {
			s.spec.Rollout.Steps = steps("5", "25", "100")
			s.seen.Replicas["v2"] = Replicas{Ready: 0, Wanted: 3}
			s.decide()
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonInsufficientCapacity)
			s.Expect(s.state.Message).To(Equal("v2 has 0 of 1 ready replicas that 5% need"))
			s.Expect(s.reasons()).To(Equal([]string{v1alpha1.ReasonStarted, v1alpha1.ReasonInsufficientCapacity}))
			s.seen.Replicas["v2"] = Replicas{Ready: 1, Wanted: 3}
			s.decide()
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.seen.Replicas["v1"] = Replicas{Ready: 2, Wanted: 2} // an autoscaler took replicas away
			s.settle()
			s.Expect(s.state.Message).To(Equal("v2 has 1 of 3 ready replicas that 25% need"))
			s.seen.Replicas["v2"] = Replicas{Ready: 3, Wanted: 3}
			s.decide()
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
			s.settle()
			s.Expect(s.state.Message).To(Equal("v2 has 3 of 10 ready replicas that 100% need"))
		},
		"with capacity AllReady it waits for all replicas that the variant wants": func(s *story) {
			s.spec.Rollout.Capacity = v1alpha1.CapacityAllReady
			s.seen.Replicas["v2"] = Replicas{Ready: 2, Wanted: 3}
			s.decide()
			s.Expect(s.state.Message).To(Equal("v2 has 2 of 3 ready replicas that 5% need"))
			s.seen.Replicas["v2"] = Replicas{Ready: 3, Wanted: 3}
			s.decide()
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"at least one replica is needed even when none is wanted": func(s *story) {
			s.spec.Rollout.Capacity = v1alpha1.CapacityAllReady
			s.seen.Replicas["v2"] = Replicas{}
			s.decide()
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonInsufficientCapacity)
		},
		"while it waits and the count changes there is one event": func(s *story) {
			s.spec.Rollout.Steps = steps("100")
			s.seen.Replicas["v2"] = Replicas{Ready: 1, Wanted: 10}
			s.decide()
			since := s.state.Since
			s.seen.Replicas["v2"] = Replicas{Ready: 2, Wanted: 10}
			s.after(time.Second)
			s.Expect(s.state.Message).To(ContainSubstring("v2 has 2 of 10"))
			s.Expect(s.reasons()).To(BeEmpty())
			s.Expect(s.state.Since).To(Equal(since))
		},
		"another variant whose share a step raises needs pods too": func(s *story) {
			s.atStep1()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { *spec.Variants[2].Weight = 900 })
			s.seen.Replicas["v3"] = Replicas{Ready: 1, Wanted: 1}
			s.after(10 * time.Minute)
			s.Expect(s.state.Message).To(Equal("v3 has 1 of 7 ready replicas that 68.2% need"))
		},
		"what goes to stable asks for no pods": func(s *story) {
			s.atStep1()
			s.seen.Replicas["v1"] = Replicas{Ready: 1, Wanted: 10}
			s.act(v1alpha1.VerbAbort)
			s.Expect(s.split()).To(Equal("v1 100%"))
		},
		"a step that raises nothing asks for no pods": func(s *story) {
			s.spec.Rollout.Steps = steps("25", "25", "100")
			s.decide()
			s.seen.Replicas["v2"] = Replicas{}
			s.settle()
			s.Expect(s.state.Step.Number).To(BeEquivalentTo(2))
		},
		"losing pods in the middle of a step ends nothing": func(s *story) {
			s.atStep1()
			s.seen.Replicas["v2"] = Replicas{Wanted: 10}
			s.Expect(s.after(time.Minute).Changed).To(BeFalse())
			s.after(9 * time.Minute)
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonInsufficientCapacity)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
	})
}
