package linkerd

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/model"
)

// tally counts what a property test has seen, so that it is seen not to be empty.
type tally struct{ tables, refused, requests, rescued int }

func TestEveryRequestGetsTheModelsAnswer(t *testing.T) {
	var seen tally
	rapid.Check(t, func(t *rapid.T) {
		svc := &model.Service{
			Name: "orders", RoutedPorts: []int32{80}, Routes: drawTable(t),
		}
		seen.tables++
		objects, err := policyDriver{}.outbound(nil, "shop", svc)
		if err != nil {
			if _, ok := model.AsProblems(err); !ok {
				t.Fatalf("not a problem of the user: %v", err)
			}
			seen.refused++
			return
		}
		routes := make([]*v1beta3.HTTPRoute, len(objects))
		for i, object := range objects {
			routes[i] = object.Object.(*v1beta3.HTTPRoute)
		}
		naive := unrepaired(t, svc)
		for range 20 {
			request, a := drawRequest(t)
			seen.requests++
			line := slices.IndexFunc(svc.Routes, func(route model.Route) bool { return a.matches(route.Match) })
			want := answerOf(&svc.Routes[line])
			if got := ask(naive, request); got != want {
				seen.rescued++
			}
			for _, got := range askInAnyOrder(routes, request) {
				if got != want {
					t.Fatalf("%s %s %v %v\nline %d wants %s\nLinkerd does  %s", request.Method, request.Path, request.Headers, request.Query, line, want, got)
				}
			}
		}
	})
	t.Logf("%d tables, of which %d were refused; %d requests, of which %d would have gone elsewhere without intersections",
		seen.tables, seen.refused, seen.requests, seen.rescued)
	if seen.rescued == 0 || seen.refused*2 > seen.tables {
		t.Errorf("the property was hardly tested: %+v", seen)
	}
}

// unrepaired writes the table line by line, the way it stands.
func unrepaired(t *rapid.T, svc *model.Service) []*v1beta3.HTTPRoute {
	routes, x, err := compile(svc.Routes)
	if err != nil {
		t.Fatal(err)
	}
	l := layout{}
	l.actions, l.classes = number(routes)
	l.place = l.beside
	o := order{routes: routes, layout: l, x: x}
	for line := range routes {
		o.expand(line)
	}
	var written []*v1beta3.HTTPRoute
	for _, part := range l.chunks(o.own) {
		object, err := writeRules(routes, part, x)
		if err != nil {
			t.Fatal(err)
		}
		written = append(written, writeRoute("shop", svc.Name, 80, routes, &object))
	}
	return written
}

// askInAnyOrder asks with the routes in several orders: routes stand in the order of their age, which nobody knows beforehand.
func askInAnyOrder(routes []*v1beta3.HTTPRoute, request evaluate.Request) []string {
	routes = slices.Clone(routes)
	answers := make([]string, 4)
	for seed := range answers {
		random := rand.New(rand.NewPCG(uint64(seed), 1))
		random.Shuffle(len(routes), func(i, j int) { routes[i], routes[j] = routes[j], routes[i] })
		answers[seed] = ask(routes, request)
	}
	return answers
}

// tableOf reads routes that the driver wrote.
func tableOf(routes []*v1beta3.HTTPRoute) evaluate.Table {
	table, err := evaluate.NewTable(routes)
	if err != nil {
		panic(err) // the driver writes no expression that is none
	}
	return table
}

// ask is what Linkerd does with a request: backends, and annotations of the route.
func ask(routes []*v1beta3.HTTPRoute, request evaluate.Request) string {
	route, rule := tableOf(routes).Find(request)
	if rule == nil {
		return "404"
	}
	var words []string
	for _, backend := range rule.BackendRefs {
		words = append(words, backend.Name+"="+strconv.Itoa(int(backend.Weight)))
	}
	return strings.Join(words, "+") + annotationText(route.Annotations)
}

func answerOf(route *model.Route) string {
	words := []string{}
	for _, share := range route.Split {
		words = append(words, share.Backend+"="+strconv.Itoa(int(share.Weight)))
	}
	if len(words) == 0 {
		words = []string{"orders=1"}
	}
	return strings.Join(words, "+") + annotationText(annotate(route))
}

func annotationText(annotations map[string]string) string {
	text := ""
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		text += " " + key + "=" + annotations[key]
	}
	return text
}

// asked is a request in the model's terms: each header, cookie and query parameter has one value.
type asked struct {
	method, path            string
	headers, cookies, query map[string]string
}

func (a asked) matches(match model.Match) bool {
	if len(match.Methods) > 0 && !slices.Contains(match.Methods, a.method) {
		return false
	}
	if match.Path != nil && !a.matchesPath(*match.Path) {
		return false
	}
	return allMatch(match.Headers, a.headers) && allMatch(match.Cookies, a.cookies) && allMatch(match.Query, a.query)
}

func (a asked) matchesPath(path model.PathMatch) bool {
	switch path.Kind {
	case model.MatchExact:
		return a.path == path.Value
	case model.MatchPrefix:
		return path.Value == "/" || a.path == path.Value || strings.HasPrefix(a.path, path.Value+"/")
	case model.MatchRegex:
	}
	return wholly(path.Value, a.path)
}

func allMatch(matches []model.ValueMatch, values map[string]string) bool {
	for _, match := range matches {
		value, ok := values[match.Name]
		if !ok {
			return false
		}
		switch match.Kind {
		case model.MatchExact:
			ok = value == match.Value
		case model.MatchPrefix:
			ok = strings.HasPrefix(value, match.Value)
		default:
			ok = wholly(match.Value, value)
		}
		if !ok {
			return false
		}
	}
	return true
}

func drawTable(t *rapid.T) []model.Route {
	origins := []model.Origin{{Kind: "CanaryRelease", Name: "orders"}}
	lines := rapid.IntRange(1, 5).Draw(t, "lines")
	table := make([]model.Route, 0, lines+1)
	for range lines {
		table = append(table, model.Route{Match: drawMatch(t), Origins: origins})
	}
	table = append(table, model.Route{Origins: origins})
	for i := range table {
		if backend := rapid.SampledFrom([]string{"", "v1", "v2", "v3"}).Draw(t, "to"); backend != "" {
			table[i].Split = []model.Share{{Backend: backend, Weight: 1}}
		}
		table[i].Timeout = time.Duration(max(0, rapid.IntRange(-4, 2).Draw(t, "timeout"))) * time.Second
	}
	return table
}

var (
	somePaths = []*model.PathMatch{
		{Kind: model.MatchPrefix, Value: "/a"},
		{Kind: model.MatchPrefix, Value: "/a/b"},
		{Kind: model.MatchPrefix, Value: "/b"},
		{Kind: model.MatchPrefix, Value: "/"},
		{Kind: model.MatchExact, Value: "/a"},
		{Kind: model.MatchExact, Value: "/a/b"},
		{Kind: model.MatchExact, Value: "/"},
		{Kind: model.MatchExact, Value: "/a/"},
	}
	someExpressions = []*model.PathMatch{
		{Kind: model.MatchRegex, Value: "/a/b/.*"},
		{Kind: model.MatchRegex, Value: "/a|/a/b"},
		{Kind: model.MatchRegex, Value: "/b"},
		{Kind: model.MatchRegex, Value: `/a/\d+`},
	}
	someMethods = [][]string{{"GET"}, {"POST"}, {"DELETE", "GET", "HEAD"}}
)

func drawMatch(t *rapid.T) model.Match {
	match := model.Match{
		Headers: drawValues(t, "x-a", "x-b"), Cookies: drawValues(t, "c", "d"), Query: drawValues(t, "p", "q"),
	}
	if rapid.IntRange(0, 2).Draw(t, "has methods") == 0 {
		match.Methods = rapid.SampledFrom(someMethods).Draw(t, "methods")
	}
	if rapid.IntRange(0, 2).Draw(t, "has path") > 0 {
		match.Path = rapid.SampledFrom(slices.Concat(somePaths, someExpressions)).Draw(t, "path")
	}
	return match
}

func drawValues(t *rapid.T, names ...string) []model.ValueMatch {
	var out []model.ValueMatch
	for _, name := range names {
		if rapid.IntRange(0, 3).Draw(t, name) > 0 {
			continue
		}
		value := rapid.SampledFrom([]model.ValueMatch{
			{Kind: model.MatchExact, Value: "1"},
			{Kind: model.MatchExact, Value: "12"},
			{Kind: model.MatchPrefix, Value: "1"},
			{Kind: model.MatchRegex, Value: "1|12"},
			{Kind: model.MatchRegex, Value: `\d+`},
			{Kind: model.MatchRegex, Value: "x.*"},
		}).Draw(t, "value")
		value.Name = name
		out = append(out, value)
	}
	return out
}

func drawRequest(t *rapid.T) (evaluate.Request, asked) {
	draw := func(names ...string) map[string]string {
		values := map[string]string{}
		for _, name := range names {
			if value := rapid.SampledFrom([]string{"", "1", "1", "12", "12", "2", "x"}).Draw(t, name); value != "" {
				values[name] = value
			}
		}
		return values
	}
	a := asked{
		method:  rapid.SampledFrom([]string{"GET", "POST", "DELETE"}).Draw(t, "method"),
		path:    rapid.SampledFrom([]string{"/", "/a", "/a/", "/a/b", "/a/b/c", "/a/1", "/ab", "/b", "/b/c"}).Draw(t, "path"),
		headers: draw("x-a", "x-b"), cookies: draw("c", "d"), query: draw("p", "q"),
	}
	request := evaluate.Request{Method: a.method, Path: a.path, Headers: lists(a.headers), Query: lists(a.query)}
	var cookies []string
	for _, name := range slices.Sorted(maps.Keys(a.cookies)) {
		cookies = append(cookies, name+"="+a.cookies[name])
	}
	cookies = append(cookies, rapid.SampledFrom([]string{"e=1", "c2=1", "ed=12"}).Draw(t, "other cookie"))
	cookies = rapid.Permutation(cookies).Draw(t, "order")
	request.Headers["cookie"] = []string{strings.Join(cookies, "; ")}
	return request, a
}

func lists(values map[string]string) map[string][]string {
	out := map[string][]string{}
	for name, value := range values {
		out[name] = []string{value}
	}
	return out
}
