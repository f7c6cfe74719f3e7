package compose

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// claims remembers who asked for a thing first. Objects are offered by age, so the older wins; it wins also while it is refused itself,
// because it holds on to what it programmed.
type claims map[claimed]model.Origin

// claimed is a thing that can belong to one object only, in words: "access of Service", and the name of the Service. They are joined when
// somebody has to be told: most claims meet no other.
type claimed struct{ what, name string }

func (c claimed) words() string { return strings.TrimSpace(c.what + " " + c.name) }

func (c claimed) compare(other claimed) int {
	return cmp.Or(cmp.Compare(c.what, other.what), cmp.Compare(c.name, other.name))
}

// selectorText is a selector in words, the same for the same selector.
func selectorText(selector map[string]string) string {
	pairs := make([]string, 0, len(selector))
	for key, value := range selector {
		pairs = append(pairs, key+"="+value)
	}
	slices.Sort(pairs)
	return strings.Join(pairs, ",")
}

// claim asks for a thing. It returns false, and the problem, when an older object has it.
func (c claims) claim(thing claimed, origin model.Origin) (model.Problem, bool) {
	winner, taken := c[thing]
	if !taken {
		c[thing] = origin
		return model.Problem{}, true
	}
	words := thing.words()
	if winner.Object() == origin.Object() {
		return model.Problem{
			Origin: origin, Reason: v1alpha1.ReasonInvalid,
			Message: words + " stands twice in this object, first at " + winner.Path + "; remove one",
		}, false
	}
	return model.Problem{
		Origin: origin, Reason: v1alpha1.ReasonConflicted,
		Message: words + " belongs to " + winner.Object().String() + ", which is older; change this object, or delete the other and this one takes over",
	}, false
}

func ascending(numbers []int32) []int32 {
	slices.Sort(numbers)
	return slices.Compact(numbers)
}
