package linkerdtest

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

// Request is what a proxy sees of a request.
type Request struct {
	Method, Path string
	// Headers by name in lower case, each with its values.
	Headers map[string][]string
	// Query parameters, decoded.
	Query map[string][]string
}

// Find is the rule that a proxy chooses, and its route. The routes are in the proxy's order, the oldest first. Nil: no rule matches.
func Find(routes []*v1beta3.HTTPRoute, request Request) (*v1beta3.HTTPRoute, *v1beta3.HTTPRouteRule) {
	var bestRoute *v1beta3.HTTPRoute
	var bestRule *v1beta3.HTTPRouteRule
	var best summary
	for _, route := range routes {
		for i := range route.Spec.Rules {
			rule := &route.Spec.Rules[i]
			found, ok := bestMatch(rule, request)
			if ok && (bestRule == nil || found.compare(best) > 0) { // the first of equals stays
				bestRoute, bestRule, best = route, rule, found
			}
		}
	}
	return bestRoute, bestRule
}

// summary is what proxies compare of two matches.
type summary struct{ path, headers, query, method int }

func (s summary) compare(other summary) int {
	return cmp.Or(s.path-other.path, s.headers-other.headers, s.query-other.query, s.method-other.method)
}

func bestMatch(rule *v1beta3.HTTPRouteRule, request Request) (summary, bool) {
	var best summary
	matched := false
	for i := range rule.Matches {
		found, ok := match(&rule.Matches[i], request)
		if ok && (!matched || found.compare(best) > 0) {
			best, matched = found, true
		}
	}
	return best, matched
}

func match(m *v1beta3.HTTPRouteMatch, request Request) (summary, bool) {
	s := summary{headers: len(m.Headers), query: len(m.QueryParams)}
	if m.Method != "" {
		if m.Method != request.Method {
			return s, false
		}
		s.method = 1
	}
	length, ok := pathLength(m.Path, request.Path)
	if !ok {
		return s, false
	}
	s.path = length
	for _, header := range m.Headers {
		if !anyValue(header, request.Headers[header.Name]) {
			return s, false
		}
	}
	for _, query := range m.QueryParams {
		if !anyValue(query, request.Query[query.Name]) {
			return s, false
		}
	}
	return s, true
}

// pathLength is how much of the path a match is about.
func pathLength(m v1beta3.HTTPPathMatch, path string) (int, bool) {
	switch m.Type {
	case v1beta3.MatchExact:
		return len(m.Value), m.Value == path
	case v1beta3.MatchRegularExpression:
		return len(path), wholeLeftmost(m.Value, path)
	}
	if m.Value == "/" {
		return 1, true
	}
	prefix := strings.TrimRight(m.Value, "/")
	rest, ok := strings.CutPrefix(strings.TrimRight(path, "/"), prefix)
	return len(prefix), ok && (rest == "" || rest[0] == '/')
}

func anyValue(m v1beta3.HTTPValueMatch, values []string) bool {
	for _, value := range values {
		if m.Type == v1beta3.MatchExact && value == m.Value || m.Type == v1beta3.MatchRegularExpression && wholeLeftmost(m.Value, value) {
			return true
		}
	}
	return false
}

// wholeLeftmost says whether the leftmost match, with the preferences of the expression, happens to be the whole value. Go and Rust agree
// about which match that is.
func wholeLeftmost(expression, value string) bool {
	found := compiled(expression).FindStringIndex(value)
	return found != nil && found[0] == 0 && found[1] == len(value)
}

var cache = map[string]*regexp.Regexp{}

// compiled is not safe for concurrent use.
func compiled(expression string) *regexp.Regexp {
	if cache[expression] == nil {
		cache[expression] = regexp.MustCompile(expression)
	}
	return cache[expression]
}
