package status

import (
	"reflect"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

var (
	origin = model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: "orders"}
	noon   = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

// leaf is the name of a variant's leaf Service.
func leaf(variant string) string { return compose.LeafName("shop", "orders", variant) }

// canary shares orders out by weight.
func canary(v1, v2 int32) *v1alpha1.CanaryRelease {
	return &v1alpha1.CanaryRelease{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "orders", Generation: 7},
		Spec: v1alpha1.CanaryReleaseSpec{
			Service: v1alpha1.ReleaseService{Name: "orders"}, Stable: "v1",
			Variants: []v1alpha1.Variant{{Name: "v1", Weight: &v1}, {Name: "v2", Weight: &v2}},
		},
	}
}

// stored is the input of a namespace in which the release's split stands.
func stored(v1, v2 int32) Input {
	return Input{
		Now: noon,
		Plan: plan.Plan{
			Namespace: "shop",
			Groups:    []plan.Group{{Key: "service.orders", Objects: []driver.Object{{Origins: []model.Origin{origin}, Retain: &model.Retain{Service: "orders"}}}}},
			Model: model.Namespace{Services: []model.Service{{
				Name: "orders", Retain: &model.Retain{},
				Routes: []model.Route{{Split: []model.Share{{Backend: leaf("v1"), Weight: v1}, {Backend: leaf("v2"), Weight: v2}}}},
			}}},
		},
		Results:   map[string]apply.Result{"service.orders": {State: apply.Done}},
		Endpoints: map[string]compose.Endpoints{leaf("v1"): {Ready: 1, Total: 1}},
	}
}

func with(in Input, change func(*Input)) Input {
	change(&in)
	return in
}

func TestConditions(t *testing.T) {
	refusal := model.Problem{Origin: model.Origin{Kind: origin.Kind, Name: origin.Name, Path: "spec.stable"}, Reason: v1alpha1.ReasonInvalid, Message: "no"}
	advice := model.Problem{Origin: origin, Reason: v1alpha1.ReasonPartiallySupported, Message: "without retries", Advisory: true}
	for name, test := range map[string]struct {
		in                          Input
		accepted, programmed, ready string
		message                     string
	}{
		"all is well": {stored(9, 1), "Accepted", "Stored", "Ready", "all generated objects are stored"},
		"a refusal holds what was never programmed": {
			with(stored(9, 1), func(in *Input) { in.Plan.Problems = model.Problems{refusal} }), "!Invalid", "!Held", "!Invalid", "spec.stable: no",
		},
		"advice is no refusal": {
			with(stored(9, 1), func(in *Input) { in.Plan.Problems = model.Problems{advice} }), "PartiallySupported", "Stored", "Ready", "without retries",
		},
		"a refusal is said before advice": {
			with(stored(9, 1), func(in *Input) { in.Plan.Problems = model.Problems{advice, refusal} }), "!Invalid", "!Held", "!Invalid",
			"spec.stable: no (and 1 more, see status.problems)",
		},
		"a group that is being written": {
			with(stored(9, 1), func(in *Input) { in.Results = nil }), "Accepted", "!Pending", "!Pending", "generated objects are being written",
		},
		"a write that failed": {
			with(stored(9, 1), func(in *Input) {
				in.Results = map[string]apply.Result{"service.orders": {State: apply.Failed, Reason: v1alpha1.ReasonWriteFailed, Message: "quota"}}
			}), "Accepted", "!WriteFailed", "!WriteFailed", "quota",
		},
		"a group that failed elsewhere is not ours": {
			with(stored(9, 1), func(in *Input) {
				in.Results["service.web"] = apply.Result{State: apply.Failed, Reason: v1alpha1.ReasonWriteFailed}
			}), "Accepted", "Stored", "Ready", "",
		},
		"a part that waits": {
			with(stored(9, 1), func(in *Input) {
				in.Plan.Waiting = map[model.Origin]plan.Waiting{origin: {Reason: v1alpha1.ReasonNoHealthyBackend, Message: "stable is empty"}}
			}), "Accepted", "!NoHealthyBackend", "!NoHealthyBackend", "stable is empty",
		},
		"an object shared with something that is held": {
			with(stored(9, 1), func(in *Input) {
				in.Results = map[string]apply.Result{"service.orders": {State: apply.Held, Reason: v1alpha1.ReasonHeld, Message: "stays"}}
			}), "Accepted", "!Held", "!Held", "stays",
		},
	} {
		t.Run(name, func(t *testing.T) {
			status := New(test.in).Release(canary(9, 1))
			for condition, want := range map[string]string{
				v1alpha1.ConditionAccepted: test.accepted, v1alpha1.ConditionProgrammed: test.programmed, v1alpha1.ConditionReady: test.ready,
			} {
				if got := reasonOf(status.Conditions, condition); got != want {
					t.Errorf("%s is %s, want %s", condition, got, want)
				}
			}
			ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
			if test.message != "" && ready.Message != test.message {
				t.Errorf("message is %q, want %q", ready.Message, test.message)
			}
			if status.ObservedGeneration != 7 || ready.ObservedGeneration != 7 {
				t.Errorf("observedGeneration is %d and %d, want 7", status.ObservedGeneration, ready.ObservedGeneration)
			}
		})
	}
}

func reasonOf(conditions []metav1.Condition, condition string) string {
	found := meta.FindStatusCondition(conditions, condition)
	if found == nil {
		return ""
	}
	if found.Status != metav1.ConditionTrue {
		return "!" + found.Reason
	}
	return found.Reason
}

func TestNothingFlaps(t *testing.T) {
	first := canary(9, 1)
	first.Status = New(stored(9, 1)).Release(first)
	later := stored(9, 1)
	later.Now = noon.Add(time.Hour)
	if again := New(later).Release(first); !reflect.DeepEqual(again, first.Status) {
		t.Errorf("the same comes out differently an hour later:\n%+v\n%+v", first.Status, again)
	}
}

func TestTransitionTimesChangeWithTheirConditionOnly(t *testing.T) {
	object := canary(9, 1)
	object.Status = New(stored(9, 1)).Release(object)
	later := with(stored(9, 1), func(in *Input) { in.Results = nil; in.Now = noon.Add(time.Hour) })
	next := New(later).Release(object)
	if at := meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionAccepted).LastTransitionTime; !at.Time.Equal(noon) {
		t.Errorf("Accepted did not change, but its time is %s", at)
	}
	if at := meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionReady).LastTransitionTime; !at.Time.Equal(noon.Add(time.Hour)) {
		t.Errorf("Ready changed, but its time is %s", at)
	}
}

func TestAHeldReleaseKeepsWhatItLastProgrammed(t *testing.T) {
	object := canary(9, 1)
	object.Status = New(stored(9, 1)).Release(object)
	object.Spec.Stable = "v2"
	refused := stored(9, 1)
	refused.Plan.Problems = model.Problems{{Origin: origin, Reason: v1alpha1.ReasonInvalid, Message: "no"}}
	refused.Plan.Model, refused.Plan.Groups = model.Namespace{}, nil
	next := New(refused).Release(object)
	if next.Weights != "v1 90%, v2 10%" || next.Stable != "v1" || len(next.Variants) != 2 {
		t.Errorf("what stands is forgotten: %+v", next)
	}
	if got := reasonOf(next.Conditions, v1alpha1.ConditionProgrammed); got != "Held" {
		t.Errorf("Programmed is %s: it was programmed, and still is", got)
	}
}

func TestVariants(t *testing.T) {
	status := New(stored(2, 1)).Release(canary(2, 1))
	want := []v1alpha1.VariantStatus{
		{Name: "v1", Service: leaf("v1"), Wanted: "66.67", Programmed: "66.67", Ready: true, ReadyReplicas: 1},
		{Name: "v2", Service: leaf("v2"), Wanted: "33.33", Programmed: "33.33"},
	}
	if !reflect.DeepEqual(status.Variants, want) {
		t.Errorf("variants are %+v, want %+v", status.Variants, want)
	}
	if status.Weights != "v1 66.67%, v2 33.33%" {
		t.Errorf("weights are %q", status.Weights)
	}
}

func TestProgrammedSharesAreThoseThatAreStored(t *testing.T) {
	object := canary(90, 10)
	object.Status = New(stored(90, 10)).Release(object)
	pending := with(stored(50, 50), func(in *Input) { in.Results = nil })
	if got := New(pending).Release(object).Weights; got != "v1 90%, v2 10%" {
		t.Errorf("weights are %q before the write is through", got)
	}
	unsplit := with(stored(50, 50), func(in *Input) { in.Plan.Model.Services[0].Retain = nil })
	if got := New(unsplit).Release(object).Weights; got != "" {
		t.Errorf("weights are %q while there is no split", got)
	}
}

func TestStableTakesAllWhenNobodyHasAWeight(t *testing.T) {
	object := canary(0, 0)
	object.Spec.Variants[0].Weight, object.Spec.Variants[1].Weight = nil, nil
	status := New(stored(1, 0)).Release(object)
	if status.Variants[0].Wanted != "100" || status.Variants[1].Wanted != "0" {
		t.Errorf("wanted shares are %+v", status.Variants)
	}
}

func TestPercent(t *testing.T) {
	for want, share := range map[string][2]int64{"90": {9, 10}, "0": {0, 5}, "100": {3, 3}, "0.5": {1, 200}, "0.05": {1, 2000}, "14.29": {1, 7}} {
		if got := percent(share[0], share[1]); got != want {
			t.Errorf("percent(%d of %d) = %s, want %s", share[0], share[1], got, want)
		}
	}
}

func TestProfileNamesItsGateway(t *testing.T) {
	in := Input{Now: noon, Plan: plan.Plan{Model: model.Namespace{Edges: []model.Edge{{Name: "shop", Gateway: model.Gateway{Name: "public"}}}}}}
	profile := &v1alpha1.IngressProfile{ObjectMeta: metav1.ObjectMeta{Name: "shop"}}
	if got := New(in).Profile(profile).Gateway; got != "public" {
		t.Errorf("gateway is %q", got)
	}
}

func TestARefusedPolicySaysThatTheReleaseGoesOnWithoutIt(t *testing.T) {
	service, policy := v1alpha1.ServiceName("orders"), model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "orders"}
	in := with(stored(9, 1), func(in *Input) {
		in.Plan.Problems = model.Problems{{Origin: policy, Reason: v1alpha1.ReasonInvalid, Message: "no"}}
	})
	status := New(in).Policy(&v1alpha1.MeshPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "orders"},
		Spec: v1alpha1.MeshPolicySpec{
			Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &service}, Resilience: &v1alpha1.Resilience{},
		},
	})
	const want = "not accepted: what was programmed before stays as it is, but timeouts and retries no longer hold where the release of Service orders goes on without them"
	if got := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionProgrammed); got.Message != want {
		t.Errorf("programmed says %q, want %q", got.Message, want)
	}
}
