package linkerd

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/internal/model"
)

// element is one conjunction: one match of an HTTPRoute.
type element struct {
	// match has at most one method, and a path.
	match model.Match
	// line of the model's table that decides: the first that is true of all that the element is true of.
	line int
	rank rank
}

// rank is how Linkerd compares an element with others that match the same request: length of the path, then headers, query parameters
// and method (linkerd2-proxy, linkerd/http/route/src/http/match.rs). The length of a regular expression is that of the request's path.
type rank struct {
	kind   model.MatchKind
	length int
	rest   int
}

// root is the path that is any.
var root = &model.PathMatch{Kind: model.MatchPrefix, Value: "/"}

func newElement(match model.Match, line int) element {
	if match.Path == nil {
		match.Path = root
	}
	rest := len(match.Headers)<<9 + len(match.Query)<<1 + len(match.Methods)
	if len(match.Cookies) > 0 {
		rest += 1 << 9 // cookies are one header, whatever their number
	}
	return element{match: match, line: line, rank: rank{match.Path.Kind, len(match.Path.Value), rest}}
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
	regexE, regexOther := e.rank.kind == model.MatchRegex, other.rank.kind == model.MatchRegex
	switch {
	case !regexE && !regexOther && e.rank.length != other.rank.length:
		return prefer(e.rank.length - other.rank.length)
	case regexE && other.rank.kind == model.MatchPrefix:
		return ahead // of every longer path than the prefix
	case regexOther && e.rank.kind == model.MatchPrefix && !x[other.match.Path.Value].matches(e.match.Path.Value):
		return behind // only on the prefix itself are both of one length
	}
	return prefer(e.rank.rest - other.rank.rest)
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

// key tells elements apart.
func (e *element) key() string {
	var b strings.Builder
	word := func(words ...string) {
		for _, w := range words {
			b.WriteString(strconv.Quote(w))
		}
	}
	word(string(e.match.Path.Kind), e.match.Path.Value)
	word(e.match.Methods...)
	for _, values := range [][]model.ValueMatch{e.match.Headers, e.match.Cookies, e.match.Query} {
		b.WriteByte('|')
		for _, value := range values {
			word(value.Name, string(value.Kind), value.Value)
		}
	}
	return b.String()
}

// covers says whether a match is true of every request that the element is true of, as far as it can be proved.
func (x expressions) covers(match *model.Match, e *element) bool {
	if len(match.Headers) > len(e.match.Headers) || len(match.Cookies) > len(e.match.Cookies) || len(match.Query) > len(e.match.Query) {
		return false
	}
	if len(match.Methods) > 0 && (len(e.match.Methods) == 0 || !slices.Contains(match.Methods, e.match.Methods[0])) {
		return false
	}
	return (match.Path == nil || x.pathCovers(match.Path, e.match.Path)) && x.valuesCover(match.Headers, e.match.Headers) &&
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
