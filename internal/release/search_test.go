package release

import (
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
const sampled = 10

// found is a world and how it was reached.
type found struct {
	world  world
	parent int
	by     string
}

// searched is what a search came to.
type searched struct {
	states, depth, decisions int
	edges                    map[edge]int
	violation                string
}

// search visits every world that the model allows, breadth first, until something is violated.
func search(m *model) searched {
	m.check = &invariants{edges: map[edge]int{}}
	start := world{now: began, gen: 1, ready: [3]bool{true, true, true}}
	queue := []found{{world: start, parent: -1}}
	seen := map[string]bool{start.key(): true}
	depths := []int{0}
	result := searched{edges: m.check.edges}
	for at := 0; at < len(queue); at++ {
		if at%sampled == 0 {
			m.check.rescue(queue[at].world)
			m.check.ends(queue[at].world)
		}
		for _, e := range events {
			w := queue[at].world
			if e.disturbs {
				if w.disturbed == m.disturbances {
					continue
				}
				w.disturbed++
			}
			e.do(m, w, func(detail string, next world) {
				if key := next.key(); !seen[key] {
					seen[key] = true
					queue = append(queue, found{next, at, strings.TrimSpace(e.name + " " + detail)})
					depths = append(depths, depths[at]+1)
					result.depth = max(result.depth, depths[at]+1)
				}
			})
			if len(m.check.violations) > 0 {
				result.violation = m.check.violations[0] + " after " + strings.Join(append(path(queue, at), e.name), ", ")
				return result
			}
		}
	}
	result.states, result.decisions = len(seen), m.check.decisions
	return result
}

// path is how a world was reached.
func path(queue []found, at int) []string {
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
	for edge, count := range result.edges {
		t.Logf("%s -> %s by %s: %d", edge.from, edge.to, edge.reason, count)
	}
}

// TestSearchFindsWhatIsWrong gives the model a leader that writes without the resource version: the search must find the step that is taken twice or
// the weight that is stale.
func TestSearchFindsWhatIsWrong(t *testing.T) {
	g := NewWithT(t)
	result := search(&model{disturbances: 2, unfenced: true})
	g.Expect(result.violation).To(ContainSubstring("another leader writes"))
	t.Log(result.violation)
}
