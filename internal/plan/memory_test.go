package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/plan"
)

// TestAMemoryChangesNoPlan plans one namespace after another with one memory: from what was there before, with all of it, or with parts.
func TestAMemoryChangesNoPlan(t *testing.T) {
	known, err := definitions()
	if err != nil {
		t.Fatal(err)
	}
	everyPlan(t, func(t *rapid.T, first compose.Snapshot, drivers plan.Drivers) {
		second := genNamespace(t, known)
		parts := first
		parts.Releases, parts.Profiles = nil, second.Profiles
		var memory plan.Memory
		for i, snapshot := range []compose.Snapshot{first, second, parts, second} {
			if diff := cmp.Diff(textOf(t, plan.Namespace(snapshot, drivers)), textOf(t, memory.Namespace(snapshot, drivers))); diff != "" {
				t.Fatalf("plan %d is another than without a memory:\n%s", i, diff)
			}
		}
	})
}

// TestAMemoryRendersWhatHasChanged tells groups that were rendered again by their objects, which are others then.
func TestAMemoryRendersWhatHasChanged(t *testing.T) {
	for _, generation := range generations {
		t.Run(string(generation), func(t *testing.T) {
			cfg := defaultConfig(t)
			cfg.Mesh.Linkerd.Generation = generation
			var memory plan.Memory
			snapshot := largeSnapshot(generation, benchProfiles)
			snapshot.Gateways = settingsOf(cfg).Gateways
			before := memory.Namespace(snapshot, driversFor(cfg))

			weight := int32(80)
			snapshot.Releases[7] = snapshot.Releases[7].DeepCopy()
			snapshot.Releases[7].Spec.Variants[0].Weight = &weight
			again := rendered(before, memory.Namespace(snapshot, driversFor(cfg)))
			if want := []string{"profile.profile-00", "service.service-0007"}; !cmp.Equal(again, want) {
				t.Errorf("after a weight was changed, rendered again: %v, want %v", again, want)
			}

			cfg.Edge.Settle.Duration *= 2
			if again := rendered(before, memory.Namespace(snapshot, driversFor(cfg))); len(again) != len(before.Groups) {
				t.Errorf("other drivers rendered %d of %d groups again", len(again), len(before.Groups))
			}
		})
	}
}

// rendered are the groups of a plan that share no objects with those of an earlier one.
func rendered(before, after plan.Plan) []string {
	earlier := map[string]plan.Group{}
	for _, group := range before.Groups {
		earlier[group.Key] = group
	}
	var again []string
	for _, group := range after.Groups {
		if was := earlier[group.Key]; len(was.Objects) == 0 || was.Objects[0].Object != group.Objects[0].Object {
			again = append(again, group.Key)
		}
	}
	return again
}
