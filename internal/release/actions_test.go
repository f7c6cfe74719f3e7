package release

import (
	"fmt"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

func TestApprovals(t *testing.T) {
	stories(t, map[string]func(s *story){
		"a step that needs an approval waits for it when it is over": func(s *story) {
			s.atStep2()
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
			s.Expect(s.last.Wake).To(BeZero(), "nothing comes with time")
			s.Expect(s.after(24 * time.Hour).Changed).To(BeFalse())
		},
		"an approval lets it go on, and is recorded": func(s *story) {
			s.atStep2()
			answer := s.act(v1alpha1.VerbApprove, 2)
			s.Expect(answer).To(Equal(Answer{UID: "action-001", Applied: true, Message: "step 2 of 3 is approved"}))
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.Expect(s.state.Approvals).To(HaveLen(1))
			s.Expect(s.state.Approvals[0].By).To(Equal("alice"))
			s.Expect(s.state.Approvals[0].Step).To(BeEquivalentTo(2))
			s.Expect(s.state.Approvals[0].Reason).To(Equal("CHG-7"))
			s.Expect(s.reasons()).To(Equal([]string{v1alpha1.ReasonApproved, v1alpha1.ReasonStepBegun}))
			s.Expect(s.last.Transitions[0].By).To(Equal("alice"))
			s.Expect(s.last.Transitions[0].Message).To(Equal("step 2 of 3 is approved: CHG-7"))
		},
		"an approval in the middle of the hold ends nothing early": func(s *story) {
			s.spec.Rollout.Steps = steps("5 10m approval", "100")
			s.decide()
			s.settle()
			s.Expect(s.act(v1alpha1.VerbApprove, 1).Applied).To(BeTrue())
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.after(10 * time.Minute)
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"an approval of another step is refused": func(s *story) {
			s.atStep2()
			s.Expect(s.act(v1alpha1.VerbApprove, 1)).To(Equal(Answer{UID: "action-001", Message: "the rollout is at step 2, not at step 1"}))
			s.Expect(s.act(v1alpha1.VerbApprove, 3).Applied).To(BeFalse())
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
		},
		"an approval that was refused is not applied at a later step": func(s *story) {
			s.atStep1()
			s.Expect(s.act(v1alpha1.VerbApprove, 2).Applied).To(BeFalse())
			s.after(10 * time.Minute)
			s.settle()
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
		},
		"a step that needs no approval is not approved": func(s *story) {
			s.atStep1()
			s.Expect(s.act(v1alpha1.VerbApprove, 1).Message).To(Equal("step 1 needs no approval"))
		},
		"a second approval of a step is refused": func(s *story) {
			s.spec.Rollout.Steps = steps("5 10m approval", "100")
			s.decide()
			s.act(v1alpha1.VerbApprove, 1)
			s.Expect(s.act(v1alpha1.VerbApprove, 1).Message).To(Equal("step 1 is approved already"))
		},
		"after an edit of the spec the step must be approved again, and the last approval is kept": func(s *story) {
			s.spec.Rollout.Steps = steps("5 10m approval", "100")
			s.decide()
			s.settle()
			s.act(v1alpha1.VerbApprove, 1)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout.Steps = steps("5", "50", "100") })
			s.after(10 * time.Minute)
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
			s.act(v1alpha1.VerbApprove, 1)
			s.Expect(s.split()).To(ContainSubstring("v2 50%"))
			s.Expect(s.state.Approvals).To(HaveLen(1))
			s.Expect(s.state.Approvals[0].Generation).To(BeEquivalentTo(2))
		},
		"before the first step there is nothing to approve": func(s *story) {
			s.seen.Replicas["v2"] = Replicas{}
			s.decide()
			s.Expect(s.act(v1alpha1.VerbApprove, 1).Message).To(Equal("the rollout has not begun step 1 yet"))
		},
		"after the end there is nothing to approve": func(s *story) {
			s.succeeded()
			s.Expect(s.act(v1alpha1.VerbApprove, 3).Message).To(Equal("no rollout is under way"))
		},
	})
}

func TestPromote(t *testing.T) {
	stories(t, map[string]func(s *story){
		"promote ends the hold of the step": func(s *story) {
			s.atStep1()
			s.Expect(s.act(v1alpha1.VerbPromote, 1).Applied).To(BeTrue())
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
		},
		"promote ends the analysis of the step": func(s *story) {
			s.analyse()
			s.atStep1()
			s.judge(v1alpha1.VerdictNoData)
			s.act(v1alpha1.VerbPromote, 1)
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
			s.settle()
			s.Expect(s.last.Due).NotTo(BeNil(), "the next step is judged again")
		},
		"promote never replaces an approval": func(s *story) {
			s.spec.Rollout.Steps = steps("5 10m approval", "100")
			s.decide()
			s.settle()
			s.act(v1alpha1.VerbPromote, 1)
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
		},
		"promote does not end the wait for the data planes": func(s *story) {
			s.decide()
			s.act(v1alpha1.VerbPromote, 1)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.settle()
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
		},
		"promote does not end the wait for pods": func(s *story) {
			s.atStep1()
			s.seen.Replicas["v2"] = Replicas{Ready: 1, Wanted: 10}
			s.act(v1alpha1.VerbPromote, 1)
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonInsufficientCapacity)
		},
		"a second promote of a step does not touch the next": func(s *story) {
			s.spec.Rollout.Steps = steps("5 10m", "25 10m", "100")
			s.decide()
			s.settle()
			first, second := s.action(v1alpha1.VerbPromote), s.action(v1alpha1.VerbPromote)
			first.Step, second.Step = 1, 1
			s.do(first)
			s.settle()
			s.Expect(s.do(second).Message).To(Equal("the rollout is at step 2, not at step 1"))
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
		},
		"two promotes at once count once": func(s *story) {
			s.spec.Rollout.Steps = steps("5 10m", "25 10m", "100")
			s.decide()
			first, second := s.action(v1alpha1.VerbPromote), s.action(v1alpha1.VerbPromote)
			first.Step, second.Step = 1, 1
			s.seen.Actions = []Action{second, first}
			s.decide()
			s.Expect(s.last.Answers[0].Applied).To(BeTrue())
			s.Expect(s.last.Answers[1].Message).To(Equal("step 1 is promoted already"))
		},
	})
}

func TestActions(t *testing.T) {
	stories(t, map[string]func(s *story){
		"an action is applied once, and its UID is written with its effect": func(s *story) {
			s.atStep1()
			s.act(v1alpha1.VerbPause)
			s.Expect(s.state.Pause).NotTo(BeNil())
			s.Expect(s.state.Actions).To(HaveLen(1))
			s.Expect(s.state.Actions[0].UID).To(Equal("action-001"))
			s.act(v1alpha1.VerbResume)
			s.Expect(s.after(time.Minute).Changed).To(BeFalse(), "the pause is still there, and not applied again")
		},
		"what became of an action is answered again, for whoever lost the answer": func(s *story) {
			s.atStep1()
			s.act(v1alpha1.VerbPause)
			s.act(v1alpha1.VerbPause)
			s.decide()
			s.Expect(s.last.Answers).To(Equal([]Answer{
				{UID: "action-001", Applied: true, Message: "the rollout is paused"},
				{UID: "action-002", Message: "the rollout is paused already, by alice"},
			}))
		},
		"actions are applied in the order of their creation": func(s *story) {
			s.atStep1()
			pause, resume := s.action(v1alpha1.VerbPause), s.action(v1alpha1.VerbResume)
			resume.At = resume.At.Add(time.Second)
			s.seen.Actions = []Action{resume, pause}
			s.decide()
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.Expect(s.reasons()).To(Equal([]string{v1alpha1.ReasonPaused, v1alpha1.ReasonResumed}))
		},
		"actions of the same second are applied in the order of their UIDs": func(s *story) {
			s.atStep1()
			pause, resume := s.action(v1alpha1.VerbPause), s.action(v1alpha1.VerbResume)
			s.seen.Actions = []Action{resume, pause}
			s.decide()
			s.Expect(s.reasons()).To(Equal([]string{v1alpha1.ReasonPaused, v1alpha1.ReasonResumed}))
		},
		"an action for a release that was deleted and created again does nothing": func(s *story) {
			s.atStep1()
			abort := s.action(v1alpha1.VerbAbort)
			abort.ReleaseUID = "uid-0"
			s.Expect(s.do(abort).Message).To(ContainSubstring("another release of this name"))
			s.Expect(s.last.Changed).To(BeFalse())
		},
		"an action for an older spec does nothing, also later": func(s *story) {
			s.atStep1()
			abort := s.action(v1alpha1.VerbAbort)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.OnDelete = v1alpha1.OnDeleteRelease })
			s.Expect(s.do(abort).Message).To(Equal("the action is for generation 1 of the release, which is at 2 now: look at it again"))
			s.Expect(s.last.Changed).To(BeFalse())
		},
		"an action for a spec that is not seen yet waits without an answer": func(s *story) {
			s.atStep1()
			abort := s.action(v1alpha1.VerbAbort)
			abort.Generation++
			s.Expect(s.do(abort)).To(BeZero())
			s.edit(func(*v1alpha1.CanaryReleaseSpec) {})
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAborted)
		},
		"more actions than are remembered are still applied once each": func(s *story) {
			s.atStep1()
			for i := range 3 * maxActions {
				s.now = s.now.Add(time.Second)
				verb := v1alpha1.VerbPause
				if i%2 == 1 {
					verb = v1alpha1.VerbResume
				}
				s.Expect(s.act(verb).Applied).To(BeTrue(), "action %d", i)
			}
			s.Expect(s.state.Actions).To(HaveLen(maxActions))
			s.Expect(s.decide().Changed).To(BeFalse())
			s.Expect(s.last.Answers[0].Message).To(ContainSubstring("later actions have been decided on"))
		},
		"an unknown verb does nothing": func(s *story) {
			s.atStep1()
			s.Expect(s.act("Explode").Message).To(Equal("the verb Explode is not known to this version"))
		},
		"hands off the release, actions are refused": func(s *story) {
			s.atStep1()
			s.hands = true
			s.Expect(s.act(v1alpha1.VerbAbort).Message).To(ContainSubstring("remove the annotation first"))
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"long reasons are kept within the bounds of the status": func(s *story) {
			s.atStep1()
			abort := s.action(v1alpha1.VerbAbort)
			abort.Reason = strings.Repeat("é", 1024)
			s.do(abort)
			s.Expect([]rune(s.state.Message)).To(HaveLen(maxMessage))
			s.Expect(s.state.Message).To(HaveSuffix("…"))
		},
		"the history is bounded, and the newest stays": func(s *story) {
			s.atStep1()
			for i := range 2 * maxHistory {
				s.now = s.now.Add(time.Second)
				s.act([]v1alpha1.ReleaseVerb{v1alpha1.VerbPause, v1alpha1.VerbResume}[i%2])
			}
			s.Expect(s.state.History).To(HaveLen(maxHistory))
			s.Expect(s.state.History[maxHistory-1].Reason).To(Equal(v1alpha1.ReasonResumed))
		},
		"an action on weights by hand is refused and remembered": func(s *story) {
			s.byHand()
			for i, verb := range []v1alpha1.ReleaseVerb{
				v1alpha1.VerbApprove, v1alpha1.VerbPromote, v1alpha1.VerbPause, v1alpha1.VerbResume, v1alpha1.VerbAbort, v1alpha1.VerbRetry,
			} {
				s.Expect(s.act(verb, 1).Applied).To(BeFalse(), "%s", verb)
				s.Expect(s.state.Actions).To(HaveLen(i + 1))
			}
			s.at(v1alpha1.PhaseManual, v1alpha1.ReasonManual)
			s.Expect(s.split()).To(Equal("by hand"))
			s.Expect(s.decide().Changed).To(BeFalse())
		},
	})
}

func TestPauseAndResume(t *testing.T) {
	stories(t, map[string]func(s *story){
		"a pause stops the rollout where it is": func(s *story) {
			s.atStep1()
			s.Expect(s.act(v1alpha1.VerbPause).Applied).To(BeTrue())
			s.at(v1alpha1.PhasePaused, v1alpha1.ReasonPaused)
			s.Expect(s.state.Message).To(Equal("paused by alice: CHG-7"))
			s.Expect(s.after(24 * time.Hour).Changed).To(BeFalse())
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"a pause while an approval is missing comes back to that": func(s *story) {
			s.atStep2()
			s.act(v1alpha1.VerbPause)
			s.after(time.Hour)
			s.act(v1alpha1.VerbResume)
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
		},
		"what is approved and promoted during a pause takes effect when it ends": func(s *story) {
			s.spec.Rollout.Steps = steps("5 10m approval", "100")
			s.decide()
			s.settle()
			s.act(v1alpha1.VerbPause)
			s.Expect(s.act(v1alpha1.VerbApprove, 1).Applied).To(BeTrue())
			s.Expect(s.act(v1alpha1.VerbPromote, 1).Applied).To(BeTrue())
			s.at(v1alpha1.PhasePaused, v1alpha1.ReasonPaused)
			s.act(v1alpha1.VerbResume)
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"a pause before the first step keeps it from beginning": func(s *story) {
			s.seen.Replicas["v2"] = Replicas{}
			s.decide()
			s.act(v1alpha1.VerbPause)
			s.seen.Replicas["v2"] = Replicas{Ready: 10, Wanted: 10}
			s.Expect(s.after(time.Hour).Changed).To(BeFalse())
			s.act(v1alpha1.VerbResume)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"a rollout that is not paused is not resumed": func(s *story) {
			s.atStep1()
			s.Expect(s.act(v1alpha1.VerbResume).Message).To(Equal("the rollout is not paused"))
		},
		"a rollout that is over is neither paused nor resumed nor aborted": func(s *story) {
			s.succeeded()
			s.Expect(s.act(v1alpha1.VerbPause).Message).To(Equal("no rollout is under way"))
			s.Expect(s.act(v1alpha1.VerbResume).Message).To(ContainSubstring("the rollout is over"))
			s.Expect(s.act(v1alpha1.VerbAbort).Message).To(Equal("no rollout is under way"))
		},
		"abort sends everything to stable from every state of a rollout": func(s *story) {
			for name, reach := range map[string]func(s *story){
				"before the first step": func(s *story) { s.seen.Replicas["v2"] = Replicas{}; s.decide() },
				"at a step":             (*story).atStep1,
				"awaiting approval":     (*story).atStep2,
				"paused":                func(s *story) { s.atStep1(); s.act(v1alpha1.VerbPause) },
				"suspended": func(s *story) {
					s.atStep1()
					s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = true })
				},
				"retargeting": func(s *story) {
					s.atStep1()
					s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout.To = "v3" })
				},
			} {
				s.t.Run(name, func(t *testing.T) {
					s := newStory(t)
					reach(s)
					s.Expect(s.act(v1alpha1.VerbAbort).Applied).To(BeTrue())
					s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAborted)
					s.Expect(s.split()).To(Equal("v1 100%"))
					s.Expect(s.state.Matches.Hold).To(Equal(v1alpha1.MatchesNone))
					s.Expect(s.state.RunningSince).To(BeNil())
					s.Expect(s.after(24 * time.Hour).Changed).To(BeFalse())
				})
			}
		},
		"retry starts a rollout that was rolled back from its first step": func(s *story) {
			s.rolledBack()
			s.Expect(s.act(v1alpha1.VerbRetry).Applied).To(BeTrue())
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.Expect(s.reasons()).To(Equal([]string{v1alpha1.ReasonRetried, v1alpha1.ReasonStepBegun}))
			s.Expect(s.state.Matches.Hold).To(Equal(v1alpha1.MatchesAll))
			s.Expect(s.state.EndedAt).To(BeNil())
		},
		"a retry waits until the rollback is programmed": func(s *story) {
			s.atStep1()
			s.act(v1alpha1.VerbAbort)
			s.act(v1alpha1.VerbRetry)
			s.Expect(s.split()).To(Equal("v1 100%"))
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonRetried)
			s.settle()
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"what did not fail is not retried": func(s *story) {
			s.succeeded()
			s.Expect(s.act(v1alpha1.VerbRetry).Message).To(Equal("no rollout was rolled back"))
		},
		"nothing is retried once the rollout is out of the spec": func(s *story) {
			s.rolledBack()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout = nil })
			s.Expect(s.act(v1alpha1.VerbRetry).Applied).To(BeFalse())
		},
		"an approval does not outlive a retry": func(s *story) {
			s.spec.Rollout.Steps = steps("5 approval", "25", "100")
			s.decide()
			s.settle()
			s.act(v1alpha1.VerbApprove, 1)
			s.act(v1alpha1.VerbAbort)
			s.settle()
			s.act(v1alpha1.VerbRetry)
			s.settle()
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
	})
}

func TestEveryStepIsTakenInOrder(t *testing.T) {
	s := newStory(t)
	var texts []string
	for i := range 31 {
		texts = append(texts, fmt.Sprintf("%d 1m", 3*i))
	}
	s.spec.Rollout.Steps = steps(append(texts, "100 1m")...)
	s.decide()
	for want := int32(1); want <= 32; want++ {
		s.Expect(s.state.Step.Number).To(Equal(want))
		s.settle()
		s.after(time.Minute)
	}
	s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
}
