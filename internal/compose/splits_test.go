package compose

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// releaseOf is a release as resolve leaves it: a variant for each weight, -1 for none, ready or not.
func releaseOf(stable int, ready string, weights ...int32) *resolved {
	r := &resolved{release: &v1alpha1.CanaryRelease{Spec: v1alpha1.CanaryReleaseSpec{Stable: v1alpha1.VariantName("v" + string(rune('1'+stable)))}}, stable: stable}
	for i, weight := range weights {
		variant := v1alpha1.Variant{Name: v1alpha1.VariantName("v" + string(rune('1'+i)))}
		if weight >= 0 {
			variant.Weight = &weight
		}
		r.release.Spec.Variants = append(r.release.Spec.Variants, variant)
		r.backends = append(r.backends, model.Backend{Service: string(variant.Name), Ready: ready[i] == 'r', Stable: i == stable})
	}
	return r
}

func TestShares(t *testing.T) {
	for name, test := range map[string]struct {
		release *resolved
		want    []model.Share
	}{
		"every ready variant gets its weight":                 {releaseOf(0, "rrr", 70, 20, 10), []model.Share{{Backend: "v1", Weight: 70}, {Backend: "v2", Weight: 20}, {Backend: "v3", Weight: 10}}},
		"without weights stable takes all":                    {releaseOf(1, "rr", -1, -1), []model.Share{{Backend: "v2", Weight: 1}}},
		"no weight is no share":                               {releaseOf(0, "rrr", 1, -1, 1), []model.Share{{Backend: "v1", Weight: 1}, {Backend: "v3", Weight: 1}}},
		"weight 0 is no share":                                {releaseOf(0, "rr", 5, 0), []model.Share{{Backend: "v1", Weight: 5}}},
		"stable may have no share":                            {releaseOf(0, "rr", 0, 5), []model.Share{{Backend: "v2", Weight: 5}}},
		"who is not ready gives to stable":                    {releaseOf(0, "r-r", 70, 20, 10), []model.Share{{Backend: "v1", Weight: 90}, {Backend: "v3", Weight: 10}}},
		"stable without a weight takes what others give":      {releaseOf(0, "r-", -1, 10), []model.Share{{Backend: "v1", Weight: 10}}},
		"stable's own share goes to nobody":                   {releaseOf(0, "-r", 90, 10), []model.Share{{Backend: "v1", Weight: 90}, {Backend: "v2", Weight: 10}}},
		"nobody is ready: all is stable's":                    {releaseOf(0, "--", 90, 10), []model.Share{{Backend: "v1", Weight: 100}}},
		"all weights 0 is stable's, though the API forbids":   {releaseOf(0, "rr", 0, 0), []model.Share{{Backend: "v1", Weight: 1}}},
		"sixteen of the largest weights fit into the numbers": {releaseOf(0, "rrrrrrrrrrrrrrrr", sixteen(10000)...), sharesOf(sixteen(10000))},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.release.shares()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func sixteen(weight int32) []int32 {
	weights := make([]int32, 16)
	for i := range weights {
		weights[i] = weight
	}
	return weights
}

func sharesOf(weights []int32) []model.Share {
	var shares []model.Share
	for i, weight := range weights {
		shares = append(shares, model.Share{Backend: "v" + string(rune('1'+i)), Weight: weight})
	}
	return shares
}

func TestMatchOfUnreadyVariantLeadsToStable(t *testing.T) {
	r := releaseOf(0, "r-", 90, 10)
	r.part = &part{service: namedService("orders")}
	r.lines = []line{{match: model.Match{Methods: []string{"GET"}}, to: 1}}
	want := []model.Share{{Backend: "v1", Weight: 1}}
	if diff := cmp.Diff(want, r.table().routes[0].Split); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
