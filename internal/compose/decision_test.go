package compose

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// decided is a release of v1 (stable), v2 and v3 with a rollout to v2 whose generation is 3, and what was decided about it.
func decided(decision *v1alpha1.ReleaseStatus) *v1alpha1.CanaryRelease {
	release := &v1alpha1.CanaryRelease{}
	release.Generation = 3
	release.Spec = v1alpha1.CanaryReleaseSpec{
		Stable: "v1", Variants: []v1alpha1.Variant{{Name: "v1"}, {Name: "v2"}, {Name: "v3"}}, Rollout: &v1alpha1.Rollout{To: "v2"},
	}
	release.Status.Release = decision
	return release
}

func split(v1, v2, v3 int32) []v1alpha1.ReleaseShare {
	return []v1alpha1.ReleaseShare{{Variant: "v1", Share: v1}, {Variant: "v2", Share: v2}, {Variant: "v3", Share: v3}}
}

func TestUndecided(t *testing.T) {
	byHand := func(decision *v1alpha1.ReleaseStatus) *v1alpha1.CanaryRelease {
		release := decided(decision)
		release.Spec.Rollout = nil
		return release
	}
	for name, test := range map[string]struct {
		release *v1alpha1.CanaryRelease
		want    bool
	}{
		"a rollout that nobody looked at waits":              {decided(nil), true},
		"a rollout whose spec was edited waits":              {decided(&v1alpha1.ReleaseStatus{ObservedGeneration: 2}), true},
		"a decision of this spec holds":                      {decided(&v1alpha1.ReleaseStatus{ObservedGeneration: 3}), false},
		"weights by hand wait for nobody":                    {byHand(nil), false},
		"weights by hand wait for nobody after actions":      {byHand(&v1alpha1.ReleaseStatus{Phase: v1alpha1.PhaseManual}), false},
		"an edit of weights that the kill switch overrode":   {byHand(&v1alpha1.ReleaseStatus{Phase: v1alpha1.PhaseStopped, ObservedGeneration: 2}), true},
		"a rollout that was taken out of the spec waits too": {byHand(&v1alpha1.ReleaseStatus{Phase: v1alpha1.PhaseSucceeded, ObservedGeneration: 2}), true},
		"a rollout that is put into the spec waits": {
			decided(&v1alpha1.ReleaseStatus{Phase: v1alpha1.PhaseManual, ObservedGeneration: 2}), true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Undecided(test.release); got != test.want {
				t.Errorf("undecided is %t", got)
			}
		})
	}
}

func TestDecidedWeights(t *testing.T) {
	for name, test := range map[string]struct {
		decision *v1alpha1.ReleaseStatus
		want     []int32
	}{
		"whole per cent are written as such":        {&v1alpha1.ReleaseStatus{Split: split(950, 50, 0)}, []int32{95, 5, 0}},
		"tenths of a per cent are exact":            {&v1alpha1.ReleaseStatus{Split: split(999, 1, 0)}, []int32{999, 1, 0}},
		"without a split stable takes all":          {&v1alpha1.ReleaseStatus{}, []int32{1, 0, 0}},
		"a promoted variant is stable":              {&v1alpha1.ReleaseStatus{Stable: "v2", StableInSpec: "v1"}, []int32{0, 1, 0}},
		"until stable is edited":                    {&v1alpha1.ReleaseStatus{Stable: "v2", StableInSpec: "v3"}, []int32{1, 0, 0}},
		"or the variant is gone":                    {&v1alpha1.ReleaseStatus{Stable: "v9", StableInSpec: "v1"}, []int32{1, 0, 0}},
		"a share of nobody is nobody's":             {&v1alpha1.ReleaseStatus{Split: []v1alpha1.ReleaseShare{{Variant: "v9", Share: 1000}}}, []int32{1, 0, 0}},
		"a split in another order means the same":   {&v1alpha1.ReleaseStatus{Split: []v1alpha1.ReleaseShare{{Variant: "v3", Share: 5}, {Variant: "v1", Share: 995}}}, []int32{995, 0, 5}},
		"everything at the end goes to the target":  {&v1alpha1.ReleaseStatus{Split: []v1alpha1.ReleaseShare{{Variant: "v2", Share: 1000}}}, []int32{0, 100, 0}},
		"nothing but what was decided counts, too":  {&v1alpha1.ReleaseStatus{Phase: v1alpha1.PhasePaused, Split: split(500, 500, 0)}, []int32{50, 50, 0}},
		"three variants share as they were decided": {&v1alpha1.ReleaseStatus{Split: split(475, 50, 475)}, []int32{475, 50, 475}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Weights(decided(test.decision))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestMatchRulesThatDoNotHoldAreLeftOut(t *testing.T) {
	for name, test := range map[string]struct {
		matches v1alpha1.ReleaseMatches
		want    []string
	}{
		"all hold":              {v1alpha1.ReleaseMatches{Hold: v1alpha1.MatchesAll}, []string{"v2", "v3"}},
		"nothing said is all":   {v1alpha1.ReleaseMatches{}, []string{"v2", "v3"}},
		"none at the end":       {v1alpha1.ReleaseMatches{Hold: v1alpha1.MatchesNone}, nil},
		"not those of one":      {v1alpha1.ReleaseMatches{Hold: v1alpha1.MatchesExcept, Except: []v1alpha1.VariantName{"v2"}}, []string{"v3"}},
		"nor those of somebody": {v1alpha1.ReleaseMatches{Hold: v1alpha1.MatchesExcept, Except: []v1alpha1.VariantName{"v9"}}, []string{"v2", "v3"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := releaseOf(0, "rrr", 90, 10, 0)
			r.part = &part{service: namedService("orders")}
			r.release.Status.Release = &v1alpha1.ReleaseStatus{Matches: test.matches}
			r.lines = []line{{match: model.Match{Methods: []string{"GET"}}, to: 1}, {match: model.Match{Methods: []string{"PUT"}}, to: 2}}
			var led []string
			for _, route := range r.table().routes[:len(r.table().routes)-1] {
				led = append(led, route.Split[0].Backend)
			}
			if diff := cmp.Diff(test.want, led); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWhatAHalfwayReleaseSharesOut(t *testing.T) {
	weight := func(n int32) *int32 { return &n }
	r := releaseOf(0, "r-", -1, -1)
	variants := []v1alpha1.Variant{{Name: "v1", Weight: weight(0)}, {Name: "v2"}, {Name: "v3", Weight: weight(0)}, {Name: "v4", Weight: weight(7)}}
	for name, test := range map[string]struct {
		to   v1alpha1.VariantName
		want []int32
	}{
		"stable and the target get a share":         {"v2", []int32{1, 1, 0, 7}},
		"a target that has a share keeps it":        {"v4", []int32{1, -1, 0, 7}},
		"a target without one gets one":             {"v3", []int32{1, -1, 1, 7}},
		"without a rollout weights are as they are": {"", []int32{0, -1, 0, 7}},
	} {
		of := *r.release
		of.Spec.Stable, of.Spec.Variants = "v1", variants
		if test.to != "" {
			of.Spec.Rollout = &v1alpha1.Rollout{To: test.to}
		}
		for i, variant := range halfway(&of).Spec.Variants {
			if got := variant.Weight; got == nil != (test.want[i] < 0) || got != nil && *got != test.want[i] {
				t.Errorf("%s: variant %s has the weight %v, want %d", name, variant.Name, got, test.want[i])
			}
		}
	}
}

func TestADraftIsForWhatIsNotAllInForce(t *testing.T) {
	ready := func(change func(*resolved)) *resolved {
		r := releaseOf(0, "rr", 90, 10)
		r.part = &part{service: namedService("orders")}
		change(r)
		return r
	}
	for name, test := range map[string]struct {
		r    *resolved
		want bool
	}{
		"weights by hand of variants that are ready are":   {ready(func(*resolved) {}), false},
		"a variant that is not ready is not":               {ready(func(r *resolved) { r.backends[1].Ready = false }), true},
		"a rollout is not":                                 {ready(func(r *resolved) { r.release.Spec.Rollout = &v1alpha1.Rollout{To: "v2"} }), true},
		"nor is what a rollout that is gone has left over": {ready(func(r *resolved) { r.release.Status.Release = &v1alpha1.ReleaseStatus{} }), true},
	} {
		if got := test.r.draft() != nil; got != test.want {
			t.Errorf("%s: there is a draft: %v", name, got)
		}
	}
}

func TestADraftShowsARolloutHalfway(t *testing.T) {
	r := releaseOf(0, "r-", -1, -1)
	r.part = &part{service: namedService("orders")}
	r.release.Spec.Rollout = &v1alpha1.Rollout{To: "v2"}
	r.release.Status.Release = &v1alpha1.ReleaseStatus{Matches: v1alpha1.ReleaseMatches{Hold: v1alpha1.MatchesNone}, Split: split(1000, 0, 0)}
	r.lines = []line{{match: model.Match{Methods: []string{"GET"}}, to: 1}}
	routes := r.draft().routes
	want := []model.Share{{Backend: "v1", Weight: 1}, {Backend: "v2", Weight: 1}}
	if diff := cmp.Diff(want, routes[len(routes)-1].Split); diff != "" || len(routes) != 2 {
		t.Errorf("%d routes, -want +got:\n%s", len(routes), diff)
	}
	if r.release.Spec.Variants[1].Weight != nil {
		t.Error("the release in the cache was changed")
	}
}
