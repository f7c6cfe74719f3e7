package release

import (
	"math/rand/v2"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// TestStepSplitsAreWhole draws random releases: every step's split is whole, gives the target its weight exactly, and everybody else a tenth of a per
// cent at most away from what their weights say, save those who give a tenth to who would get nothing. Nobody with a weight is left out.
func TestStepSplitsAreWhole(t *testing.T) {
	g := NewWithT(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		s := newStory(t)
		s.spec.Variants = nil
		for i := range 2 + random.IntN(15) {
			variant := v1alpha1.Variant{Name: v1alpha1.VariantName(rune('a' + i))}
			if random.IntN(3) > 0 {
				weight := random.Int32N([]int32{3, 100, 10001}[random.IntN(3)])
				variant.Weight = &weight
			}
			s.spec.Variants = append(s.spec.Variants, variant)
		}
		s.spec.Stable, s.spec.Rollout.To = "a", "b"
		m := newMachine(began, s.intent(), nil, Observation{})
		m.state.To = "b"
		weight := random.Int32N(whole + 1)
		split := m.stepSplit(weight)
		g.Expect(share(split, "b")).To(Equal(weight))
		var sum int32
		seen := map[v1alpha1.VariantName]bool{}
		for _, part := range split {
			g.Expect(seen).NotTo(HaveKey(part.Variant))
			g.Expect(part.Share).To(BeNumerically(">", 0))
			seen[part.Variant] = true
			sum += part.Share
		}
		g.Expect(sum).To(BeEquivalentTo(whole))
		var weights int64
		counted := int32(0)
		for _, variant := range s.spec.Variants {
			if variant.Name != "b" && variant.Weight != nil {
				weights += int64(*variant.Weight)
				counted += min(1, *variant.Weight)
			}
		}
		lifted := 0.0
		for _, variant := range s.spec.Variants {
			if variant.Name != "b" && variant.Weight != nil && *variant.Weight > 0 && counted <= whole-weight {
				g.Expect(share(split, variant.Name)).To(BeNumerically(">", 0), "%s has weight %d", variant.Name, *variant.Weight)
				if float64(*variant.Weight)*float64(whole-weight) < float64(weights) {
					lifted++
				}
			}
		}
		for _, variant := range s.spec.Variants {
			if variant.Name == "b" || variant.Weight == nil || weights == 0 {
				continue
			}
			exact := float64(*variant.Weight) * float64(whole-weight) / float64(weights)
			g.Expect(float64(share(split, variant.Name))).To(BeNumerically("~", exact, 1+lifted))
		}
		if weights == 0 && weight < whole {
			g.Expect(share(split, "a")).To(Equal(whole - weight))
		}
	}
}

func TestSplitText(t *testing.T) {
	g := NewWithT(t)
	g.Expect(splitText([]v1alpha1.ReleaseShare{{Variant: "v1", Share: 995}, {Variant: "v2", Share: 5}})).To(Equal("v1 99.5%, v2 0.5%"))
}

func TestHandWeights(t *testing.T) {
	g := NewWithT(t)
	s := newStory(t)
	g.Expect(weightsByHand(s.spec)).To(Equal("v1=90,v3=10"))
	s.spec.Variants[0], s.spec.Variants[2] = s.spec.Variants[2], s.spec.Variants[0]
	g.Expect(weightsByHand(s.spec)).To(Equal("v1=90,v3=10"), "the order of the variants is no weight")
}

func TestStableGetsWhatAllVariantsThatAreGoneHad(t *testing.T) {
	g := NewWithT(t)
	s := newStory(t)
	m := newMachine(began, s.intent(), nil, Observation{})
	m.state.Split = []v1alpha1.ReleaseShare{{Variant: "v1", Share: 500}, {Variant: "gone", Share: 300}, {Variant: "v2", Share: 150}, {Variant: "gone-too", Share: 50}}
	m.withoutGone()
	g.Expect(m.state.Split).To(Equal([]v1alpha1.ReleaseShare{{Variant: "v1", Share: 850}, {Variant: "v2", Share: 150}}))
}

func TestDivide(t *testing.T) {
	for name, test := range map[string]struct {
		weights []int32
		amount  int32
		want    []int32
	}{
		"as the weights say":                               {[]int32{9, 1}, 950, []int32{855, 95}},
		"what most is missing to gets more":                {[]int32{1, 1, 1}, 1000, []int32{334, 333, 333}},
		"a tenth of a per cent is enough to stay":          {[]int32{10000, 1}, 1000, []int32{999, 1}},
		"who has most gives":                               {[]int32{1, 5000, 5000, 1}, 990, []int32{1, 494, 494, 1}},
		"the first of those who have most gives":           {[]int32{1, 5000, 5000, 1}, 991, []int32{1, 494, 495, 1}},
		"with fewer tenths than weights somebody is out":   {[]int32{3, 2, 1}, 2, []int32{1, 1, 0}},
		"with as many tenths as weights everybody has one": {[]int32{10000, 1, 1}, 3, []int32{1, 1, 1}},
		"a weight of 0 has no share":                       {[]int32{0, 7}, 5, []int32{0, 5}},
	} {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			var variants []v1alpha1.Variant
			for i := range test.weights {
				variants = append(variants, v1alpha1.Variant{Name: v1alpha1.VariantName(rune('a' + i)), Weight: &test.weights[i]})
			}
			split := divide(variants, "", "a", test.amount)
			for i, want := range test.want {
				g.Expect(share(split, variants[i].Name)).To(Equal(want), "%v", split)
			}
		})
	}
}
