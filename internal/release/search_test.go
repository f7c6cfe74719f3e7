package release

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

var disturbances = flag.Int("search.disturbances", 1, "how many disturbances the search allows, at most 4: each takes about twenty times as long")

// sampled is of how many worlds one is asked whether it is a dead end.
const sampled = 25

// found is a world, until it was visited, and how it was reached.
type found struct {
	world  *world
	parent int32
	by     string
}

// searched is what a search came to.
type searched struct {
	states, depth, decisions int
	edges                    map[edge]int
	violation                string
}

// search visits every world that the model allows, breadth first, until something is violated. Worlds are remembered by 128 bits of their keys.
func search(m *model) searched {
	m.check = &invariants{edges: map[edge]int{}}
	result := searched{edges: m.check.edges}
	var queue []found
	seen := map[[16]byte]bool{}
	add := func(w world, parent int32, by string) {
		if key := digest(w.key()); !seen[key] {
			seen[key] = true
			queue = append(queue, found{&w, parent, by})
		}
	}
	add(world{now: began, gen: 1, ready: [3]bool{true, true, true}}, -1, "")
	layer := 1 // where the next depth begins
	for at := int32(0); int(at) < len(queue); at++ {
		if int(at) == layer {
			layer = len(queue)
			result.depth++
		}
		w := *queue[at].world
		queue[at].world = nil
		if at%sampled == 0 {
			m.check.rescue(w)
			m.check.ends(w)
		}
		for _, e := range events {
			m.happen(e, w, func(detail string, next world) { add(next, at, strings.TrimSpace(e.name+" "+detail)) })
			if len(m.check.violations) > 0 {
				result.violation = m.check.violations[0] + " after " + strings.Join(append(path(queue, at), e.name), ", ")
				return result
			}
		}
	}
	result.states, result.decisions = len(seen), m.check.decisions
	return result
}

// happen lets an event happen, as long as the model allows more disturbances.
func (m *model) happen(e event, w world, visit func(string, world)) {
	if e.disturbs {
		if w.disturbed == m.disturbances {
			return
		}
		w.disturbed++
	}
	e.do(m, w, visit)
}

func digest(key string) [16]byte {
	sum := sha256.Sum256([]byte(key))
	return [16]byte(sum[:16])
}

// path is how a world was reached.
func path(queue []found, at int32) []string {
	var names []string
	for ; queue[at].parent >= 0; at = queue[at].parent {
		names = append([]string{queue[at].by}, names...)
	}
	return names
}

func TestSearch(t *testing.T) {
	g := NewWithT(t)
	m := &model{disturbances: *disturbances}
	begin := time.Now()
	result := search(m)
	fmt.Fprintf(os.Stdout, "search: %d states, depth %d, %d decisions, %s (%d disturbances)\n",
		result.states, result.depth, result.decisions, time.Since(begin).Round(time.Millisecond), m.disturbances)
	g.Expect(result.violation).To(BeEmpty())
	g.Expect(unknown(result.edges)).To(BeEmpty(), "every transition is in the table of docs/release-states.md")
}

// TestSearchFindsWhatIsWrong gives the model a leader that writes without the resource version: the search must find the step that is taken twice or
// the weight that is stale.
func TestSearchFindsWhatIsWrong(t *testing.T) {
	g := NewWithT(t)
	result := search(&model{disturbances: 2, unfenced: true})
	g.Expect(result.violation).To(ContainSubstring("another leader writes"))
	t.Log(result.violation)
}
