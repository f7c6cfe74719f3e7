package traefik_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/kubemate/kubemate/internal/model"
)

// request is a request before it is one of net/http.
type request struct {
	entryPoint, host, path, method string
	headers                        http.Header
	cookies                        []string
	query                          map[string][]string
}

func (r request) http() *http.Request {
	h := httptest.NewRequest(r.method, "http://placeholder"+r.path, nil)
	h.Host = r.host
	for name, values := range r.headers {
		for _, value := range values {
			h.Header.Add(name, value)
		}
	}
	for _, line := range r.cookies {
		h.Header.Add("Cookie", line)
	}
	h.URL.RawQuery = url.Values(r.query).Encode()
	return h
}

// decision is the line that the model leads a request to, and what made it so.
type decision struct {
	backend   string
	decidedBy []string
}

// evaluate reads the model: of the routes whose host and path are the request's, the exact host before the wildcard, then the longest path,
// exact before prefix; of its table the first line that is true.
func evaluate(edges []model.Edge, r request) decision {
	type candidate struct {
		rank  [4]int
		route model.EdgeRoute
	}
	var best *candidate
	others := 0
	for _, edge := range edges {
		if (edge.TLS != nil) != (r.entryPoint == "websecure") {
			continue
		}
		host := hostRank(edge.Hosts, r.host)
		for i, route := range edge.Routes {
			if _, ok := matchTrue(route.Conditions(), r); !ok || host < 0 || !pathTrue(route.Path, r.path) {
				continue
			}
			others++
			one := candidate{[4]int{host, pathLength(route.Path), pathKind(route.Path), -i}, route}
			if best == nil || slices.Compare(one.rank[:], best.rank[:]) > 0 {
				best = &one
			}
		}
	}
	if best == nil {
		return decision{decidedBy: []string{"nothing"}}
	}
	var by []string
	if best.rank[0] == 0 {
		by = append(by, "wildcard host")
	}
	if others > 1 {
		by = append(by, "less specific path") // there was one, and it lost
	}
	for _, line := range best.route.Table {
		if kinds, ok := matchTrue(line.Match, r); ok {
			return decision{backend: line.Split[0].Backend, decidedBy: append(by, kinds...)}
		}
	}
	panic("a table without a last line for all")
}

// hostRank is 1 for an exact host, 0 for a wildcard of one label, -1 for another's.
func hostRank(hosts []string, host string) int {
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	name = strings.TrimSuffix(name, ".")
	if slices.Contains(hosts, name) {
		return 1
	}
	if label, rest, ok := strings.Cut(name, "."); ok && label != "" && slices.Contains(hosts, "*."+rest) {
		return 0
	}
	return -1
}

func pathLength(path *model.PathMatch) int {
	if path == nil || path.Value == "/" && path.Kind == model.MatchPrefix {
		return 0
	}
	return len(path.Value)
}

func pathKind(path *model.PathMatch) int {
	if path != nil && path.Kind == model.MatchExact {
		return 1
	}
	return 0
}

func pathTrue(path *model.PathMatch, of string) bool {
	switch {
	case path == nil:
		return true
	case path.Kind == model.MatchExact:
		return of == path.Value
	case path.Kind == model.MatchRegex:
		return whole(path.Value, of)
	}
	// whole segments
	want, have := strings.Split(strings.Trim(path.Value, "/"), "/"), strings.Split(strings.TrimPrefix(of, "/"), "/")
	return path.Value == "/" || len(have) >= len(want) && slices.Equal(want, have[:len(want)])
}

func matchTrue(match model.Match, r request) ([]string, bool) {
	var by []string
	if match.Path != nil {
		if !pathTrue(match.Path, r.path) {
			return nil, false
		}
		by = append(by, "path "+string(match.Path.Kind))
	}
	if len(match.Methods) > 0 {
		if !slices.Contains(match.Methods, r.method) {
			return nil, false
		}
		by = append(by, "method")
	}
	for _, group := range []struct {
		kind   string
		wanted []model.ValueMatch
		values func(string) []string
	}{
		{"header", match.Headers, func(name string) []string { return r.headers.Values(name) }},
		{"cookie", match.Cookies, func(name string) []string { return cookieValues(r.cookies, name) }},
		{"query", match.Query, func(name string) []string { return r.query[name] }},
	} {
		for _, wanted := range group.wanted {
			if !slices.ContainsFunc(group.values(wanted.Name), func(value string) bool { return valueTrue(wanted, value) }) {
				return nil, false
			}
			by = append(by, group.kind+" "+string(wanted.Kind))
		}
	}
	if len(by) == 0 {
		by = []string{"catch-all"}
	}
	return by, true
}

func valueTrue(wanted model.ValueMatch, value string) bool {
	switch wanted.Kind {
	case model.MatchExact:
		return value == wanted.Value
	case model.MatchPrefix:
		return strings.HasPrefix(value, wanted.Value)
	default:
		return whole(wanted.Value, value)
	}
}

func whole(expression, value string) bool {
	return regexp.MustCompile(`\A(?:` + expression + `)\z`).MatchString(value)
}

// cookieValues are the values of the cookies of a name, in all Cookie headers.
func cookieValues(lines []string, name string) []string {
	var values []string
	for _, line := range lines {
		for pair := range strings.SplitSeq(line, ";") {
			if found, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && found == name {
				values = append(values, value)
			}
		}
	}
	return values
}
