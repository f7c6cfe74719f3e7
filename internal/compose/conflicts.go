package compose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// claims remembers who asked for a thing first. Objects are offered by age, so the older wins; it wins also while it is refused itself,
// because it holds on to what it programmed.
type claims map[claimed]model.Origin

// claimed is a thing that can belong to one object only: an aspect of something, a kind of thing and its name in words, and for pods one of
// their ports.
type claimed struct {
	aspect, kind, name string
	port               model.TargetPort
}

// words are made when somebody has to be told: most claims meet no other.
func (c claimed) words() string {
	of := " of " + strings.TrimSpace(c.kind+" "+c.name)
	switch {
	case c.port.Name != "":
		return c.aspect + " to port " + c.port.Name + of
	case c.port.Number > 0:
		return c.aspect + " to port " + strconv.Itoa(int(c.port.Number)) + of
	default:
		return c.aspect + of
	}
}

func (c claimed) compare(other claimed) int {
	return cmp.Or(cmp.Compare(c.kind, other.kind), cmp.Compare(c.name, other.name), cmp.Compare(c.port.Number, other.port.Number), cmp.Compare(c.port.Name, other.port.Name))
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
