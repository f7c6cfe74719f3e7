package plan_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// TestWhatIsHeld is about objects that come from several custom resources, of which one is held.
func TestWhatIsHeld(t *testing.T) {
	release := model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: "orders"}
	policy := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "orders"}
	split := &model.Retain{Service: "orders", StableLeaf: "orders-v1"}
	splitting := model.Namespace{Services: []model.Service{{Name: "orders", Retain: split}}}

	for _, c := range []struct {
		name   string
		plan   plan.Plan
		retain *model.Retain
		want   bool
	}{
		{
			"a split that the release still wants follows it although the policy that shares its object is held",
			plan.Plan{Model: splitting, Held: []model.Origin{policy}},
			split, false,
		},
		{
			"a split is held with its release",
			plan.Plan{Model: splitting, Held: []model.Origin{release}},
			split, true,
		},
		{
			"a split that nothing wants any more stays while the policy that shares its object is held",
			plan.Plan{Held: []model.Origin{policy}},
			split, true,
		},
		{
			"a split of a held release follows the kill switch",
			plan.Plan{Model: splitting, Held: []model.Origin{release}, Stopped: []string{"orders"}},
			split, false,
		},
		{
			"but what carries no split stays with it",
			plan.Plan{Model: splitting, Held: []model.Origin{release}, Stopped: []string{"orders"}},
			nil, true,
		},
		{
			"and nothing moves to a stable that is empty",
			plan.Plan{Model: splitting, Held: []model.Origin{release}, Stopped: []string{"orders"}, HeldSplits: []string{"orders"}},
			split, true,
		},
		{
			"what carries no split is held with its policy",
			plan.Plan{Model: splitting, Held: []model.Origin{policy}},
			nil, true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			NewWithT(t).Expect(c.plan.Holds([]model.Origin{release, policy}, c.retain)).To(Equal(c.want))
		})
	}
}
