package linkerd

import (
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
)

// chunk is the elements of one object.
type chunk struct {
	// line that stands for the timeout and retry of all.
	line int
	// number among the chunks of one timeout and retry, counted from the last.
	number int
	rules  [][]*element
}

// placement finds the rule of an object that an element can join; the number of rules stands for a new one. Elements come in the order of
// the table.
type placement func(rules [][]*element, e *element) int

// layout is how elements are laid into objects.
type layout struct {
	actions, classes []int
	place            placement
}

// beside lets neighbours with the same action share a rule, so that routes read like the table.
func (l layout) beside(rules [][]*element, e *element) int {
	if last := len(rules) - 1; last >= 0 && l.accepts(rules[last], e) {
		return last
	}
	return len(rules)
}

// densely lets elements with the same action share a rule wherever no element in between must come before, being its equal for Linkerd.
func (l layout) densely(x expressions) placement {
	return func(rules [][]*element, e *element) int {
		found := len(rules)
		for i := len(rules) - 1; i >= 0; i-- {
			if l.accepts(rules[i], e) {
				found = i
			}
			if l.actions[rules[i][0].line] != l.actions[e.line] && slices.ContainsFunc(rules[i], func(other *element) bool { return x.equals(e, other) }) {
				break
			}
		}
		return found
	}
}

func (l layout) accepts(rule []*element, e *element) bool {
	return len(rule) < maxMatches && l.actions[rule[0].line] == l.actions[e.line]
}

// equals says whether order decides between two elements for some request.
func (x expressions) equals(e, earlier *element) bool {
	if x.beside(e, earlier) != level {
		return false
	}
	_, met, _ := x.intersect(e, earlier)
	return met != apart
}

// chunks lays elements into objects. The one with the last line comes last.
func (l layout) chunks(elements []element) []chunk {
	all := make([]chunk, 0, 2) // requests that may be repeated, and the rest
	last := l.classes[elements[len(elements)-1].line]
	for line, class := range l.classes {
		if class == line && class != last {
			all = l.appendChunks(all, class, elements)
		}
	}
	return l.appendChunks(all, last, elements)
}

// appendChunks lays the elements of one timeout and retry into objects.
func (l layout) appendChunks(all []chunk, class int, elements []element) []chunk {
	before := len(all)
	for i := range elements {
		e := &elements[i]
		if l.classes[e.line] != class {
			continue
		}
		if len(all) == before {
			all = append(all, chunk{line: class})
		}
		current := &all[len(all)-1]
		rule := l.place(current.rules, e)
		if rule == maxRules {
			all = append(all, chunk{line: class})
			current, rule = &all[len(all)-1], 0
		}
		if rule == len(current.rules) {
			current.rules = append(current.rules, make([]*element, 0, maxMatches))
		}
		current.rules[rule] = append(current.rules[rule], e)
	}
	for i := range all[before:] {
		all[before+i].number = len(all) - 1 - before - i
	}
	return all
}

// overflows says whether a pair of timeout and retry needs more than one object.
func overflows(parts []chunk) bool {
	return slices.ContainsFunc(parts, func(part chunk) bool { return part.number > 0 })
}

func writeRules(routes []model.Route, part chunk, x expressions) (routeObject, error) {
	object := routeObject{line: part.line, rules: make([]routeRule, len(part.rules))}
	for i, elements := range part.rules {
		rule := routeRule{line: elements[0].line, matches: make([]v1beta3.HTTPRouteMatch, len(elements))}
		for j, e := range elements {
			if j > 0 && e.match == elements[j-1].match && e.path == elements[j-1].path {
				rule.matches[j] = rule.matches[j-1] // but for the method
				rule.matches[j].Method = e.method
				continue
			}
			match, why := writeMatch(e, x)
			if why != "" {
				return object, model.Problem{
					Origin: place(routes[e.line]), Reason: v1alpha1.ReasonUnsupported,
					Message: "the match cannot be written for Linkerd: " + why + "; make it simpler",
				}
			}
			rule.matches[j] = match
		}
		object.rules[i] = rule
	}
	return object, nil
}
