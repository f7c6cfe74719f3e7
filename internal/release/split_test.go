package release

import (
	"math/rand/v2"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// TestStepSplitsAreWhole draws random releases: every step's split is whole, gives the target its weight exactly, and everybody else a tenth of a per
// cent at most away from what their weights say.
func TestStepSplitsAreWhole(t *testing.T) {
	g := NewWithT(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		s := newStory(t)
		s.spec.Variants = nil
		for i := range 2 + random.IntN(15) {
			variant := v1alpha1.Variant{Name: v1alpha1.VariantName(rune('a' + i))}
			if random.IntN(3) > 0 {
				weight := random.Int32N(10001)
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
		for _, variant := range s.spec.Variants {
			if variant.Name != "b" && variant.Weight != nil {
				weights += int64(*variant.Weight)
			}
		}
		for _, variant := range s.spec.Variants {
			if variant.Name == "b" || variant.Weight == nil || weights == 0 {
				continue
			}
			exact := float64(*variant.Weight) * float64(whole-weight) / float64(weights)
			g.Expect(float64(share(split, variant.Name))).To(BeNumerically("~", exact, 1))
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
