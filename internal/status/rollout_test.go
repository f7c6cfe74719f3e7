package status

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// rollout is a release at step 1 of 2, whose decision is revision 4 of the present generation.
func rollout(change ...func(*v1alpha1.ReleaseStatus)) *v1alpha1.CanaryRelease {
	object := canary(0, 0)
	object.Spec.Variants[0].Weight, object.Spec.Variants[1].Weight = nil, nil
	object.Spec.Rollout = &v1alpha1.Rollout{To: "v2", Steps: []v1alpha1.RolloutStep{{Weight: intstr.FromInt32(5)}, {Weight: intstr.FromInt32(100)}}}
	decision := &v1alpha1.ReleaseStatus{
		ObservedGeneration: 7, Revision: 4, Phase: v1alpha1.PhaseProgressing, Reason: v1alpha1.ReasonStepBegun, To: "v2",
		Split: []v1alpha1.ReleaseShare{{Variant: "v1", Share: 950}, {Variant: "v2", Share: 50}},
		Step:  &v1alpha1.ReleaseStep{Number: 1, Weight: 50, Hold: metav1.Duration{Duration: 10 * time.Minute}, BeganAt: metav1.NewMicroTime(noon)},
	}
	running := metav1.NewMicroTime(noon)
	decision.RunningSince = &running
	for _, one := range change {
		one(decision)
	}
	object.Status.Release = decision
	object.Status.Programmed = &v1alpha1.ProgrammedRevision{Revision: 3, Since: metav1.NewMicroTime(noon.Add(-time.Hour))}
	return object
}

// split is the input of a namespace in which 95 to 5 stand, stored in the service's group and in a profile's.
func split(change ...func(*Input)) Input {
	in := stored(95, 5)
	in.Plan.Model.Services[0].Backends = []model.Backend{
		{Variant: "v1", Service: leaf("v1"), Ready: true, Stable: true}, {Variant: "v2", Service: leaf("v2"), Ready: true},
	}
	in.Plan.Groups[0].Settle = 2 * time.Second
	edge := in.Plan.Groups[0]
	edge.Key, edge.Settle = "profile.shop", 3*time.Second
	in.Plan.Groups = append(in.Plan.Groups, edge)
	in.Results = map[string]apply.Result{
		"service.orders": {State: apply.Done, Since: noon.Add(time.Second)}, "profile.shop": {State: apply.Done, Since: noon.Add(2 * time.Second)},
	}
	for _, one := range change {
		one(&in)
	}
	return in
}

func TestProgrammedRevision(t *testing.T) {
	for name, test := range map[string]struct {
		release *v1alpha1.CanaryRelease
		in      Input
		want    int64
	}{
		"a decision is programmed when mesh and edge have stored it": {rollout(), split(), 4},
		"not while the edge is being written": {
			rollout(), split(func(in *Input) { in.Results["profile.shop"] = apply.Result{State: apply.Pending} }), 3,
		},
		"not while a write of the mesh is refused": {
			rollout(), split(func(in *Input) { in.Results["service.orders"] = apply.Result{State: apply.Failed} }), 3,
		},
		"not while nothing is known of a group": {rollout(), split(func(in *Input) { in.Results = nil }), 3},
		"not while nothing carries the split": {
			rollout(), split(func(in *Input) { in.Plan.Groups[0].Objects[0].Retain = nil; in.Plan.Groups = in.Plan.Groups[:1] }), 3,
		},
		"not while stable answers in the target's place": {
			rollout(), split(func(in *Input) { in.Plan.Model.Services[0].Backends[1].Ready = false }), 3,
		},
		"not while the last good split stays for want of a healthy stable": {
			rollout(), split(func(in *Input) {
				in.Plan.Waiting = map[model.Origin]plan.Waiting{origin: {Reason: v1alpha1.ReasonNoHealthyBackend}}
			}), 3,
		},
		"not while the release is refused": {
			rollout(), split(func(in *Input) { in.Plan.Problems = model.Problems{{Origin: origin, Reason: v1alpha1.ReasonInvalid}} }), 3,
		},
		"another variant without pods is no reason": {
			rollout(), split(func(in *Input) {
				in.Plan.Model.Services[0].Backends = append(in.Plan.Model.Services[0].Backends, model.Backend{Variant: "v3"})
			}), 4,
		},
		"a split without the target needs no target": {
			rollout(func(d *v1alpha1.ReleaseStatus) { d.Split = d.Split[:1] }),
			split(func(in *Input) { in.Plan.Model.Services[0].Backends[1].Ready = false }), 4,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := New(test.in).Release(test.release).Programmed
			if got == nil || got.Revision != test.want {
				t.Fatalf("programmed is %+v, want revision %d", got, test.want)
			}
			if test.want == 4 && !got.Since.Time.Equal(noon.Add(2*time.Second)) {
				t.Errorf("since %s, not since the last of the groups was stored", got.Since)
			}
		})
	}
}

func TestARevisionIsProgrammedOnce(t *testing.T) {
	object := rollout()
	object.Status.Programmed.Revision = 4
	before := *object.Status.Programmed
	for _, in := range []Input{split(), split(func(in *Input) { in.Results = nil })} {
		if got := New(in).Release(object).Programmed; *got != before {
			t.Errorf("a foreign edit or a restart turned the clock back: %+v", got)
		}
	}
}

func TestAStatusIsNeverAheadOfTheDecision(t *testing.T) {
	object := rollout()
	object.Status = New(split()).Release(object)
	object.Status.Release = rollout().Status.Release
	object.Generation = 8
	refused := split(func(in *Input) { in.Plan.Problems = model.Problems{{Origin: origin, Reason: v1alpha1.ReasonInvalid}} })
	for _, in := range []Input{split(), refused} {
		if got := New(in).Release(object); !reflect.DeepEqual(got, Own(object.Status)) {
			t.Errorf("the status changed before the decision: %+v", got)
		}
	}
}

func TestSettleIsThatOfTheSlowestSide(t *testing.T) {
	if got := New(split()).Settle(rollout()); got != 3*time.Second {
		t.Errorf("settles in %s", got)
	}
}

func TestOutlook(t *testing.T) {
	set := func(phase v1alpha1.ReleasePhase, reason, message string) func(*v1alpha1.ReleaseStatus) {
		return func(d *v1alpha1.ReleaseStatus) { d.Phase, d.Reason, d.Message = phase, reason, message }
	}
	for name, test := range map[string]struct {
		change             func(*v1alpha1.ReleaseStatus)
		ready, explanation string
	}{
		"a step that goes on": {func(*v1alpha1.ReleaseStatus) {}, "!StepBegun", "until 2026-11-22 12:10:05 UTC"},
		"waiting for an approval is ready, and no progress": {
			set(v1alpha1.PhaseAwaitingApproval, v1alpha1.ReasonAwaitingApproval, "step 1 waits"), "AwaitingApproval", "step 1 waits",
		},
		"too few pods": {
			set(v1alpha1.PhaseProgressing, v1alpha1.ReasonInsufficientCapacity, "v2 has 1 of 4 ready replicas"), "!InsufficientCapacity", "v2 has 1 of 4",
		},
		"a person's pause is ready":     {set(v1alpha1.PhasePaused, v1alpha1.ReasonPaused, "lunch"), "Paused", "lunch"},
		"a pause after errors is not":   {set(v1alpha1.PhasePaused, v1alpha1.ReasonAnalysisError, "Prometheus is down"), "!AnalysisError", "Prometheus is down"},
		"a suspended rollout is ready":  {set(v1alpha1.PhaseSuspended, v1alpha1.ReasonSuspended, "spec.suspend is true"), "Suspended", "spec.suspend is true"},
		"a success is ready":            {set(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded, "the rollout to v2 succeeded"), "Ready", "the rollout to v2 succeeded"},
		"a rollback is not":             {set(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAnalysisFailed, "2 of 3 failed"), "!AnalysisFailed", "2 of 3 failed"},
		"a release that is stopped not": {set(v1alpha1.PhaseStopped, v1alpha1.ReasonKillSwitch, "the kill switch is on"), "!KillSwitch", "the kill switch is on"},
		"a split that is not in force says what it waits for": {
			func(d *v1alpha1.ReleaseStatus) { d.Revision = 5 }, "!WriteFailed", "not in force yet: quota exceeded",
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := split()
			if strings.HasPrefix(test.ready, "!WriteFailed") {
				in.Results["profile.shop"] = apply.Result{State: apply.Failed, Reason: v1alpha1.ReasonWriteFailed, Message: "quota exceeded"}
			}
			status := New(in).Release(rollout(test.change))
			if got := reasonOf(status.Conditions, v1alpha1.ConditionReady); got != test.ready {
				t.Errorf("Ready is %s, want %s", got, test.ready)
			}
			if !strings.Contains(status.Explanation, test.explanation) {
				t.Errorf("explanation is %q, want %q", status.Explanation, test.explanation)
			}
			if ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady); ready.Message == "" || status.Release != nil {
				t.Errorf("a condition without words, or a decision in the status of the namespace controller: %+v", status)
			}
		})
	}
}
