package release

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// whole is the sum of a split: shares are tenths of a per cent.
const whole = 1000

// stable is the variant where requests return to: the spec's, or the one that a rollout promoted.
func (m *machine) stable() v1alpha1.VariantName { return Stable(m.spec, m.state) }

// Stable is the name of the variant where requests return to: the one that a rollout promoted, until spec.stable is edited, else spec.stable.
// State may be nil.
func Stable(spec *v1alpha1.CanaryReleaseSpec, state *v1alpha1.ReleaseStatus) v1alpha1.VariantName {
	if state == nil || state.Stable == "" || state.StableInSpec != spec.Stable || !hasVariant(spec, state.Stable) {
		return spec.Stable
	}
	return state.Stable
}

func hasVariant(spec *v1alpha1.CanaryReleaseSpec, name v1alpha1.VariantName) bool {
	return slices.ContainsFunc(spec.Variants, func(v v1alpha1.Variant) bool { return v.Name == name })
}

// only gives everything to one variant.
func only(name v1alpha1.VariantName) []v1alpha1.ReleaseShare {
	return []v1alpha1.ReleaseShare{{Variant: name, Share: whole}}
}

// share of a variant in a split.
func share(split []v1alpha1.ReleaseShare, name v1alpha1.VariantName) int32 {
	for _, part := range split {
		if part.Variant == name {
			return part.Share
		}
	}
	return 0
}

// current is where requests go as decided so far; without a decision, as the weights by hand say.
func (m *machine) current() []v1alpha1.ReleaseShare {
	if len(m.state.Split) > 0 {
		return m.state.Split
	}
	return divide(m.spec.Variants, "", m.stable(), whole)
}

// stepSplit gives the target its weight; the others share the rest as their own weights say, and stable takes all of it when they say nothing.
func (m *machine) stepSplit(weight int32) []v1alpha1.ReleaseShare {
	split := divide(m.spec.Variants, m.state.To, m.stable(), whole-weight)
	if weight > 0 {
		split = append(split, v1alpha1.ReleaseShare{Variant: m.state.To, Share: weight})
	}
	return m.inOrder(split)
}

// inOrder sorts a split as the variants stand in the spec.
func (m *machine) inOrder(split []v1alpha1.ReleaseShare) []v1alpha1.ReleaseShare {
	place := map[v1alpha1.VariantName]int{}
	for i, variant := range m.spec.Variants {
		place[variant.Name] = i
	}
	slices.SortFunc(split, func(a, b v1alpha1.ReleaseShare) int { return cmp.Compare(place[a.Variant], place[b.Variant]) })
	return split
}

// divide shares an amount between the variants, without one of them, by their weights. Everybody gets what the weight is worth, rounded to a tenth
// of a per cent, down or up: up are those that most of a tenth is missing to, the first of equals. Who would get nothing for a weight above 0 gets a
// tenth, which whoever has most gives, as long as there are as many tenths as weights. Nothing is lost: the shares sum to the amount.
func divide(variants []v1alpha1.Variant, without, stable v1alpha1.VariantName, amount int32) []v1alpha1.ReleaseShare {
	if amount == 0 {
		return nil
	}
	var parts []part
	var sum int64
	for _, variant := range variants {
		if variant.Name != without && variant.Weight != nil && *variant.Weight > 0 {
			parts = append(parts, part{ReleaseShare: v1alpha1.ReleaseShare{Variant: variant.Name}, weight: int64(*variant.Weight)})
			sum += int64(*variant.Weight)
		}
	}
	if sum == 0 {
		return []v1alpha1.ReleaseShare{{Variant: stable, Share: amount}}
	}
	round(parts, sum, amount)
	if len(parts) <= int(amount) {
		leaveNobodyOut(parts)
	}
	var split []v1alpha1.ReleaseShare
	for _, one := range parts {
		if one.Share > 0 {
			split = append(split, one.ReleaseShare)
		}
	}
	return split
}

// part is the share of a variant while an amount is divided.
type part struct {
	v1alpha1.ReleaseShare
	weight, missing int64
}

// round gives largest remainders what does not divide.
func round(parts []part, sum int64, amount int32) {
	left := amount
	for i := range parts {
		product := parts[i].weight * int64(amount)
		parts[i].Share, parts[i].missing = int32(product/sum), product%sum
		left -= parts[i].Share
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.missing, a.missing) })
	for i := range left {
		parts[i].Share++
	}
}

// leaveNobodyOut gives a tenth to who has nothing.
func leaveNobodyOut(parts []part) {
	for i := range parts {
		if parts[i].Share > 0 {
			continue
		}
		most := 0
		for j := range parts {
			if parts[j].Share > parts[most].Share {
				most = j
			}
		}
		parts[most].Share--
		parts[i].Share++
	}
}

// withoutGone moves the shares of variants that the spec no longer has to stable.
func (m *machine) withoutGone() {
	m.moveToStable(func(name v1alpha1.VariantName) bool { return !hasVariant(m.spec, name) })
}

// moveToStable moves the shares of the variants to stable.
func (m *machine) moveToStable(of func(v1alpha1.VariantName) bool) {
	stable := m.stable()
	var moved int32
	var kept []v1alpha1.ReleaseShare
	for _, part := range m.state.Split {
		if part.Variant != stable && of(part.Variant) {
			moved += part.Share
			continue
		}
		kept = append(kept, part)
	}
	if moved == 0 {
		return
	}
	for i := range kept {
		if kept[i].Variant == stable {
			kept[i].Share += moved
			m.state.Split = kept
			return
		}
	}
	m.state.Split = m.inOrder(append(kept, v1alpha1.ReleaseShare{Variant: stable, Share: moved}))
}

// weightsByHand writes the weights of the spec: "v1=90,v2=10".
func weightsByHand(spec *v1alpha1.CanaryReleaseSpec) string {
	var parts []string
	for _, variant := range spec.Variants {
		if variant.Weight != nil {
			parts = append(parts, string(variant.Name)+"="+strconv.Itoa(int(*variant.Weight)))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

// percent writes a share: "25%", "0.5%".
func percent(tenths int32) string {
	text := strconv.Itoa(int(tenths / 10))
	if rest := tenths % 10; rest != 0 {
		text += "." + strconv.Itoa(int(rest))
	}
	return text + "%"
}

// splitText writes a split: "v1 95%, v2 5%".
func splitText(split []v1alpha1.ReleaseShare) string {
	parts := make([]string, len(split))
	for i, part := range split {
		parts[i] = string(part.Variant) + " " + percent(part.Share)
	}
	return strings.Join(parts, ", ")
}
