package kube

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// maxParts bounds the NetworkPolicies of one namespace's isolation.
const maxParts = 32

// allBut are selectors that together match all pods but those that an isolation leaves out. A pod is not matched by a selector when one of its labels
// is another; so each selector of several labels doubles or triples what it takes, and one label adds a value to a list.
func allBut(isolation *model.Isolation) ([]metav1.LabelSelector, error) {
	parts := []exclusion{{}}
	for _, selector := range sorted(isolation.Except) {
		grown := make([]exclusion, 0, len(parts)*len(selector))
		for _, part := range parts {
			if part.rulesOut(selector) {
				grown = append(grown, part)
				continue
			}
			for _, key := range slices.Sorted(maps.Keys(selector)) {
				grown = append(grown, part.with(key, selector[key]))
			}
		}
		if parts = grown; len(parts) > maxParts {
			return nil, tooMany(isolation)
		}
	}
	selectors := make([]metav1.LabelSelector, len(parts))
	for i, part := range parts {
		selectors[i] = part.selector()
	}
	return selectors, nil
}

// sorted puts selectors into an order in which one label comes before several: it may spare the others.
func sorted(selectors []map[string]string) []map[string]string {
	out := slices.Clone(selectors)
	slices.SortFunc(out, func(a, b map[string]string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), slices.Compare(words(a), words(b)))
	})
	return out
}

func words(selector map[string]string) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(selector)) {
		out = append(out, key, selector[key])
	}
	return out
}

// exclusion is the values that labels of pods must not have.
type exclusion map[string][]string

// rulesOut says whether no pod of a selector is matched.
func (e exclusion) rulesOut(selector map[string]string) bool {
	for key, value := range selector {
		if slices.Contains(e[key], value) {
			return true
		}
	}
	return false
}

func (e exclusion) with(key, value string) exclusion {
	out := maps.Clone(e)
	out[key] = append(slices.Clone(e[key]), value)
	slices.Sort(out[key])
	return out
}

func (e exclusion) selector() metav1.LabelSelector {
	var out metav1.LabelSelector
	for _, key := range slices.Sorted(maps.Keys(e)) {
		out.MatchExpressions = append(out.MatchExpressions, metav1.LabelSelectorRequirement{Key: key, Operator: metav1.LabelSelectorOpNotIn, Values: e[key]})
	}
	return out
}

func tooMany(isolation *model.Isolation) error {
	return model.Problem{
		Origin: isolation.Origin, Reason: v1alpha1.ReasonUnsupported,
		Message: "the network of the namespace is isolated but for Services with policies of their own, whose selectors of several labels would take more than " +
			strconv.Itoa(maxParts) + " NetworkPolicies; leave network out of some of their policies, or select their pods by one label",
	}
}
