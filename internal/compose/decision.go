package compose

import (
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/release"
)

// Undecided says whether the spec of a release needs a decision that has not been made yet. What is programmed stays until it is: a decision
// about another spec says nothing about this one.
func Undecided(release *v1alpha1.CanaryRelease) bool {
	decision := release.Status.Release
	if release.Spec.Rollout == nil && (decision == nil || decision.Phase == v1alpha1.PhaseManual) {
		return false // weights by hand take effect at once
	}
	return decision == nil || decision.ObservedGeneration != release.Generation
}

// Stable is the variant where traffic returns to: that of the spec, or the one that a rollout has promoted since (api.md, Stable).
func Stable(of *v1alpha1.CanaryRelease) v1alpha1.VariantName {
	return release.Stable(&of.Spec, of.Status.Release)
}

// Weights are the weights that are to be in force, in the order of the variants: those decided, or those set by hand. Their sum is above 0.
func Weights(release *v1alpha1.CanaryRelease) []int32 {
	weights := make([]int32, len(release.Spec.Variants))
	if decision := release.Status.Release; decision != nil && len(decision.Split) > 0 {
		for i, variant := range release.Spec.Variants {
			weights[i] = shareOf(decision.Split, variant.Name)
		}
		reduce(weights)
	} else {
		for i, variant := range release.Spec.Variants {
			if variant.Weight != nil {
				weights[i] = *variant.Weight
			}
		}
	}
	if !slices.ContainsFunc(weights, func(weight int32) bool { return weight > 0 }) {
		stable := Stable(release)
		for i, variant := range release.Spec.Variants {
			if variant.Name == stable {
				weights[i] = 1
			}
		}
	}
	return weights
}

func shareOf(split []v1alpha1.ReleaseShare, variant v1alpha1.VariantName) int32 {
	for _, share := range split {
		if share.Variant == variant {
			return share.Share
		}
	}
	return 0
}

// reduce writes tenths of a per cent as per cent when all of them are whole: people read the generated objects.
func reduce(weights []int32) {
	if slices.ContainsFunc(weights, func(weight int32) bool { return weight%10 != 0 }) {
		return
	}
	for i := range weights {
		weights[i] /= 10
	}
}

// holds says whether the match rules that lead to a variant hold.
func holds(release *v1alpha1.CanaryRelease, to v1alpha1.VariantName) bool {
	decision := release.Status.Release
	if decision == nil {
		return true
	}
	switch decision.Matches.Hold {
	case v1alpha1.MatchesNone:
		return false
	case v1alpha1.MatchesExcept:
		return !slices.Contains(decision.Matches.Except, to)
	case v1alpha1.MatchesAll:
	}
	return true
}
