package release

import (
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// told is what people read.
func (s *story) told() string {
	words := Explain(s.spec, s.state, s.seen.SettledAt)
	if s.state != nil && s.seen.Revision != s.state.Revision {
		words = Explain(s.spec, s.state, time.Time{})
	}
	return string(words.Phase) + " | " + words.Step + " | " + words.Next + " | " + words.Explanation
}

func TestExplain(t *testing.T) {
	for name, c := range map[string]struct {
		reach func(s *story)
		told  string
	}{
		"weights by hand": {(*story).byHand, "Manual |  |  | the weights are set by hand"},
		"a step that is not programmed": {
			func(s *story) { s.decide() },
			"Progressing | 1/3 | step 2 (25%) | step 1 of 3 gives v2 5%; it begins to count when mesh and edge have followed and is held for 10m0s, then comes step 2 (25%)",
		},
		"a step that is held": {
			(*story).atStep1,
			"Progressing | 1/3 | step 2 (25%), 11-22 12:10 UTC | step 1 of 3 gives v2 5% until 2026-11-22 12:10:00 UTC; then comes step 2 (25%)",
		},
		"a step that was paused meanwhile": {
			func(s *story) {
				s.atStep1()
				s.after(4 * time.Minute)
				s.act(v1alpha1.VerbPause)
				s.after(time.Hour)
				s.act(v1alpha1.VerbResume)
			},
			"Progressing | 1/3 | step 2 (25%), 11-22 13:10 UTC | step 1 of 3 gives v2 5% until 2026-11-22 13:10:00 UTC; then comes step 2 (25%)",
		},
		"a step that needs an approval later": {
			func(s *story) {
				s.spec.Rollout.Steps = steps("5 10m approval", "100")
				s.decide()
				s.settle()
			},
			"Progressing | 1/2 | an approval, then step 2 (100%), 11-22 12:10 UTC | " +
				"step 1 of 2 gives v2 5% until 2026-11-22 12:10:00 UTC; then comes an approval, then step 2 (100%)",
		},
		"a step that is judged": {
			func(s *story) { s.analyse(failures(2)); s.atStep1() },
			"Progressing | 1/3 | step 2 (25%), 11-22 12:10 UTC at best | step 1 of 3 gives v2 5% until 2026-11-22 12:10:00 UTC, and until the analysis passes (no interval is judged yet); then comes step 2 (25%)",
		},
		"a step that passes": {
			func(s *story) { s.analyse(failures(2)); s.atStep1(); s.judge(v1alpha1.VerdictPass) },
			"Progressing | 1/3 | step 2 (25%), 11-22 12:10 UTC at best | step 1 of 3 gives v2 5% until 2026-11-22 12:10:00 UTC, and until the analysis passes (it passes so far); then comes step 2 (25%)",
		},
		"a step without data": {
			func(s *story) { s.analyse(failures(2)); s.atStep1(); s.judge(v1alpha1.VerdictNoData) },
			"Progressing | 1/3 | step 2 (25%), 11-22 12:10 UTC at best | step 1 of 3 gives v2 5% until 2026-11-22 12:10:00 UTC, and until the analysis passes " +
				"(the last interval ended in NoData, success-rate is 42 (it is not as it should be); latency-p99 is 42 (it is not as it should be)); then comes step 2 (25%)",
		},
		"a step that was promoted": {
			func(s *story) {
				s.analyse()
				s.atStep1()
				s.seen.Replicas["v2"] = Replicas{Ready: 1, Wanted: 1}
				s.act(v1alpha1.VerbPromote, 1)
				s.state.Reason = v1alpha1.ReasonStepBegun
			},
			"Progressing | 1/3 | step 2 (25%) | step 1 of 3 gives v2 5%; its hold and analysis were ended by a person, now comes step 2 (25%)",
		},
		"the last step": {
			func(s *story) { s.spec.Rollout.Steps = steps("100 10m"); s.decide(); s.settle() },
			"Progressing | 1/1 | the end, 11-22 12:10 UTC | step 1 of 1 gives v2 100% until 2026-11-22 12:10:00 UTC; then comes the end",
		},
		"a missing approval": {
			(*story).atStep2,
			"AwaitingApproval | 2/3 | approve step 2 | step 2 of 3 is over and waits for an approval; then comes step 3 (100%)",
		},
		"too few pods": {
			func(s *story) { s.seen.Replicas["v2"] = Replicas{}; s.decide() },
			"Progressing | 0/3 | step 1 (5%) with more pods | step 1 (5%) waits for ready replicas: v2 has 0 of 1 ready replicas that 5% need",
		},
		"a release that is not accepted": {
			func(s *story) { s.seen.Held = "no such Deployment"; s.decide() },
			"Progressing | 0/3 | step 1 (5%) when accepted | step 1 (5%) waits: the release is not accepted, so it keeps what it has: no such Deployment",
		},
		"a pause": {
			func(s *story) { s.atStep1(); s.act(v1alpha1.VerbPause) },
			"Paused | 1/3 | Resume or Abort | the rollout to v2 is paused: paused by alice: CHG-7; the split stays until the action Resume or Abort",
		},
		"a suspended rollout": {
			func(s *story) { s.spec.Suspend = true; s.decide() },
			"Suspended | 0/3 | when suspended no longer | the rollout to v2 is suspended: spec.suspend is true; the split stays, and step 1 (5%) comes when that is over",
		},
		"a new target": {
			func(s *story) { s.atStep1(); s.edit(to("v3")) },
			"Retargeting | 0/3 | step 1 (5%) | the rollout to v2 is left for one to v3: first the match rules of v2 go; once that is programmed comes step 1 (5%)",
		},
		"a rollout that starts again": {
			func(s *story) { s.atStep1(); s.act(v1alpha1.VerbAbort); s.act(v1alpha1.VerbRetry) },
			"Progressing | 0/3 | step 1 (5%) | the rollout to v2 begins with step 1 (5%) as soon as the present split is programmed",
		},
		"a success": {
			(*story).succeeded,
			"Succeeded |  |  | the rollout to v2 succeeded: v2 has all requests and is stable; another rollout.to starts the next",
		},
		"a success whose rollout was taken out of the spec": {
			func(s *story) { s.succeeded(); s.edit(noRollout) },
			"Succeeded |  |  | the rollout to v2 succeeded: v2 has all requests and is stable; the split stays until the weights by hand are edited, or until the action Resume",
		},
		"a rollback": {
			(*story).rolledBack,
			"RolledBack |  | Retry, or another rollout.to | the rollout to v2 was rolled back and v1 has all requests: aborted by alice: CHG-7; the action Retry or another rollout.to starts a rollout",
		},
		"the kill switch on weights by hand": {
			func(s *story) { s.byHand(); s.seen.KillSwitch = v1alpha1.KillSwitchNamespace; s.decide() },
			"Stopped |  | Resume, or an edit | v1 has all requests: the kill switch of the namespace is on; once it is off, the weights by hand take effect with the next edit of the spec or the action Resume",
		},
		"fewer steps than were taken": {
			func(s *story) {
				s.atStep2()
				s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout.Steps = steps("100") })
			},
			"AwaitingApproval | 2/2 | approve step 2 | step 2 of 3 is over and waits for an approval; then comes step 1 (100%)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t)
			c.reach(s)
			s.Expect(s.told()).To(Equal(c.told))
			before := s.told()
			s.now = s.now.Add(time.Hour)
			s.Expect(s.told()).To(Equal(before), "time alone changes no words")
		})
	}
}
