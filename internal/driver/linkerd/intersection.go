package linkerd

import (
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/internal/model"
)

// meeting is what two conjunctions have in common.
type meeting int

const (
	// apart: no request matches both.
	apart meeting = iota
	// joined: one conjunction says it.
	joined
	// unwritable: there may be common requests, and no single conjunction says which.
	unwritable
)

// Limits of one match of an HTTPRoute.
const (
	maxValues  = 16
	maxCookies = 3
)

// intersect makes the conjunction of two. The text says why it cannot be written.
func (x expressions) intersect(a, b *element) (element, meeting, string) {
	method, met := intersectMethods(a.method, b.method)
	if met == apart {
		return element{}, apart, ""
	}
	path, met := x.intersectPaths(a.path, b.path)
	if met == apart {
		return element{}, apart, ""
	}
	out := &model.Match{}
	why := ""
	if met == unwritable {
		why = "a regular expression for the path cannot be joined with another path"
	}
	for _, part := range []struct {
		what string
		to   *[]model.ValueMatch
		a, b []model.ValueMatch
	}{
		{"header", &out.Headers, a.match.Headers, b.match.Headers},
		{"cookie", &out.Cookies, a.match.Cookies, b.match.Cookies},
		{"query parameter", &out.Query, a.match.Query, b.match.Query},
	} {
		values, met, name := x.intersectValues(part.a, part.b)
		if met == apart {
			return element{}, apart, ""
		}
		if met == unwritable {
			why = "the " + part.what + " " + name + " would have to match a regular expression and something else at once"
		}
		*part.to = values
	}
	if why == "" {
		why = tooMany(out)
	}
	if why != "" {
		return element{}, unwritable, why
	}
	return newElement(out, path, method, a.line), joined, ""
}

// tooMany says why a match is more than one match of an HTTPRoute can hold. Empty: it is not.
func tooMany(match *model.Match) string {
	headers := len(match.Headers)
	if len(match.Cookies) > 0 {
		headers++
	}
	switch {
	case len(match.Cookies) > maxCookies:
		return "it has more than " + strconv.Itoa(maxCookies) + " cookies"
	case headers > maxValues || len(match.Query) > maxValues:
		return "it has more than " + strconv.Itoa(maxValues) + " headers or query parameters"
	}
	return ""
}

func intersectMethods(a, b string) (string, meeting) {
	switch {
	case a == "":
		return b, joined
	case b == "" || a == b:
		return a, joined
	}
	return "", apart
}

func (x expressions) intersectPaths(a, b *model.PathMatch) (*model.PathMatch, meeting) {
	switch {
	case x.pathCovers(a, b):
		return b, joined
	case x.pathCovers(b, a):
		return a, joined
	case a.Kind != model.MatchRegex && b.Kind != model.MatchRegex:
		return nil, apart // two prefixes or exact paths of which none lies under the other
	case a.Kind == model.MatchExact || b.Kind == model.MatchExact:
		return nil, apart // the expression was evaluated
	}
	if b.Kind == model.MatchPrefix {
		a, b = b, a
	}
	if begin := x.begins(b); a.Kind == model.MatchPrefix && len(begin) > len(a.Value) && !under(begin, a.Value) {
		return nil, apart
	}
	return nil, diverge(x.begins(a), x.begins(b))
}

// begins is what every path begins with that matches.
func (x expressions) begins(path *model.PathMatch) string {
	if path.Kind == model.MatchRegex {
		return x[path.Value].prefix
	}
	return path.Value
}

// diverge tells values apart of which every one has its beginning, when neither beginning is that of the other.
func diverge(a, b string) meeting {
	if strings.HasPrefix(a, b) || strings.HasPrefix(b, a) {
		return unwritable
	}
	return apart
}

// intersectValues merges two lists that are sorted by name. The name is that of the value that cannot be written.
func (x expressions) intersectValues(a, b []model.ValueMatch) ([]model.ValueMatch, meeting, string) {
	if len(a) == 0 {
		return b, joined, ""
	}
	if len(b) == 0 {
		return a, joined, ""
	}
	out := make([]model.ValueMatch, 0, len(a)+len(b))
	met, name := joined, ""
	for len(a) > 0 && len(b) > 0 {
		switch strings.Compare(a[0].Name, b[0].Name) {
		case -1:
			out, a = append(out, a[0]), a[1:]
		case 1:
			out, b = append(out, b[0]), b[1:]
		default:
			value, one := x.intersectValue(&a[0], &b[0])
			if one == apart {
				return nil, apart, ""
			}
			if one == unwritable {
				met, name = unwritable, a[0].Name
			}
			out, a, b = append(out, value), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...), met, name
}

func (x expressions) intersectValue(a, b *model.ValueMatch) (model.ValueMatch, meeting) {
	switch {
	case x.valueCovers(a, b):
		return *b, joined
	case x.valueCovers(b, a):
		return *a, joined
	case a.Kind != model.MatchRegex && b.Kind != model.MatchRegex, a.Kind == model.MatchExact, b.Kind == model.MatchExact:
		return model.ValueMatch{}, apart
	}
	begins := func(value *model.ValueMatch) string {
		if value.Kind == model.MatchRegex {
			return x[value.Value].prefix
		}
		return value.Value
	}
	return model.ValueMatch{}, diverge(begins(a), begins(b))
}
