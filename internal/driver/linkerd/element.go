package linkerd

import (
	"slices"
	"strings"

	"github.com/kubemate/kubemate/internal/model"
)

// element is one conjunction: one match of an HTTPRoute.
type element struct {
	// match without path and methods; shared by the elements of a line.
	match *model.Match
	// path is never nil.
	path *model.PathMatch
	// method. Empty: any.
	method string
	// line of the model's table that decides: the first that is true of all that the element is true of.
	line int
	// length and rest are how Linkerd compares an element with others that match the same request: length of the path, then headers, query
	// parameters and method (linkerd2-proxy, linkerd/http/route/src/http/match.rs). The length of a regular expression is that of the
	// request's path, and stands as 0.
	length, rest int
}

// root is the path that is any.
var root = &model.PathMatch{Kind: model.MatchPrefix, Value: "/"}

func newElement(match *model.Match, path *model.PathMatch, method string, line int) element {
	e := element{match: match, path: path, method: method, line: line}
	if path == nil {
		e.path = root
	}
	if !e.isExpression() {
		e.length = len(e.path.Value)
	}
	e.rest = len(match.Headers)<<9 + len(match.Query)<<1
	if len(match.Cookies) > 0 {
		e.rest += 1 << 9 // cookies are one header, whatever their number
	}
	if method != "" {
		e.rest++
	}
	return e
}

func (e *element) isExpression() bool { return e.path.Kind == model.MatchRegex }

// same says whether two elements are one.
func (e *element) same(other *element) bool {
	return e.length == other.length && e.rest == other.rest && e.method == other.method && *e.path == *other.path &&
		slices.Equal(e.match.Headers, other.match.Headers) && slices.Equal(e.match.Cookies, other.match.Cookies) &&
		slices.Equal(e.match.Query, other.match.Query)
}

// preference is what Linkerd makes of an element beside another, on the requests that both match.
type preference int

const (
	// behind: the other is always preferred.
	behind preference = iota
	// level: age or order decides, at least for some requests, and the element is never preferred outright.
	level
	// ahead: the element is preferred for some requests at least.
	ahead
)

// beside compares an element with another.
func (x expressions) beside(e, other *element) preference {
	switch {
	case e.length > 0 && other.length > 0 && e.length != other.length:
		return prefer(e.length - other.length)
	case e.isExpression() && other.path.Kind == model.MatchPrefix:
		return ahead // of every longer path than the prefix
	case other.isExpression() && e.path.Kind == model.MatchPrefix && !x[other.path.Value].matches(e.path.Value):
		return behind // only on the prefix itself are both of one length
	}
	return prefer(e.rest - other.rest)
}

func prefer(difference int) preference {
	switch {
	case difference < 0:
		return behind
	case difference > 0:
		return ahead
	}
	return level
}

// covers says whether a match is true of every request that the element is true of, as far as it can be proved.
func (x expressions) covers(match *model.Match, e *element) bool {
	if len(match.Headers) > len(e.match.Headers) || len(match.Cookies) > len(e.match.Cookies) || len(match.Query) > len(e.match.Query) {
		return false
	}
	if len(match.Methods) > 0 && (e.method == "" || !slices.Contains(match.Methods, e.method)) {
		return false
	}
	return (match.Path == nil || x.pathCovers(match.Path, e.path)) && x.valuesCover(match.Headers, e.match.Headers) &&
		x.valuesCover(match.Cookies, e.match.Cookies) && x.valuesCover(match.Query, e.match.Query)
}

func (x expressions) pathCovers(a, b *model.PathMatch) bool {
	if *a == *b || *a == *root {
		return true
	}
	switch {
	case a.Kind == model.MatchRegex:
		return b.Kind == model.MatchExact && x[a.Value].matches(b.Value)
	case b.Kind == model.MatchRegex:
		return a.Kind == model.MatchPrefix && len(x[b.Value].prefix) > len(a.Value) && under(x[b.Value].prefix, a.Value)
	case a.Kind == model.MatchPrefix:
		return under(b.Value, a.Value)
	}
	return false
}

// under says whether a path is a prefix or below it, in whole segments.
func under(path, prefix string) bool {
	return prefix == "/" || strings.HasPrefix(path, prefix) && (len(path) == len(prefix) || path[len(prefix)] == '/')
}

// valuesCover says whether every value of a is demanded, at least as narrowly, by b.
func (x expressions) valuesCover(a, b []model.ValueMatch) bool {
	j := 0
	for i := range a {
		for j < len(b) && b[j].Name < a[i].Name {
			j++
		}
		if j == len(b) || b[j].Name != a[i].Name || !x.valueCovers(&a[i], &b[j]) {
			return false
		}
	}
	return true
}

func (x expressions) valueCovers(a, b *model.ValueMatch) bool {
	if *a == *b {
		return true
	}
	switch {
	case a.Kind == model.MatchRegex:
		return b.Kind == model.MatchExact && x[a.Value].matches(b.Value)
	case a.Kind == model.MatchPrefix && b.Kind == model.MatchRegex:
		return strings.HasPrefix(x[b.Value].prefix, a.Value)
	case a.Kind == model.MatchPrefix:
		return strings.HasPrefix(b.Value, a.Value)
	}
	return false
}
