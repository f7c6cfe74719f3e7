package evaluate

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

// rank is how specific a match is. Proxies prefer the greater: the host, then of HTTP the length of the path, the headers, the query parameters,
// the method; of gRPC the lengths of service and method, then the headers.
type rank [6]int

func (r rank) compare(other rank) int {
	for i := range r {
		if c := cmp.Compare(r[i], other[i]); c != 0 {
			return c
		}
	}
	return 0
}

// Places in a rank.
const (
	rankHost = iota
	rankPath
	rankHeaders
	rankQuery
	rankMethod
)

// find is the route and the number of its rule that a proxy chooses. The routes are in the proxy's order: the first of equals wins. Nil: none
// is for the request.
func find(routes []*route, request *Request) (*route, int) {
	var best *route
	var most rank
	index := 0
	for _, r := range routes {
		host, ok := r.host(request.Host)
		if !ok {
			continue
		}
		for i := range r.rules {
			found, ok := r.rules[i].best(request)
			found[rankHost] = host
			if ok && (best == nil || found.compare(most) > 0) {
				best, most, index = r, found, i
			}
		}
	}
	return best, index
}

// exactHost is above all suffixes.
const exactHost = 1 << 16

// host says whether a route is for a host, and how exactly it names it.
func (r *route) host(host string) (int, bool) {
	if len(r.hostnames) == 0 {
		return 0, true
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	most := 0
	for _, name := range r.hostnames {
		name = strings.ToLower(strings.TrimSuffix(name, "."))
		suffix, wild := strings.CutPrefix(name, "*")
		switch {
		case host == "":
		case !wild && name == host:
			most = max(most, exactHost+len(name))
		case wild && len(host) > len(suffix) && strings.HasSuffix(host, suffix):
			most = max(most, len(suffix))
		}
	}
	return most, most > 0
}

func (r *rule) best(request *Request) (rank, bool) {
	if len(r.matches) == 0 {
		return rank{rankPath: 1}, true
	}
	var most rank
	matched := false
	for i := range r.matches {
		if found, ok := r.matches[i].rank(request); ok && (!matched || found.compare(most) > 0) {
			most, matched = found, true
		}
	}
	return most, matched
}

func (m *match) rank(request *Request) (rank, bool) {
	if m.grpc != nil {
		return m.rankGRPC(request)
	}
	r := rank{rankHeaders: len(m.headers), rankQuery: len(m.query)}
	if m.method != "" {
		r[rankMethod] = 1
	}
	length, ok := m.path.length(request.Path)
	r[rankPath] = length
	return r, ok && (m.method == "" || m.method == request.Method) && all(m.headers, request.Headers) && all(m.query, request.Query)
}

// rankGRPC compares the first two segments of the path; more may follow.
func (m *match) rankGRPC(request *Request) (rank, bool) {
	parts := strings.Split(request.Path, "/")
	if request.Method != "POST" || len(parts) < 3 || parts[0] != "" {
		return rank{}, false
	}
	if m.grpc.service != "" && m.grpc.service != parts[1] || m.grpc.method != "" && m.grpc.method != parts[2] {
		return rank{}, false
	}
	return rank{rankPath: len(m.grpc.service), rankPath + 1: len(m.grpc.method), rankPath + 2: len(m.headers)}, all(m.headers, request.Headers)
}

// length is how much of the path a match is about: the whole path for an expression.
func (p pathMatch) length(path string) (int, bool) {
	switch p.kind {
	case v1beta3.MatchExact:
		return len(p.value), p.value == path
	case v1beta3.MatchRegularExpression:
		return len(path), whole(p.expression, path)
	}
	if p.value == "/" {
		return 1, true
	}
	prefix := strings.TrimRight(p.value, "/")
	rest, ok := strings.CutPrefix(strings.TrimRight(path, "/"), prefix)
	return len(prefix), ok && (rest == "" || rest[0] == '/')
}

// all says whether every match finds a value; of several values of one name any will do.
func all(matches []valueMatch, values map[string][]string) bool {
	for i := range matches {
		if !matches[i].any(values[matches[i].name]) {
			return false
		}
	}
	return true
}

func (m *valueMatch) any(values []string) bool {
	for _, one := range values {
		if m.expression == nil && one == m.exact || m.expression != nil && whole(m.expression, one) {
			return true
		}
	}
	return false
}

// whole says whether the leftmost match, with the preferences of the expression, happens to be the whole text. Go and Rust agree about which
// match that is.
func whole(expression *regexp.Regexp, text string) bool {
	found := expression.FindStringIndex(text)
	return found != nil && found[0] == 0 && found[1] == len(text)
}

// Table is routes in the order in which a proxy looks at them, the oldest first.
type Table struct {
	given  []*v1beta3.HTTPRoute
	routes []*route
}

// NewTable reads routes. The error names an expression that is none.
func NewTable(routes []*v1beta3.HTTPRoute) (Table, error) {
	t := Table{given: routes}
	for _, one := range routes {
		read, err := policyRoute(one)
		if err != nil {
			return Table{}, err
		}
		t.routes = append(t.routes, read)
	}
	return t, nil
}

// Find is the route and the rule that a proxy chooses for a request. Nil: none is for it.
func (t Table) Find(request Request) (*v1beta3.HTTPRoute, *v1beta3.HTTPRouteRule) {
	found, index := find(t.routes, &request)
	for i, one := range t.routes {
		if one == found {
			return t.given[i], &t.given[i].Spec.Rules[index]
		}
	}
	return nil, nil
}
