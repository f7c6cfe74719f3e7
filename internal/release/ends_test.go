package release

import (
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

func to(name v1alpha1.VariantName) func(*v1alpha1.CanaryReleaseSpec) {
	return func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout.To = name }
}

func stable(name v1alpha1.VariantName) func(*v1alpha1.CanaryReleaseSpec) {
	return func(spec *v1alpha1.CanaryReleaseSpec) { spec.Stable = name }
}

func noRollout(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout = nil }

func TestStart(t *testing.T) {
	stories(t, map[string]func(s *story){
		"weights by hand need no decision": func(s *story) {
			s.byHand()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { *spec.Variants[2].Weight = 50 })
			s.Expect(s.last.State).To(BeNil())
		},
		"a rollout that is added to weights by hand starts": func(s *story) {
			rollout := s.spec.Rollout
			s.byHand()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout = rollout })
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"a rollout to stable itself gives everything to stable at once": func(s *story) {
			s.spec.Rollout.To = "v1"
			s.decide()
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
			s.Expect(s.split()).To(Equal("v1 100%"))
		},
		"restored without status, stable empty and the target ready, it begins at its end": func(s *story) {
			s.seen.Replicas["v1"] = Replicas{}
			s.decide()
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.Expect(s.reasons()).To(Equal([]string{v1alpha1.ReasonStarted, v1alpha1.ReasonBegunAtEnd, v1alpha1.ReasonSucceeded}))
			s.Expect(s.state.Stable).To(BeEquivalentTo("v2"))
		},
		"restored without status, stable a name that no pods have": func(s *story) {
			delete(s.seen.Replicas, "v1")
			s.decide()
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"restored before the pods run, it waits for those of the target": func(s *story) {
			s.seen.Replicas["v1"] = Replicas{}
			s.seen.Replicas["v2"] = Replicas{Wanted: 10}
			s.decide()
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonInsufficientCapacity)
			s.Expect(s.state.Message).To(Equal("neither v1 nor v2 has pods that are ready"))
			s.Expect(s.split()).To(Equal("by hand"))
			s.seen.Replicas["v2"] = Replicas{Ready: 1, Wanted: 10}
			s.decide()
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"a stable whose pods only do not run yet is not empty": func(s *story) {
			s.seen.Replicas["v1"] = Replicas{Wanted: 10}
			s.decide()
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"a stable that is scaled down but still has pods is not empty": func(s *story) {
			s.seen.Replicas["v1"] = Replicas{Ready: 1}
			s.decide()
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"a release that is not accepted does not begin at its end": func(s *story) {
			s.seen.Replicas["v1"] = Replicas{}
			s.seen.Held = "Deployment orders-v1 does not exist"
			s.decide()
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonHeld)
			s.Expect(s.split()).To(Equal("by hand"))
		},
		"stable emptied in the middle of a rollout does not end it": func(s *story) {
			s.atStep1()
			s.seen.Replicas["v1"] = Replicas{}
			s.Expect(s.after(time.Minute).Changed).To(BeFalse())
		},
		"stable set to the target in the middle of a rollout moves nothing further": func(s *story) {
			s.atStep1()
			s.edit(stable("v2"))
			s.after(10 * time.Minute)
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonHeld)
			s.Expect(s.state.Message).To(ContainSubstring("set it back, or abort"))
			s.Expect(s.split()).To(Equal("v1 85.5%, v2 5%, v3 9.5%"))
			s.edit(stable("v1"))
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
		},
		"stable edited in the middle of a rollout is where it rolls back to": func(s *story) {
			s.atStep1()
			s.edit(stable("v3"))
			s.Expect(s.split()).To(Equal("v1 85.5%, v2 5%, v3 9.5%"))
			s.act(v1alpha1.VerbAbort)
			s.Expect(s.split()).To(Equal("v3 100%"))
		},
	})
}

func TestNewTarget(t *testing.T) {
	stories(t, map[string]func(s *story){
		"a new target first removes the match rules of the old one, and gives its share back": func(s *story) {
			s.atStep1()
			s.edit(to("v3"))
			s.at(v1alpha1.PhaseRetargeting, v1alpha1.ReasonTargetChanged)
			s.Expect(s.split()).To(Equal("v1 90.5%, v3 9.5%"))
			s.Expect(s.state.Matches).To(Equal(v1alpha1.ReleaseMatches{Hold: v1alpha1.MatchesExcept, Except: []v1alpha1.VariantName{"v2"}}))
			s.Expect(s.state.Step).To(BeNil())
			s.Expect(s.after(time.Hour).Changed).To(BeFalse(), "not before that is programmed")
			s.settle()
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.Expect(s.split()).To(Equal("v1 95%, v3 5%"))
			s.Expect(s.state.Matches.Except).To(Equal([]v1alpha1.VariantName{"v2"}), "nor do they come back")
		},
		"before the first step, a new target still removes the match rules of the old one": func(s *story) {
			s.seen.Replicas["v2"] = Replicas{}
			s.decide()
			s.edit(to("v3"))
			s.at(v1alpha1.PhaseRetargeting, v1alpha1.ReasonTargetChanged)
			s.Expect(s.split()).To(Equal("by hand"))
			s.Expect(s.state.Matches.Except).To(Equal([]v1alpha1.VariantName{"v2"}))
			s.settle()
			s.Expect(s.split()).To(Equal("v1 95%, v3 5%"))
		},
		"a target that is taken up again has its match rules again": func(s *story) {
			s.atStep1()
			s.edit(to("v3"))
			s.settle()
			s.edit(to("v2"))
			s.Expect(s.state.Matches.Except).To(Equal([]v1alpha1.VariantName{"v3"}))
			s.settle()
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"a new target that waits is left for another": func(s *story) {
			s.atStep1()
			s.edit(to("v3"))
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) {
				spec.Variants = append(spec.Variants, v1alpha1.Variant{Name: "v4"})
				spec.Rollout.To = "v4"
			})
			s.Expect(s.state.Matches.Except).To(Equal([]v1alpha1.VariantName{"v2", "v3"}))
			s.Expect(s.state.To).To(BeEquivalentTo("v4"))
		},
		"a new target that is stable ends the rollout there, after the match rules": func(s *story) {
			s.atStep1()
			s.edit(to("v1"))
			s.at(v1alpha1.PhaseRetargeting, v1alpha1.ReasonTargetChanged)
			s.settle()
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
			s.Expect(s.split()).To(Equal("v1 100%"))
		},
		"a new target begins with clocks, counters and approvals of its own": func(s *story) {
			deadline := v1alpha1.LongDuration("1h")
			s.spec.Rollout.Deadline = &deadline
			s.analyse(failures(2))
			s.spec.Rollout.Steps = steps("5 10m approval", "100")
			s.decide()
			s.settle()
			s.judge(v1alpha1.VerdictFail)
			s.act(v1alpha1.VerbApprove, 1)
			s.edit(to("v3"))
			s.settle()
			s.Expect(s.state.Approvals).To(BeEmpty())
			s.Expect(s.state.Analysis).To(BeNil())
			s.Expect(s.state.Elapsed.Duration).To(BeZero())
			s.Expect(s.state.Step.Number).To(BeEquivalentTo(1))
			s.Expect(s.state.StartedAt.Time).To(BeTemporally("==", s.now))
		},
		"a rollout that a person paused stays paused with its new target": func(s *story) {
			s.atStep1()
			s.act(v1alpha1.VerbPause)
			s.edit(to("v3"))
			s.at(v1alpha1.PhasePaused, v1alpha1.ReasonPaused)
			s.Expect(s.split()).To(Equal("v1 90.5%, v3 9.5%"), "the old target is left all the same")
			s.settle()
			s.Expect(s.split()).To(Equal("v1 90.5%, v3 9.5%"))
			s.act(v1alpha1.VerbResume)
			s.Expect(s.split()).To(Equal("v1 95%, v3 5%"))
		},
		"what kubemate paused does not pause the next target": func(s *story) {
			s.analyse()
			s.spec.Rollout.OnFailure = v1alpha1.OnFailurePause
			s.atStep1()
			s.judge(v1alpha1.VerdictFail)
			s.edit(to("v3"))
			s.at(v1alpha1.PhaseRetargeting, v1alpha1.ReasonTargetChanged)
		},
		"while it is suspended a new target waits": func(s *story) {
			s.atStep1()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = true; spec.Rollout.To = "v3" })
			s.at(v1alpha1.PhaseSuspended, v1alpha1.ReasonSuspended)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = false })
			s.at(v1alpha1.PhaseRetargeting, v1alpha1.ReasonTargetChanged)
		},
		"hands off the release a new target waits": func(s *story) {
			s.atStep1()
			s.hands = true
			s.edit(to("v3"))
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"a target that leaves the spec gives its share to stable": func(s *story) {
			s.atStep1()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) {
				spec.Variants = []v1alpha1.Variant{spec.Variants[0], spec.Variants[2]}
				spec.Rollout.To = "v3"
			})
			s.Expect(s.split()).To(Equal("v1 90.5%, v3 9.5%"))
			s.Expect(s.state.Matches.Except).To(BeEmpty(), "there are no rules for what is not there")
		},
		"another variant that leaves the spec gives its share to stable": func(s *story) {
			s.atStep1()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Variants = spec.Variants[:2] })
			s.Expect(s.split()).To(Equal("v1 95%, v2 5%"))
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
		},
		"a new target after a rollback starts at once, without the match rules of the old one": func(s *story) {
			s.rolledBack()
			s.edit(to("v3"))
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.Expect(s.split()).To(Equal("v1 95%, v3 5%"))
			s.Expect(s.state.Matches).To(Equal(v1alpha1.ReleaseMatches{Hold: v1alpha1.MatchesExcept, Except: []v1alpha1.VariantName{"v2"}}))
		},
		"a new target after a success leads on from the promoted variant": func(s *story) {
			s.succeeded()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) {
				spec.Variants[0].Weight, spec.Variants[2].Weight = nil, nil
				spec.Rollout.To = "v3"
			})
			s.Expect(s.split()).To(Equal("v2 95%, v3 5%"))
			s.act(v1alpha1.VerbAbort)
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"a new target waits until the last end is programmed": func(s *story) {
			s.atStep1()
			s.act(v1alpha1.VerbAbort)
			s.edit(to("v3"))
			s.Expect(s.split()).To(Equal("v1 100%"))
			s.settle()
			s.Expect(s.split()).To(Equal("v1 95%, v3 5%"))
		},
	})
}

func TestEnds(t *testing.T) {
	stories(t, map[string]func(s *story){
		"a rollout that succeeded gives its target everything, without match rules, and promotes it": func(s *story) {
			s.succeeded()
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.Expect(s.state.Matches.Hold).To(Equal(v1alpha1.MatchesNone))
			s.Expect(s.state.Stable).To(BeEquivalentTo("v2"))
			s.Expect(Stable(s.spec, s.state)).To(BeEquivalentTo("v2"))
			s.Expect(s.state.Step).To(BeNil())
			s.Expect(s.state.EndedAt.Time).To(BeTemporally("==", s.now))
			s.Expect(s.state.RunningSince).To(BeNil())
			s.Expect(s.after(24 * time.Hour).Changed).To(BeFalse())
		},
		"the promoted variant is stable until spec.stable is edited": func(s *story) {
			s.succeeded()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.OnDelete = v1alpha1.OnDeleteRelease })
			s.Expect(Stable(s.spec, s.state)).To(BeEquivalentTo("v2"))
			s.edit(stable("v3"))
			s.Expect(Stable(s.spec, s.state)).To(BeEquivalentTo("v3"))
			s.edit(stable("v1"))
			s.Expect(Stable(s.spec, s.state)).To(BeEquivalentTo("v1"), "setting it back does not bring the promotion back")
			s.Expect(s.split()).To(Equal("v2 100%"), "no edit after the end moves requests")
		},
		"after the end Git sets stable to the target, and nothing moves": func(s *story) {
			s.succeeded()
			s.edit(stable("v2"))
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.Expect(s.state.Revision).To(BeEquivalentTo(4))
		},
		"after the end neither weights nor steps nor analysis move requests": func(s *story) {
			s.succeeded()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) {
				*spec.Variants[0].Weight = 1
				spec.Rollout.Steps = steps("50 1m", "100")
				spec.Suspend = true
			})
			s.after(time.Hour)
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
		},
		"when the old Git state is applied again after the tidying, no request reaches an empty variant": func(s *story) {
			old := s.spec.DeepCopy()
			s.succeeded()
			s.seen.Replicas["v1"] = Replicas{}
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Stable = "v2"; spec.Rollout = nil })
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { *spec = *old })
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
		},
		"when the release was deleted and the old Git state is applied again, it begins at its end": func(s *story) {
			s.succeeded()
			s.seen.Replicas["v1"] = Replicas{}
			s.state, s.seen.Revision, s.seen.SettledAt = nil, 0, time.Time{}
			s.decide()
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.Expect(s.state.Matches.Hold).To(Equal(v1alpha1.MatchesNone))
		},
		"when weights by hand and then the old Git state are applied, it begins at its end": func(s *story) {
			old := s.spec.DeepCopy()
			s.succeeded()
			s.seen.Replicas["v1"] = Replicas{}
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) {
				spec.Stable, spec.Rollout = "v2", nil
				spec.Variants[0].Weight, spec.Variants[1].Weight, spec.Variants[2].Weight = nil, nil, nil
			})
			s.at(v1alpha1.PhaseManual, v1alpha1.ReasonManual)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { *spec = *old })
			s.settle()
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
		},
		"a promoted variant that leaves the spec is stable no longer, and its share goes to stable": func(s *story) {
			s.succeeded()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) {
				spec.Variants = []v1alpha1.Variant{spec.Variants[0], spec.Variants[2]}
				spec.Rollout = nil
			})
			s.Expect(s.split()).To(Equal("v1 100%"))
			s.Expect(s.state.Stable).To(BeEmpty())
		},
	})
}

func TestWeightsByHandAfterARollout(t *testing.T) {
	stories(t, map[string]func(s *story){
		"a rollout that is taken out of the spec on its way leaves the weights by hand in force": func(s *story) {
			s.atStep1()
			s.edit(noRollout)
			s.at(v1alpha1.PhaseManual, v1alpha1.ReasonManual)
			s.Expect(s.split()).To(Equal("by hand"))
			s.Expect(s.state.Matches).To(BeZero())
			s.Expect(s.last.Transitions[0].To).To(Equal("v1 90%, v3 10%"))
			s.Expect(s.state.Revision).To(BeEquivalentTo(2))
		},
		"the finished split stays when the rollout is taken out of the spec": func(s *story) {
			s.succeeded()
			s.edit(noRollout)
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
		},
		"weights that are edited without a rollout take effect": func(s *story) {
			s.succeeded()
			s.edit(noRollout)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { *spec.Variants[0].Weight = 50 })
			s.at(v1alpha1.PhaseManual, v1alpha1.ReasonManual)
			s.Expect(s.split()).To(Equal("by hand"))
		},
		"weights that were edited beside a finished rollout do not take effect when it is taken out": func(s *story) {
			s.succeeded()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { *spec.Variants[0].Weight = 50 })
			s.edit(noRollout)
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"another weight of nothing is an edit of weights too": func(s *story) {
			s.rolledBack()
			s.edit(noRollout)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Variants[1].Weight = new(int32) })
			s.at(v1alpha1.PhaseManual, v1alpha1.ReasonManual)
		},
		"the same rollout put back into the spec does not start": func(s *story) {
			rollout := s.spec.Rollout
			s.rolledBack()
			s.edit(noRollout)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout = rollout })
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAborted)
			s.Expect(s.split()).To(Equal("v1 100%"))
		},
		"after weights by hand the same rollout starts": func(s *story) {
			rollout := s.spec.Rollout
			s.rolledBack()
			s.edit(noRollout)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { *spec.Variants[0].Weight = 50 })
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout = rollout })
			s.settle()
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"Resume gives weights by hand their effect back after an end": func(s *story) {
			s.succeeded()
			s.edit(noRollout)
			s.Expect(s.act(v1alpha1.VerbResume).Applied).To(BeTrue())
			s.at(v1alpha1.PhaseManual, v1alpha1.ReasonManual)
			s.Expect(s.last.Transitions[0].By).To(Equal("alice"))
			s.Expect(s.act(v1alpha1.VerbResume).Message).To(Equal("the weights of the spec are in force already"))
		},
		"weights by hand need no write after that, whatever is edited": func(s *story) {
			s.atStep1()
			s.edit(noRollout)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { *spec.Variants[0].Weight = 50 })
			s.Expect(s.last.Changed).To(BeFalse())
		},
	})
}

func TestKillSwitch(t *testing.T) {
	on := func(s *story) { s.seen.KillSwitch = v1alpha1.KillSwitchNamespace; s.decide() }
	off := func(s *story) { s.seen.KillSwitch = ""; s.decide() }
	stories(t, map[string]func(s *story){
		"it rolls a rollout back at once, with the metrics gone and nothing programmed": func(s *story) {
			s.analyse()
			s.decide()
			s.seen = Observation{KillSwitch: v1alpha1.KillSwitchCluster}
			s.decide()
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonKillSwitch)
			s.Expect(s.split()).To(Equal("v1 100%"))
			s.Expect(s.state.Matches.Hold).To(Equal(v1alpha1.MatchesNone))
			s.Expect(s.state.Message).To(Equal("the kill switch of the cluster is on"))
			s.Expect(s.state.KillSwitch.Scope).To(Equal(v1alpha1.KillSwitchCluster))
			s.Expect(s.reasons()).To(Equal([]string{v1alpha1.ReasonKillSwitch}))
		},
		"it passes hands off, suspend and pause": func(s *story) {
			s.atStep1()
			s.act(v1alpha1.VerbPause)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = true })
			s.hands = true
			on(s)
			s.Expect(s.split()).To(Equal("v1 100%"))
		},
		"lifting it moves nothing: the rollout stands rolled back until Retry": func(s *story) {
			s.atStep1()
			on(s)
			s.program()
			off(s)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonKillSwitch)
			s.Expect(s.after(24 * time.Hour).Changed).To(BeFalse())
			s.act(v1alpha1.VerbRetry)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.Expect(s.state.KillSwitch).To(BeNil())
		},
		"while it is on no action is applied": func(s *story) {
			s.atStep1()
			on(s)
			for _, verb := range []v1alpha1.ReleaseVerb{v1alpha1.VerbRetry, v1alpha1.VerbResume, v1alpha1.VerbAbort} {
				s.Expect(s.act(verb).Message).To(ContainSubstring("the kill switch is on"))
			}
			s.Expect(s.split()).To(Equal("v1 100%"))
		},
		"what is asked for while it is on is not applied when it is lifted": func(s *story) {
			s.atStep1()
			on(s)
			s.act(v1alpha1.VerbRetry)
			off(s)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonKillSwitch)
		},
		"a rollout that is created while it is on stands rolled back": func(s *story) {
			on(s)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonKillSwitch)
			s.Expect(s.split()).To(Equal("v1 100%"))
			off(s)
			s.Expect(s.split()).To(Equal("v1 100%"))
		},
		"a new target while it is on does not start when it is lifted": func(s *story) {
			s.atStep1()
			on(s)
			s.edit(to("v3"))
			s.Expect(s.state.To).To(BeEquivalentTo("v3"))
			off(s)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonKillSwitch)
			s.edit(to("v2"))
			s.settle()
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"a rollout that succeeded stays where stable is": func(s *story) {
			s.succeeded()
			on(s)
			s.Expect(s.last.Changed).To(BeFalse())
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"a rollout that succeeded goes to stable when that was edited since": func(s *story) {
			s.succeeded()
			s.edit(stable("v3"))
			on(s)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonKillSwitch)
			s.Expect(s.split()).To(Equal("v3 100%"))
		},
		"a rollout that was rolled back stays as it is": func(s *story) {
			s.rolledBack()
			on(s)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAborted)
			s.Expect(s.last.Changed).To(BeFalse())
		},
		"weights by hand go to stable and stay there when it is lifted": func(s *story) {
			s.byHand()
			on(s)
			s.at(v1alpha1.PhaseStopped, v1alpha1.ReasonKillSwitch)
			s.Expect(s.split()).To(Equal("v1 100%"))
			s.Expect(s.state.Matches.Hold).To(Equal(v1alpha1.MatchesNone))
			s.Expect(s.last.Transitions[0].From).To(Equal("v1 90%, v3 10%"))
			off(s)
			s.at(v1alpha1.PhaseStopped, v1alpha1.ReasonKillSwitch)
			s.Expect(s.after(24 * time.Hour).Changed).To(BeFalse())
		},
		"weights by hand take effect again with an edit after it is lifted": func(s *story) {
			s.byHand()
			on(s)
			off(s)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.OnDelete = v1alpha1.OnDeleteRelease })
			s.at(v1alpha1.PhaseManual, v1alpha1.ReasonManual)
			s.Expect(s.split()).To(Equal("by hand"))
			s.Expect(s.state.KillSwitch).To(BeNil())
		},
		"weights by hand take effect again with Resume": func(s *story) {
			s.byHand()
			on(s)
			s.Expect(s.act(v1alpha1.VerbResume).Applied).To(BeFalse())
			off(s)
			s.Expect(s.act(v1alpha1.VerbResume).Applied).To(BeTrue())
			s.at(v1alpha1.PhaseManual, v1alpha1.ReasonManual)
		},
		"weights that are edited while it is on do not take effect when it is lifted": func(s *story) {
			s.byHand()
			on(s)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { *spec.Variants[2].Weight = 50 })
			s.Expect(s.state.KillSwitch.Generation).To(BeEquivalentTo(2))
			off(s)
			s.at(v1alpha1.PhaseStopped, v1alpha1.ReasonKillSwitch)
		},
		"weights that are edited while it is on after a rollout do not take effect either": func(s *story) {
			s.rolledBack()
			s.edit(noRollout)
			on(s)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { *spec.Variants[2].Weight = 50 })
			off(s)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAborted)
			s.Expect(s.split()).To(Equal("v1 100%"))
		},
		"a rollout that is taken out of the spec while it is on stays rolled back": func(s *story) {
			s.atStep1()
			on(s)
			s.edit(noRollout)
			off(s)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonKillSwitch)
		},
		"a rollout that is taken out of the spec with the switch that comes on is rolled back": func(s *story) {
			s.atStep1()
			s.seen.KillSwitch = v1alpha1.KillSwitchNamespace
			s.edit(noRollout)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonKillSwitch)
		},
		"a rollout that is added to stopped weights while it is on does not start when it is lifted": func(s *story) {
			rollout := s.spec.Rollout
			s.byHand()
			on(s)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout = rollout })
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonKillSwitch)
			off(s)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonKillSwitch)
		},
		"a rollout that is added to stopped weights after it is lifted starts from stable": func(s *story) {
			rollout := s.spec.Rollout
			s.byHand()
			on(s)
			s.program()
			off(s)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout = rollout })
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"stopped weights follow stable when it is edited": func(s *story) {
			s.byHand()
			on(s)
			s.edit(stable("v3"))
			s.Expect(s.split()).To(Equal("v3 100%"))
		},
		"switched on twice it is one event": func(s *story) {
			s.atStep1()
			on(s)
			on(s)
			s.Expect(s.last.Changed).To(BeFalse())
		},
	})
}
