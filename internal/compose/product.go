package compose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// idempotent are the methods that may be repeated without harm (RFC 9110, 9.2.2), sorted.
var idempotent = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PUT", "TRACE"}

// product multiplies the Service's routing table by the rules of its resilience: one table that says both, in the release's order, and within
// each of its lines in the order of the rules.
type product struct {
	of       *resilience
	lines    []model.Route
	problems model.Problems
}

// apply lays the resilience over a Service. The problems are advice: some rule does not hold for some requests.
func (r *resilience) apply(svc *model.Service) model.Problems {
	svc.Breaker, svc.RetryBudget = r.breaker, r.budget
	ports := routable(svc.Ports)
	if !r.routed() || len(ports) == 0 {
		return nil
	}
	if len(svc.Routes) == 0 {
		svc.Routes, svc.RoutedPorts = []model.Route{{}}, ports
	}
	made := product{of: r, lines: make([]model.Route, 0, 2*len(svc.Routes)*len(r.rules))}
	for i := range svc.Routes {
		made.multiply(&svc.Routes[i])
	}
	svc.Routes = made.lines
	return append(made.problems, r.gaps(svc, ports)...)
}

// multiply adds one line of the table under each rule that speaks about some of its requests.
func (p *product) multiply(line *model.Route) {
	for i := range p.of.rules {
		rule := &p.of.rules[i]
		methods, some := commonMethods(line.Match.Methods, rule.methods)
		path, met := joinPaths(line.Match.Path, rule.path)
		switch {
		case !some || met == pathsApart:
			continue
		case met == pathsUnwritable:
			p.leaveOut(line, rule)
			continue
		}
		joined := *line
		joined.Match.Path, joined.Match.Methods = path, methods
		joined.Timeout = rule.timeout
		joined.Origins = append(slices.Clip(line.Origins), at(p.of.origin, rule.place))
		p.add(joined, rule.retry)
		if len(methods) == len(line.Match.Methods) && path == line.Match.Path {
			return // all requests of the line: later rules are never reached
		}
	}
}

// add adds a line with its retries; unless told otherwise only requests that may be repeated are retried, on a line of their own.
func (p *product) add(line model.Route, retry *model.Retry) {
	if retry == nil {
		p.lines = append(p.lines, line)
		return
	}
	safe, rest := idempotent, len(line.Match.Methods) == 0
	switch {
	case retry.NonIdempotent:
		safe, rest = line.Match.Methods, false
	case len(line.Match.Methods) > 0:
		safe, _ = commonMethods(line.Match.Methods, idempotent)
		rest = len(safe) < len(line.Match.Methods)
	}
	if len(safe) > 0 || retry.NonIdempotent {
		retried := line
		retried.Retry, retried.Match.Methods = retry, safe
		p.lines = append(p.lines, retried)
	}
	if rest {
		p.lines = append(p.lines, line)
	}
}

// leaveOut reports a rule that cannot be joined with a line: the requests of the line go by the rules after it.
func (p *product) leaveOut(line *model.Route, rule *resilienceRule) {
	problem := model.Problem{
		Origin: at(p.of.origin, rule.place+".match.path"), Reason: v1alpha1.ReasonPartiallySupported, Advisory: true,
		Message: "requests whose path a release compares with the regular expression " + line.Match.Path.Value +
			" go by the other rules: an expression and this prefix cannot be joined; use an exact path in one, or a prefix in the release",
	}
	if !slices.Contains(p.problems, problem) {
		p.problems = append(p.problems, problem)
	}
}

// commonMethods are the methods of both lists, which are sorted; an empty list is every method. False: there are none.
func commonMethods(a, b []string) (methods []string, some bool) {
	switch {
	case len(a) == 0:
		return b, true
	case len(b) == 0:
		return a, true
	}
	for _, method := range a {
		if slices.Contains(b, method) {
			methods = append(methods, method)
		}
	}
	return methods, len(methods) > 0
}

// pathMeeting is what two paths have in common.
type pathMeeting int

const (
	pathsJoined pathMeeting = iota
	pathsApart
	// pathsUnwritable: no single comparison says it.
	pathsUnwritable
)

// joinPaths makes one comparison of two. The second is never an expression. Nil is every path.
func joinPaths(a, b *model.PathMatch) (*model.PathMatch, pathMeeting) {
	switch {
	case b == nil:
		return a, pathsJoined
	case a == nil:
		return b, pathsJoined
	case a.Kind == model.MatchRegex && b.Kind == model.MatchExact:
		if matchesWhole(a.Value, b.Value) {
			return b, pathsJoined
		}
		return nil, pathsApart
	case a.Kind == model.MatchRegex:
		return nil, pathsUnwritable
	case lies(a, b):
		return a, pathsJoined
	case lies(b, a):
		return b, pathsJoined
	}
	return nil, pathsApart
}

// lies says whether every path of the inner comparison is one of the outer. Neither is an expression.
func lies(inner, outer *model.PathMatch) bool {
	if *inner == *outer {
		return true
	}
	return outer.Kind == model.MatchPrefix && (inner.Value == outer.Value || strings.HasPrefix(inner.Value, outer.Value+"/"))
}

// matchesWhole says whether an expression matches the whole of a value. One that does not compile was reported where it stands.
func matchesWhole(expression, value string) bool {
	compiled, err := regexp.Compile("^(?:" + expression + ")$")
	return err == nil && compiled.MatchString(value)
}

// gaps reports the ports that a release leaves out: the Service has one routing table, and it is the release's.
func (r *resilience) gaps(svc *model.Service, ports []int32) model.Problems {
	var problems model.Problems
	for _, port := range ports {
		if !slices.Contains(svc.RoutedPorts, port) {
			problems = append(problems, model.Problem{
				Origin: at(r.origin, "spec.resilience"), Reason: v1alpha1.ReasonPartiallySupported, Advisory: true,
				Message: "the release of Service " + svc.Name + " leaves out port " + strconv.Itoa(int(port)) +
					", and so do timeouts and retries; name the port in the release too, or none",
			})
		}
	}
	return problems
}
