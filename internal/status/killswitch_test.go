package status

import (
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

func TestAHeldReleaseThatTheKillSwitchStopsShowsIt(t *testing.T) {
	held := func(change func(*Input)) Input {
		return with(with(stored(1, 0), func(in *Input) {
			in.Plan.Model.Services[0].Routes[0].Split = in.Plan.Model.Services[0].Routes[0].Split[:1]
			in.Plan.Problems = model.Problems{{Origin: origin, Reason: v1alpha1.ReasonSuspended, Message: "hands off"}}
			in.Plan.Stopped = []string{"orders"}
		}), change)
	}
	for name, test := range map[string]struct {
		in      Input
		weights string
		message string
	}{
		"everything goes to stable": {
			held(func(*Input) {}), "v1 100%", "not accepted, and the kill switch is on: all requests go to stable, and stay there when it is off",
		},
		"without the kill switch it is what it was": {
			held(func(in *Input) { in.Plan.Stopped = nil }), "v1 60%, v2 40%", "not accepted: what was programmed before stays as it is",
		},
		"with nobody at stable too": {
			held(func(in *Input) { in.Plan.HeldSplits = []string{"orders"} }), "v1 60%, v2 40%", "not accepted: what was programmed before stays as it is",
		},
	} {
		t.Run(name, func(t *testing.T) {
			release := canary(60, 40)
			release.Status.Weights = "v1 60%, v2 40%"
			release.Status.Variants = []v1alpha1.VariantStatus{
				{Name: "v1", Service: leaf("v1"), Programmed: "60"}, {Name: "v2", Service: leaf("v2"), Programmed: "40"},
			}
			got := New(test.in).Release(release)
			if got.Weights != test.weights {
				t.Errorf("weights are %s", got.Weights)
			}
			if message := meta.FindStatusCondition(got.Conditions, v1alpha1.ConditionProgrammed).Message; message != test.message {
				t.Errorf("programmed says %q", message)
			}
			if release.Status.Variants[1].Programmed != "40" {
				t.Error("the release in the cache was changed")
			}
		})
	}
}
