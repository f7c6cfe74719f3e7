package compose

import (
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// claims remembers who asked for a thing first. Objects are offered by age, so the older wins; it wins also while it is refused itself,
// because it holds on to what it programmed.
type claims map[string]model.Origin

// claim asks for a thing. It returns false, and the problem, when an older object has it.
func (c claims) claim(thing, key string, origin model.Origin) (model.Problem, bool) {
	winner, taken := c[key]
	if !taken {
		c[key] = origin
		return model.Problem{}, true
	}
	if winner.Object() == origin.Object() {
		return model.Problem{
			Origin: origin, Reason: v1alpha1.ReasonInvalid,
			Message: thing + " stands twice in this object, first at " + winner.Path + "; remove one",
		}, false
	}
	return model.Problem{
		Origin: origin, Reason: v1alpha1.ReasonConflicted,
		Message: thing + " belongs to " + winner.Object().String() + ", which is older; change this object, or delete the other and this one takes over",
	}, false
}

func ascending(numbers []int32) []int32 {
	slices.Sort(numbers)
	return slices.Compact(numbers)
}
