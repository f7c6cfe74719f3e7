package linkerd

import (
	"slices"
	"strconv"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// maxElements bounds the matches of one table: more than anybody reads, and what one HTTPRoute can hold at the most.
const maxElements = 128

// methods are all that a match can name.
var methods = [...]string{"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}

// order is a routing table being written for a data plane that goes by rank and not by order.
//
// The model says: the first line that matches decides. Linkerd says: the longest path decides, then the number of headers, query parameters,
// method; only among equals the first. So for every line and every later element that Linkerd may prefer to it, though the two want
// different things, the requests that both match are written out as an element of their own, which outranks both. Repeated until nothing
// is added, every request gets the model's answer: were it to get the answer of a later line, that element and the line's own would have
// met, and what they have in common would have been added.
type order struct {
	routes []model.Route
	layout layout
	spread spread
	x      expressions
	// own are the elements of the lines themselves; all are these and the intersections, sorted by line.
	own, all []element
}

// spread is how elements with the same timeout and retry will lie.
type spread int

const (
	// oneObject: in one object, in the order of the lines, so that ties go to the earlier line.
	oneObject spread = iota
	// manyObjects: in several, so that nobody knows who wins a tie.
	manyObjects
)

// arrange writes the table as elements, sorted by deciding line. The error is a model.Problem.
func arrange(routes []model.Route, l layout, s spread, x expressions) ([]element, error) {
	o := order{routes: routes, layout: l, spread: s, x: x}
	size := 0
	for i := range routes {
		size += max(1, len(routes[i].Match.Methods))
	}
	o.own = make([]element, 0, size)
	for line := range routes {
		o.expand(line)
	}
	o.all = o.own
	for i := 0; i < len(o.all); i++ {
		if err := o.repair(o.all[i]); err != nil {
			return nil, err
		}
		if len(o.all) > maxElements {
			return nil, o.problem(len(routes)-1, "the matches of the Service make more than "+strconv.Itoa(maxElements)+
				" rules for Linkerd; use fewer or simpler matches")
		}
	}
	if len(o.all) > len(o.own) {
		slices.SortStableFunc(o.all, func(a, b element) int { return a.line - b.line })
	}
	return o.all, nil
}

// expand makes the elements of a line: one for each method. What an earlier line covers is never reached and left out.
func (o *order) expand(line int) {
	match := &o.routes[line].Match
	if len(match.Methods) == 0 {
		o.enter(newElement(match, match.Path, "", line))
	}
	for _, method := range match.Methods {
		o.enter(newElement(match, match.Path, method, line))
	}
}

func (o *order) enter(e element) {
	if o.decides(&e, e.line) == e.line {
		o.own = append(o.own, e)
	}
}

// decides finds the first line that covers the element; last is known to.
func (o *order) decides(e *element, last int) int {
	for line := range last {
		if o.x.covers(&o.routes[line].Match, e) {
			return line
		}
	}
	return last
}

// repair adds what the element has in common with the earlier lines that Linkerd might prefer it to.
func (o *order) repair(e element) error {
	for i := range o.own {
		earlier := &o.own[i]
		if earlier.line >= e.line {
			return nil
		}
		if o.layout.actions[earlier.line] == o.layout.actions[e.line] || o.settled(earlier, &e) {
			continue
		}
		if err := o.add(earlier, &e); err != nil {
			return err
		}
	}
	return nil
}

// settled says whether Linkerd prefers the earlier element wherever both match.
func (o *order) settled(earlier, later *element) bool {
	switch o.x.beside(later, earlier) {
	case behind:
		return true
	case level:
		return o.spread == oneObject && o.layout.classes[earlier.line] == o.layout.classes[later.line]
	case ahead:
	}
	return false
}

// add writes the requests that both match as an element that is decided by the earlier line, or one before.
func (o *order) add(earlier, later *element) error {
	a := *earlier
	if a.isExpression() && later.path.Kind == model.MatchPrefix {
		// Only on the prefix itself is the later one not behind.
		a.path = &model.PathMatch{Kind: model.MatchExact, Value: later.path.Value}
	}
	both, met, why := o.x.intersect(&a, later)
	if met == apart {
		return nil
	}
	if met == unwritable {
		return o.conflict(earlier, later, why)
	}
	both.line = o.decides(&both, earlier.line)
	if o.layout.actions[both.line] == o.layout.actions[later.line] || o.settled(&both, later) {
		o.insert(both)
		return nil
	}
	if both.method != "" {
		return o.conflict(earlier, later, "Linkerd takes both for equally specific, and they are in different HTTPRoutes, because timeouts or retries differ or one is full")
	}
	for _, method := range methods { // a method more is what makes it more specific
		one := newElement(both.match, both.path, method, earlier.line)
		one.line = o.decides(&one, earlier.line)
		o.insert(one)
	}
	return nil
}

func (o *order) insert(e element) {
	if slices.ContainsFunc(o.all, func(other element) bool { return e.same(&other) }) {
		return
	}
	if len(o.all) == len(o.own) { // own stays as it is
		o.all = slices.Grow(slices.Clip(o.all), len(o.own))
	}
	o.all = append(o.all, e)
}

// conflict names both rules.
func (o *order) conflict(earlier, later *element, why string) error {
	first, second := place(o.routes[earlier.line]), place(o.routes[later.line])
	return o.problem(later.line, "Linkerd may let this rule decide requests for which "+first.String()+" "+first.Path+
		" comes first, and the requests that both match cannot be written as a rule of their own: "+why+
		"; make "+first.Path+" and "+second.Path+" exclude each other, or compare with exact values")
}

func (o *order) problem(line int, message string) error {
	return model.Problem{Origin: place(o.routes[line]), Reason: v1alpha1.ReasonUnsupported, Message: message}
}

// place is where a line stands: the release when it has one.
func place(route model.Route) model.Origin {
	for _, origin := range route.Origins {
		if origin.Kind == v1alpha1.KindCanaryRelease {
			return origin
		}
	}
	if len(route.Origins) == 0 {
		return model.Origin{}
	}
	return route.Origins[0]
}
