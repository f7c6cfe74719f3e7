package traefik_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/internal/model"
)

// The alphabets are small, so that routes overlap and requests hit.
var (
	drawnHosts   = []string{"a.x", "b.x", "*.x", "*.a.x", "y"}
	askedHosts   = []string{"a.x", "A.X:8080", "b.x.", "z.x", "z.a.x", "z.z.x", "y", "z.y", "other"}
	segments     = []string{"a", "b", "ab", "a.b", "A"}
	methods      = []string{"GET", "POST", "PUT"}
	names        = []string{"v", "w", "v.w"}
	texts        = []string{"1", "12", "a", "A1", "a b", "1=2", "(1)"}
	expressions  = []string{"1|12", "1.*", ".*2", "[^a]+", "(?i)a.", ".", "a\\sb", "\\Q(1)\\E", "\\w+", "(?s).{2,3}", "a|(?:1[^b]*)", "\\b1\\b.*", "[a-~]"}
	pathPatterns = []string{"/a.*", "/[^/]+", "(?i)/a/b", "/a(?:/.*)?", ".*b"}
)

// drawEdges draws up to three profiles that never claim the same host and path.
func drawEdges(t *rapid.T) []model.Edge {
	var edges []model.Edge
	claimed := map[string]bool{}
	for i := range rapid.IntRange(1, 3).Draw(t, "edges") {
		edge := model.Edge{
			Name: fmt.Sprintf("e%d", i), Origin: profile,
			Hosts:   rapid.SliceOfNDistinct(rapid.SampledFrom(drawnHosts), 1, 3, rapid.ID).Draw(t, "hosts"),
			Gateway: model.Gateway{Name: "default", HTTP: "web", HTTPS: "websecure"},
		}
		if rapid.Bool().Draw(t, "tls") {
			edge.TLS = &model.TLS{SecretName: "s"}
		}
		for j := range rapid.IntRange(1, 4).Draw(t, "routes") {
			path := drawPath(t)
			if !claim(claimed, edge, path) {
				continue
			}
			for k, conditions := range drawConditions(t) {
				route := drawRoute(t, path, fmt.Sprintf("%s-r%d-%d", edge.Name, j, k))
				route.Methods, route.Headers = conditions.Methods, conditions.Headers
				edge.Routes = append(edge.Routes, route)
			}
		}
		if len(edge.Routes) > 0 {
			edges = append(edges, edge)
		}
	}
	return edges
}

func claim(claimed map[string]bool, edge model.Edge, path *model.PathMatch) bool {
	var keys []string
	for _, host := range edge.Hosts {
		key := fmt.Sprint(edge.TLS != nil, host)
		if path != nil && (path.Kind == model.MatchExact || path.Value != "/") {
			key += string(path.Kind) + path.Value
		}
		keys = append(keys, key)
	}
	if slices.ContainsFunc(keys, func(key string) bool { return claimed[key] }) {
		return false
	}
	for _, key := range keys {
		claimed[key] = true
	}
	return true
}

// drawConditions draws what the routes of one path ask besides, in their order; no two of them the same.
func drawConditions(t *rapid.T) []model.Match {
	all := []model.Match{
		{Methods: []string{"GET", "POST"}, Headers: value(model.MatchPrefix, "v", "1")},
		{Methods: []string{"GET"}},
		{Headers: value(model.MatchExact, "v", "1")},
		{Headers: value(model.MatchRegex, "w", "1.*")},
		{},
	}
	return slices.DeleteFunc(all, func(model.Match) bool { return rapid.IntRange(0, 2).Draw(t, "without") > 0 })
}

func drawRoute(t *rapid.T, path *model.PathMatch, name string) model.EdgeRoute {
	route := model.EdgeRoute{Path: path, Service: name, Port: 80, YAMLPath: name}
	if rapid.Bool().Draw(t, "limited") {
		route.RateLimit = &model.RateLimit{Average: 1, Period: 1, Burst: 1}
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "lines") {
		backend := fmt.Sprintf("%s-l%d", name, i)
		route.Table = append(route.Table, model.Route{Match: drawMatch(t), Split: split(model.Share{Backend: backend, Weight: 1})})
	}
	all := model.Route{Split: split(model.Share{Backend: name + "-all", Weight: 1})}
	if rapid.Bool().Draw(t, "own path") {
		all.Match.Path = path
	}
	route.Table = append(route.Table, all)
	return route
}

// drawPath draws the path of a route: any, exact or a prefix.
func drawPath(t *rapid.T) *model.PathMatch {
	switch rapid.IntRange(0, 6).Draw(t, "path kind") {
	case 0:
		return nil
	case 1:
		return prefix("/")
	case 2:
		return exact(drawText(t))
	default:
		return prefix("/" + strings.Trim(drawText(t), "/"))
	}
}

// drawText draws the text of a path.
func drawText(t *rapid.T) string {
	text := "/" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(segments), 0, 3).Draw(t, "segments"), "/")
	if text != "/" && rapid.IntRange(0, 5).Draw(t, "slash") == 0 {
		text += "/"
	}
	return text
}

func drawMatch(t *rapid.T) model.Match {
	var match model.Match
	switch rapid.IntRange(0, 7).Draw(t, "line path") {
	case 0:
		match.Path = drawPath(t)
	case 1:
		match.Path = regex(rapid.SampledFrom(pathPatterns).Draw(t, "pattern"))
	}
	if rapid.IntRange(0, 3).Draw(t, "methods") == 0 {
		match.Methods = rapid.SliceOfNDistinct(rapid.SampledFrom(methods), 1, 2, rapid.ID).Draw(t, "methods")
	}
	switch rapid.IntRange(0, 3).Draw(t, "value of") {
	case 0:
		match.Headers = drawValues(t)
	case 1:
		match.Cookies = drawValues(t)
	case 2:
		match.Query = drawValues(t)
	case 3:
		match.Headers, match.Cookies = drawValues(t), drawValues(t)
	}
	return match
}

func drawValues(t *rapid.T) []model.ValueMatch {
	var values []model.ValueMatch
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 2, rapid.ID).Draw(t, "names") {
		kind := rapid.SampledFrom([]model.MatchKind{model.MatchExact, model.MatchPrefix, model.MatchRegex}).Draw(t, "kind")
		text := rapid.SampledFrom(texts).Draw(t, "text")
		if kind == model.MatchRegex {
			text = rapid.SampledFrom(expressions).Draw(t, "expression")
		}
		values = append(values, model.ValueMatch{Name: name, Kind: kind, Value: text})
	}
	return values
}

// drawRequest draws a request, most often one that is near to a line of the edges.
func drawRequest(t *rapid.T, edges []model.Edge) request {
	r := request{
		entryPoint: rapid.SampledFrom([]string{"web", "websecure"}).Draw(t, "entry point"),
		host:       rapid.SampledFrom(askedHosts).Draw(t, "host"),
		method:     rapid.SampledFrom(methods).Draw(t, "method"),
		path:       drawText(t),
		headers:    http.Header{}, query: map[string][]string{},
	}
	for _, name := range names {
		for range rapid.IntRange(0, 2).Draw(t, "values") {
			r.headers.Add(name, rapid.SampledFrom(texts).Draw(t, "header"))
			r.query[name] = append(r.query[name], rapid.SampledFrom(texts).Draw(t, "query"))
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "cookie headers") {
		var pairs []string
		for range rapid.IntRange(1, 3).Draw(t, "cookies") {
			name := rapid.SampledFrom(append(slices.Clip(names), "xv", "vxw")).Draw(t, "cookie")
			pairs = append(pairs, name+"="+rapid.SampledFrom(texts).Draw(t, "cookie value"))
		}
		r.cookies = append(r.cookies, strings.Join(pairs, rapid.SampledFrom([]string{"; ", ";", ";  "}).Draw(t, "separator")))
	}
	if len(edges) > 0 {
		approach(t, &r, rapid.SampledFrom(edges).Draw(t, "edge"))
	}
	return r
}

// approach makes a request more like those of an edge.
func approach(t *rapid.T, r *request, edge model.Edge) {
	often := func(label string) bool { return rapid.IntRange(0, 3).Draw(t, label) > 0 }
	route := rapid.SampledFrom(edge.Routes).Draw(t, "route")
	line := rapid.SampledFrom(route.Table).Draw(t, "line")
	r.entryPoint = "web"
	if edge.TLS != nil {
		r.entryPoint = "websecure"
	}
	if often("its host") {
		r.host = strings.Replace(rapid.SampledFrom(edge.Hosts).Draw(t, "its hosts"), "*", "z", 1)
	}
	for _, path := range []*model.PathMatch{route.Path, line.Match.Path} {
		if path != nil && path.Kind != model.MatchRegex && often("its path") {
			r.path = path.Value
			if path.Kind == model.MatchPrefix && rapid.Bool().Draw(t, "below") {
				r.path = strings.TrimSuffix(path.Value, "/") + drawText(t)
			}
		}
	}
	if len(line.Match.Methods) > 0 && often("its method") {
		r.method = line.Match.Methods[0]
	}
	for _, header := range line.Match.Headers {
		if header.Kind != model.MatchRegex && often("its header") {
			r.headers.Add(header.Name, header.Value)
		}
	}
	for _, query := range line.Match.Query {
		if query.Kind != model.MatchRegex && often("its query") {
			r.query[query.Name] = append(r.query[query.Name], query.Value)
		}
	}
	for _, cookie := range line.Match.Cookies {
		if cookie.Kind != model.MatchRegex && often("its cookie") {
			r.cookies = append(r.cookies, "other=1; "+cookie.Name+"="+cookie.Value)
		}
	}
}
