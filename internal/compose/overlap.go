package compose

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// leafSelectors gives each variant's Deployment a selector that its own pods match and the other variants' pods do not: the Deployment's own
// labels, and the fewest labels of its template that tell it apart. Nil entries are variants without a Deployment.
func leafSelectors(variants []v1alpha1.Variant, deployments []*appsv1.Deployment, origin model.Origin) ([]map[string]string, model.Problems) {
	selectors := make([]map[string]string, len(deployments))
	var problems model.Problems
	for i, deployment := range deployments {
		if deployment == nil {
			continue
		}
		selector, other := leafSelector(i, deployments)
		if selector == nil {
			problems = append(problems, model.Problem{
				Origin: at(origin, "spec.variants["+strconv.Itoa(i)+"].deployment"), Reason: v1alpha1.ReasonVariantsOverlap,
				Message: "the pods of variant " + string(variants[i].Name) + " (Deployment " + deployment.Name + ") cannot be told from those of variant " +
					string(variants[other].Name) + " (Deployment " + deployments[other].Name + "): no label of its pod template differs; give the pod templates a label such as version",
			})
			continue
		}
		selectors[i] = selector
	}
	return selectors, problems
}

// leafSelector finds the selector of variant i, or the index of a variant that it cannot be told from.
func leafSelector(i int, deployments []*appsv1.Deployment) (map[string]string, int) {
	own := deployments[i].Spec.Template.Labels
	var selector map[string]string
	if deployments[i].Spec.Selector != nil {
		selector = deployments[i].Spec.Selector.MatchLabels
	}
	overlapping := overlaps(selector, i, deployments)
	if len(overlapping) == 0 && len(selector) > 0 {
		return selector, 0 // the model shares it: nobody changes it
	}
	selector = maps.Clone(selector)
	if selector == nil {
		selector = map[string]string{}
	}
	for len(overlapping) > 0 {
		key := bestLabel(own, selector, overlapping, deployments)
		if key == "" {
			return nil, overlapping[0]
		}
		selector[key] = own[key]
		overlapping = overlaps(selector, i, deployments)
	}
	if len(selector) == 0 {
		maps.Copy(selector, own)
	}
	return selector, 0
}

// overlaps lists the other variants whose pods the selector matches too.
func overlaps(selector map[string]string, i int, deployments []*appsv1.Deployment) []int {
	var found []int
	for j, other := range deployments {
		if j != i && other != nil && selects(selector, other.Spec.Template.Labels) {
			found = append(found, j)
		}
	}
	return found
}

// bestLabel is the label of the template that keeps the most other variants out; of equals, the first by name.
func bestLabel(own, selector map[string]string, overlapping []int, deployments []*appsv1.Deployment) string {
	best, most := "", 0
	for _, key := range slices.Sorted(maps.Keys(own)) {
		if _, used := selector[key]; used {
			continue
		}
		excluded := 0
		for _, j := range overlapping {
			if deployments[j].Spec.Template.Labels[key] != own[key] {
				excluded++
			}
		}
		if excluded > most {
			best, most = key, excluded
		}
	}
	return best
}

func selects(selector, labels map[string]string) bool {
	for key, value := range selector {
		if have, ok := labels[key]; !ok || have != value {
			return false
		}
	}
	return true
}

func sortLeaves(leaves []model.Leaf) {
	slices.SortFunc(leaves, func(a, b model.Leaf) int { return cmp.Compare(a.Name, b.Name) })
}
