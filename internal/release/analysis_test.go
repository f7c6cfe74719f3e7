package release

import (
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

func failures(limit int32) func(*v1alpha1.Analysis) {
	return func(a *v1alpha1.Analysis) { a.FailureLimit = &limit }
}

func noData(policy v1alpha1.OnNoData) func(*v1alpha1.Analysis) {
	return func(a *v1alpha1.Analysis) { a.OnNoData = policy }
}

func TestAnalysisWindows(t *testing.T) {
	stories(t, map[string]func(s *story){
		"nothing is judged before the split has settled": func(s *story) {
			s.analyse()
			s.Expect(s.decide().Due).To(BeNil())
			s.now = s.now.Add(time.Minute)
			s.seen.Revision, s.seen.SettledAt = 1, s.now.Add(5*time.Second)
			due := s.decide().Due
			s.Expect(due.From).To(Equal(s.seen.SettledAt))
			s.Expect(due.Until).To(Equal(s.seen.SettledAt.Add(time.Minute)))
			s.Expect(due.Interval).To(BeEquivalentTo(1))
			s.Expect(due.Target).To(BeEquivalentTo("v2"))
			s.Expect(due.Stable).To(BeEquivalentTo("v1"))
		},
		"the first thing that time brings is the end of the interval": func(s *story) {
			s.analyse()
			s.atStep1()
			s.Expect(s.last.Wake).To(Equal(s.now.Add(time.Minute)))
		},
		"while an interval waits to be judged, time brings the end of the hold": func(s *story) {
			s.analyse()
			s.atStep1()
			s.after(time.Minute)
			s.Expect(s.last.Due.Until).To(Equal(s.now))
			s.Expect(s.last.Wake).To(Equal(s.now.Add(9 * time.Minute)))
		},
		"intervals follow each other without a gap, however long judging takes": func(s *story) {
			s.analyse()
			s.atStep1()
			first := s.last.Due
			s.after(time.Minute + 20*time.Second)
			s.seen.Judged = verdicts(s.last.Due, v1alpha1.VerdictPass)
			s.decide()
			s.Expect(s.last.Due.Interval).To(BeEquivalentTo(2))
			s.Expect(s.last.Due.From).To(Equal(first.Until))
		},
		"of the intervals that nobody judged in time only the last is": func(s *story) {
			s.analyse()
			s.atStep1()
			start := s.now
			s.after(5*time.Minute + 30*time.Second)
			s.Expect(s.last.Due.From).To(Equal(start.Add(4 * time.Minute)))
			s.Expect(s.last.Due.Until).To(Equal(start.Add(5 * time.Minute)))
			s.Expect(s.last.Due.Since).To(Equal(start))
			s.Expect(s.last.Due.Interval).To(BeEquivalentTo(1))
		},
		"a result that took longer than an interval still counts": func(s *story) {
			s.analyse()
			s.atStep1()
			s.after(time.Minute)
			s.seen.Judged = verdicts(s.last.Due, v1alpha1.VerdictPass)
			s.after(3 * time.Minute)
			s.Expect(s.state.Analysis.Interval).To(BeEquivalentTo(1))
		},
		"no result counts twice": func(s *story) {
			s.analyse(failures(3))
			s.atStep1()
			s.judge(v1alpha1.VerdictFail)
			s.Expect(s.state.Analysis.Failures).To(BeEquivalentTo(1))
			s.after(30 * time.Second)
			s.Expect(s.state.Analysis.Failures).To(BeEquivalentTo(1))
		},
		"a result of another step, revision, spec or interval is ignored": func(s *story) {
			s.analyse()
			s.atStep1()
			s.after(time.Minute)
			for _, change := range []func(*Judged){
				func(j *Judged) { j.Revision++ },
				func(j *Judged) { j.Generation++ },
				func(j *Judged) { j.Step++ },
				func(j *Judged) { j.Interval++ },
				func(j *Judged) { j.Until = s.now.Add(time.Second) },
				func(j *Judged) { j.Until = s.now.Add(-time.Second) },
			} {
				s.seen.Judged = verdicts(s.last.Due, v1alpha1.VerdictFail)
				change(s.seen.Judged)
				s.Expect(s.decide().Changed).To(BeFalse())
			}
		},
		"what was measured during a pause counts for nothing": func(s *story) {
			s.analyse()
			s.atStep1()
			s.judge(v1alpha1.VerdictPass)
			s.after(time.Minute)
			late := verdicts(s.last.Due, v1alpha1.VerdictFail)
			s.act(v1alpha1.VerbPause)
			s.Expect(s.last.Due).To(BeNil(), "nothing is judged")
			s.seen.Judged = late
			s.after(time.Minute)
			s.act(v1alpha1.VerbResume)
			s.Expect(s.state.Analysis.Failures).To(BeZero())
			s.Expect(s.last.Due.From).To(Equal(s.now))
			s.Expect(s.last.Due.Since).To(Equal(s.now), "what was asked for before is of no use")
			s.Expect(s.last.Due.Interval).To(Equal(late.Interval))
		},
		"after a pause before the first result the first interval begins anew": func(s *story) {
			s.analyse()
			s.atStep1()
			s.after(30 * time.Second)
			s.act(v1alpha1.VerbPause)
			s.after(time.Minute)
			s.act(v1alpha1.VerbResume)
			s.Expect(s.last.Due.From).To(Equal(s.now))
		},
		"a suspended release is not judged": func(s *story) {
			s.analyse()
			s.atStep1()
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = true })
			s.Expect(s.last.Due).To(BeNil())
		},
		"it is judged while it waits for an approval": func(s *story) {
			s.analyse()
			s.spec.Rollout.Steps = steps("5 1m approval", "100")
			s.decide()
			s.settle()
			s.judge(v1alpha1.VerdictPass)
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
			s.judge(v1alpha1.VerdictFail)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAnalysisFailed)
		},
		"comparisons with stable are left out where stable has no share": func(s *story) {
			compare, margin := v1alpha1.CompareToStable, v1alpha1.MetricMargin("1")
			s.analyse(func(a *v1alpha1.Analysis) {
				a.Metrics = append(a.Metrics, v1alpha1.Metric{Name: "success-rate", CompareTo: &compare, MaxDrop: &margin})
			})
			s.spec.Rollout.Steps = steps("5", "100")
			s.decide()
			s.settle()
			s.Expect(s.last.Due.Metrics).To(HaveLen(3))
			s.judge(v1alpha1.VerdictPass)
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.settle()
			s.Expect(s.last.Due.Metrics).To(HaveLen(2))
		},
		"with comparisons alone, the step that leaves stable nothing is not judged": func(s *story) {
			compare, margin := v1alpha1.CompareToStable, v1alpha1.MetricMargin("1")
			s.analyse(func(a *v1alpha1.Analysis) {
				a.Metrics = []v1alpha1.Metric{{Name: "success-rate", CompareTo: &compare, MaxDrop: &margin}}
			})
			s.spec.Rollout.Steps = steps("100")
			s.decide()
			s.settle()
			s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
		},
	})
}

func TestAnalysisVerdicts(t *testing.T) {
	stories(t, map[string]func(s *story){
		"a step is over when it was held and the last interval passed": func(s *story) {
			s.analyse()
			s.atStep1()
			for range 9 {
				s.judge(v1alpha1.VerdictPass)
			}
			s.after(time.Minute)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"), "the interval that ended with the hold is not judged yet")
			s.seen.Judged = verdicts(s.last.Due, v1alpha1.VerdictPass)
			s.decide()
			s.Expect(s.split()).To(ContainSubstring("v2 25%"))
			s.Expect(s.state.Analysis).To(BeNil(), "the next step counts from zero")
		},
		"a step without hold waits for one interval that passes": func(s *story) {
			s.analyse()
			s.spec.Rollout.Steps = steps("5", "100")
			s.decide()
			s.settle()
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.judge(v1alpha1.VerdictPass)
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"the last step is judged too": func(s *story) {
			s.analyse()
			s.spec.Rollout.Steps = steps("100")
			s.decide()
			s.settle()
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.judge(v1alpha1.VerdictFail)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAnalysisFailed)
		},
		"the first failed interval rolls back when no limit is set": func(s *story) {
			s.analyse()
			s.atStep1()
			s.judge(v1alpha1.VerdictFail)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAnalysisFailed)
			s.Expect(s.split()).To(Equal("v1 100%"))
			s.Expect(s.state.Message).To(Equal("1 of 1 intervals of step 1 failed: success-rate is 42 (it is not as it should be); latency-p99 is 42 (it is not as it should be)"))
			s.Expect(s.state.Analysis.Metrics[0].Query).To(Equal("query of success-rate"), "the evidence stays")
			s.Expect(s.state.History[len(s.state.History)-1].Message).To(ContainSubstring("success-rate is 42"))
		},
		"fewer failed intervals than the limit delay the step": func(s *story) {
			s.analyse(failures(3))
			s.spec.Rollout.Steps = steps("5", "100")
			s.decide()
			s.settle()
			s.judge(v1alpha1.VerdictFail)
			s.judge(v1alpha1.VerdictFail)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.judge(v1alpha1.VerdictPass)
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"failures of one step add up, in a row or not": func(s *story) {
			s.analyse(failures(3))
			s.atStep1()
			for _, outcome := range []v1alpha1.Verdict{v1alpha1.VerdictFail, v1alpha1.VerdictPass, v1alpha1.VerdictFail, v1alpha1.VerdictPass} {
				s.judge(outcome)
			}
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.Expect(s.state.Analysis.Metrics[1].Failures).To(BeEquivalentTo(2))
			s.judge(v1alpha1.VerdictFail)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAnalysisFailed)
			s.Expect(s.state.Message).To(HavePrefix("3 of 5 intervals of step 1 failed"))
		},
		"with onFailure Pause the split stays, and resuming gives another chance": func(s *story) {
			s.analyse(failures(2))
			s.spec.Rollout.OnFailure = v1alpha1.OnFailurePause
			s.atStep1()
			s.judge(v1alpha1.VerdictFail)
			s.judge(v1alpha1.VerdictFail)
			s.at(v1alpha1.PhasePaused, v1alpha1.ReasonAnalysisFailed)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.Expect(s.state.Pause.By).To(Equal("kubemate"))
			s.act(v1alpha1.VerbResume)
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.judge(v1alpha1.VerdictFail)
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.judge(v1alpha1.VerdictFail)
			s.at(v1alpha1.PhasePaused, v1alpha1.ReasonAnalysisFailed)
		},
		"errors pause after five in a row, and never roll back": func(s *story) {
			s.analyse()
			s.atStep1()
			for range 4 {
				s.judge(v1alpha1.VerdictError)
				s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			}
			s.judge(v1alpha1.VerdictError)
			s.at(v1alpha1.PhasePaused, v1alpha1.ReasonAnalysisError)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.act(v1alpha1.VerbResume)
			s.judge(v1alpha1.VerdictError)
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.Expect(s.state.Analysis.Errors).To(BeEquivalentTo(1))
		},
		"resuming after errors does not forgive failures": func(s *story) {
			two := int32(2)
			s.analyse(failures(2), func(a *v1alpha1.Analysis) { a.ErrorLimit = &two })
			s.atStep1()
			s.judge(v1alpha1.VerdictFail)
			s.judge(v1alpha1.VerdictError)
			s.judge(v1alpha1.VerdictError)
			s.at(v1alpha1.PhasePaused, v1alpha1.ReasonAnalysisError)
			s.act(v1alpha1.VerbResume)
			s.judge(v1alpha1.VerdictFail)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAnalysisFailed)
		},
		"an interval without an error ends the row of errors": func(s *story) {
			s.analyse()
			s.atStep1()
			for range 3 {
				s.judge(v1alpha1.VerdictError)
			}
			s.judge(v1alpha1.VerdictNoData)
			s.Expect(s.state.Analysis.Errors).To(BeZero())
			s.Expect(s.state.Analysis.Metrics[0].Errors).To(BeEquivalentTo(3))
		},
		"an error is never a pass": func(s *story) {
			s.analyse()
			s.spec.Rollout.Steps = steps("5", "100")
			s.decide()
			s.settle()
			s.judge(v1alpha1.VerdictError)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
		},
		"a metric without a verdict ended in an error": func(s *story) {
			s.analyse()
			s.atStep1()
			s.after(time.Minute)
			s.seen.Judged = verdicts(s.last.Due, v1alpha1.VerdictPass)
			s.seen.Judged.Verdicts = s.seen.Judged.Verdicts[:1]
			s.decide()
			s.Expect(s.state.Analysis.Verdict).To(Equal(v1alpha1.VerdictError))
			s.Expect(s.state.Analysis.Metrics[1].Message).To(Equal("it was not measured"))
		},
		"a verdict that is no verdict is an error": func(s *story) {
			s.analyse()
			s.atStep1()
			s.judge("Perhaps")
			s.Expect(s.state.Analysis.Verdict).To(Equal(v1alpha1.VerdictError))
			s.Expect(s.state.Analysis.Metrics[0].Verdict).To(Equal(v1alpha1.VerdictError))
		},
		"no data holds the step until there is some": func(s *story) {
			s.analyse()
			s.spec.Rollout.Steps = steps("5", "100")
			s.decide()
			s.settle()
			for range 10 {
				s.judge(v1alpha1.VerdictNoData)
			}
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.Expect(s.state.Analysis.Metrics[0].NoData).To(BeEquivalentTo(10))
			s.judge(v1alpha1.VerdictPass)
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"with onNoData Fail an interval without data has failed": func(s *story) {
			s.analyse(noData(v1alpha1.OnNoDataFail))
			s.atStep1()
			s.judge(v1alpha1.VerdictNoData)
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAnalysisFailed)
		},
		"with onNoData Pass an interval without data has passed": func(s *story) {
			s.analyse(noData(v1alpha1.OnNoDataPass))
			s.spec.Rollout.Steps = steps("5", "100")
			s.decide()
			s.settle()
			s.judge(v1alpha1.VerdictNoData)
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.Expect(s.state.Analysis).To(BeNil())
		},
		"one metric that fails decides, whatever the others say": func(s *story) {
			s.analyse()
			s.atStep1()
			s.after(time.Minute)
			s.seen.Judged = verdicts(s.last.Due, v1alpha1.VerdictError)
			s.seen.Judged.Verdicts[0].Outcome = v1alpha1.VerdictFail
			s.decide()
			s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAnalysisFailed)
		},
		"one metric without data outweighs those that passed": func(s *story) {
			s.analyse()
			s.atStep1()
			s.after(time.Minute)
			s.seen.Judged = verdicts(s.last.Due, v1alpha1.VerdictPass)
			s.seen.Judged.Verdicts[0].Outcome = v1alpha1.VerdictNoData
			s.decide()
			s.Expect(s.state.Analysis.Verdict).To(Equal(v1alpha1.VerdictNoData))
		},
		"a dry run is shown and counts for nothing": func(s *story) {
			s.analyse(func(a *v1alpha1.Analysis) { a.Metrics[0].DryRun, a.Metrics[1].DryRun = true, true })
			s.spec.Rollout.Steps = steps("5", "100")
			s.decide()
			s.settle()
			s.after(time.Minute)
			s.seen.Judged = verdicts(s.last.Due, v1alpha1.VerdictFail)
			s.seen.Judged.Verdicts[1].Outcome = v1alpha1.VerdictError
			d := s.decide()
			s.Expect(s.split()).To(Equal("v2 100%"))
			s.Expect(d.Transitions[0].Reason).To(Equal(v1alpha1.ReasonStepBegun))
		},
		"metrics that the spec no longer has are forgotten": func(s *story) {
			s.analyse(failures(9))
			s.atStep1()
			s.judge(v1alpha1.VerdictFail)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) {
				spec.Rollout.Analysis.Metrics = spec.Rollout.Analysis.Metrics[1:]
			})
			s.judge(v1alpha1.VerdictFail)
			s.Expect(s.state.Analysis.Metrics).To(HaveLen(1))
			s.Expect(s.state.Analysis.Metrics[0].Failures).To(BeEquivalentTo(2))
		},
		"an analysis that is taken out of the spec is waited for no longer": func(s *story) {
			s.analyse(failures(9))
			s.spec.Rollout.Steps = steps("5", "100")
			s.decide()
			s.settle()
			s.judge(v1alpha1.VerdictFail)
			s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout.Analysis = nil })
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"when an interval fails while the approval is missing, the approval alone does not let it go on": func(s *story) {
			s.analyse(failures(2))
			s.spec.Rollout.Steps = steps("5 approval", "100")
			s.decide()
			s.settle()
			s.judge(v1alpha1.VerdictPass)
			s.judge(v1alpha1.VerdictFail)
			s.at(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval)
			s.act(v1alpha1.VerbApprove, 1)
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonStepBegun)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.judge(v1alpha1.VerdictPass)
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"an approval while an interval waits to be judged waits for the verdict": func(s *story) {
			s.analyse()
			s.spec.Rollout.Steps = steps("5 approval", "100")
			s.decide()
			s.settle()
			s.judge(v1alpha1.VerdictPass)
			s.after(time.Minute)
			s.act(v1alpha1.VerbApprove, 1)
			s.Expect(s.split()).To(ContainSubstring("v2 5%"))
			s.judge(v1alpha1.VerdictPass)
			s.Expect(s.split()).To(Equal("v2 100%"))
		},
		"what the variants were observed to have is that of the last interval of the present step": func(s *story) {
			s.analyse()
			s.atStep1()
			s.after(time.Minute)
			s.seen.Judged = verdicts(s.last.Due, v1alpha1.VerdictPass)
			s.seen.Judged.Observed = []v1alpha1.ReleaseShare{{Variant: "v1", Share: 948}, {Variant: "v2", Share: 52}}
			s.decide()
			s.Expect(s.state.Analysis.Observed).To(Equal(s.seen.Judged.Observed))
			s.judge(v1alpha1.VerdictNoData)
			s.Expect(s.state.Analysis.Observed).To(BeEmpty(), "nothing was counted in the interval after it")
		},
		"waiting for pods is one event, though the analysis goes on": func(s *story) {
			s.analyse()
			s.spec.Rollout.Steps = steps("5", "100")
			s.decide()
			s.settle()
			s.seen.Replicas["v2"] = Replicas{Ready: 1, Wanted: 10}
			s.judge(v1alpha1.VerdictPass)
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonInsufficientCapacity)
			events := len(s.state.History)
			for range 3 {
				s.judge(v1alpha1.VerdictPass)
			}
			s.at(v1alpha1.PhaseProgressing, v1alpha1.ReasonInsufficientCapacity)
			s.Expect(s.state.History).To(HaveLen(events))
		},
	})
}
