package release

import (
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// Tests that faults made by a tool showed to be missing (make mutants).

func TestActionsThatComeEarly(t *testing.T) {
	stories(t, map[string]func(s *story){
		"an action on a spec that is not seen yet waits, and keeps no later one waiting": func(s *story) {
			s.atStep1()
			early, pause := s.action(v1alpha1.VerbAbort), s.action(v1alpha1.VerbPause)
			early.Generation++
			s.seen.Actions = append(s.seen.Actions, early)
			s.Expect(s.do(pause).Applied).To(BeTrue())
			s.at(v1alpha1.PhasePaused, v1alpha1.ReasonPaused)
		},
	})
}

func TestMetricsSideBySide(t *testing.T) {
	compared := v1alpha1.CompareToStable
	stories(t, map[string]func(s *story){
		"an interval that is none asks for nothing": func(s *story) {
			s.analyse(func(a *v1alpha1.Analysis) { a.Interval = "0s" })
			s.atStep1()
			s.after(time.Minute)
			s.Expect(s.last.Due).To(BeNil())
		},
		"a metric in dry run hides none of those after it": func(s *story) {
			s.analyse(func(a *v1alpha1.Analysis) { a.Metrics[0].DryRun = true })
			s.atStep1()
			s.judge(v1alpha1.VerdictFail)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAnalysisFailed)
			s.Expect(s.state.Message).To(HaveSuffix("failed: latency-p99 is 42 (it is not as it should be)"), "only what counts is told")
		},
		"metrics that passed are not told of when another fails": func(s *story) {
			s.analyse()
			s.atStep1()
			s.after(time.Minute)
			s.seen.Judged = verdicts(s.last.Due, v1alpha1.VerdictFail)
			s.seen.Judged.Verdicts[0].Outcome = v1alpha1.VerdictPass
			s.decide()
			s.Expect(s.state.Message).To(HaveSuffix("failed: latency-p99 is 42 (it is not as it should be)"))
		},
		"each metric counts its own failures, with bounds and compared apart": func(s *story) {
			s.analyse(failures(9), func(a *v1alpha1.Analysis) { a.Metrics[1].Name, a.Metrics[1].CompareTo = a.Metrics[0].Name, &compared })
			s.atStep1()
			for n := range 4 {
				s.after(time.Minute)
				s.seen.Judged = verdicts(s.last.Due, v1alpha1.VerdictPass)
				s.seen.Judged.Verdicts[n%2].Outcome = v1alpha1.VerdictFail
				s.decide()
			}
			s.Expect(s.state.Analysis.Metrics[0].Failures).To(BeEquivalentTo(2))
			s.Expect(s.state.Analysis.Metrics[1].Failures).To(BeEquivalentTo(2))
		},
		"a failed comparison is told as one": func(s *story) {
			s.analyse(func(a *v1alpha1.Analysis) { a.Metrics[0].CompareTo = &compared })
			s.atStep1()
			s.judge(v1alpha1.VerdictFail)
			s.Expect(s.state.Message).To(ContainSubstring("failed: success-rate compared with stable is 42 (it is not as it should be); latency-p99"))
		},
	})
}

func TestSpecsWithoutRollout(t *testing.T) {
	stories(t, map[string]func(s *story){
		"a release that keeps its end without a rollout knows the newest spec": func(s *story) {
			s.succeeded()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout = nil })
			s.Expect(s.state.ObservedGeneration).To(Equal(s.gen))
		},
		"a rollout that was removed is told of until that is decided on": func(s *story) {
			s.atStep1()
			s.spec = s.spec.DeepCopy()
			s.spec.Rollout = nil
			s.Expect(s.told()).To(ContainSubstring("then comes the end"))
		},
	})
}

func TestWhatIsWrittenDown(t *testing.T) {
	stories(t, map[string]func(s *story){
		"a transition that moves no requests names no split": func(s *story) {
			s.decide()
			s.Expect(s.state.History[0].Reason).To(Equal(v1alpha1.ReasonStarted))
			s.Expect(s.state.History[0].From + s.state.History[0].To).To(BeEmpty())
		},
		"a text as long as the bound stays whole, a longer one ends in dots": func(s *story) {
			s.Expect(shorten("größe", 5)).To(Equal("größe"))
			s.Expect(shorten("größer", 5)).To(Equal("größ…"))
		},
		"when the hold is over and the metrics are awaited, time brings nothing": func(s *story) {
			s.analyse()
			s.atStep1()
			s.after(10 * time.Minute)
			s.Expect(s.last.Wake).To(BeZero())
		},
		"a rollout that was paused before its first step goes on as one that has started": func(s *story) {
			s.succeeded()
			s.seen.SettledAt = s.now.Add(time.Minute)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout.To = "v3" })
			s.act(v1alpha1.VerbPause)
			s.act(v1alpha1.VerbResume)
			s.Expect(s.state.Step).To(BeNil())
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStarted)
		},
	})
}
