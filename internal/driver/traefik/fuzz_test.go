package traefik_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/traefik/traefik/v3/pkg/middlewares/requestdecorator"

	"github.com/kubemate/kubemate/internal/driver/traefik"
	"github.com/kubemate/kubemate/internal/model"
)

// What each target compares is Traefik's own muxer, fed with what the driver wrote, and the evaluator of evaluate_test.go, which reads the model
// and knows nothing of rules. go test -fuzz lets coverage guide them; make fuzz runs each of them a million times and says how many inputs
// reached emission (fuzz_long_test.go). The inputs that coverage has chosen so far are kept in testdata/fuzz, and each go test runs them.

// input is what a target makes a case of.
type input struct {
	how             byte
	one, two, three string
}

// outcome of one input.
type outcome struct {
	// emitted says that the driver wrote it. matched and missed count the requests that were then asked, by what became of them.
	emitted         bool
	matched, missed int
}

func (o *outcome) count(matched bool) {
	if matched {
		o.matched++
	} else {
		o.missed++
	}
}

// targets fail when what is emitted means something else than the model.
var targets = map[string]func(*testing.T, input) outcome{"rule": fuzzRule, "header": fuzzHeader, "path": fuzzPath}

// seeds are where fuzzing begins: texts that mean more than themselves to a parser that does not know that they are quoted.
func seeds(f *testing.F) {
	for i, text := range slices.Sorted(maps.Values(attempts)) {
		if len(text) < 128 {
			f.Add(byte(i), "x-canary", text, "1; v=12")
			f.Add(byte(i*16), text, "/api", text)
		}
	}
}

func fuzz(f *testing.F, target func(*testing.T, input) outcome) {
	seeds(f)
	f.Fuzz(func(t *testing.T, how byte, one, two, three string) { target(t, input{how, one, two, three}) })
}

func FuzzRule(f *testing.F)   { fuzz(f, fuzzRule) }
func FuzzHeader(f *testing.F) { fuzz(f, fuzzHeader) }
func FuzzPath(f *testing.F)   { fuzz(f, fuzzPath) }

// fuzzRule asks for everything at once: hosts, paths of the route and of the line, methods, headers, cookies and parameters.
func fuzzRule(t *testing.T, in input) (out outcome) {
	d := newDice(in)
	hosts := [][]string{{"a.x"}, {"a.x", "b.x"}, {"*.x"}, {"*.x", "*.a.x"}}[d.roll(4)]
	route, match := d.path(false), model.Match{Path: d.path(true)}
	if d.roll(2) == 0 {
		match.Methods = methods[:1+d.roll(3)]
	}
	match.Headers, match.Cookies, match.Query = d.values(in.one), d.values(in.two), d.values(in.three)
	m, written := muxerOf(t, hosts, route, match)
	if !written {
		return out
	}
	out.emitted = true
	for range 3 {
		one := d.request(route, match)
		_, want := matchTrue(match, one)
		want = want && hostRank(hosts, one.host) >= 0 && pathTrue(route, one.path)
		if got := m.route(one) == "matched"; got != want {
			t.Fatalf("hosts %q, route %+v, match %+v, asked with %+v\nTraefik: %t\nmodel:   %t", hosts, route, match, one, got, want)
		}
		out.count(want)
	}
	return out
}

var shop = []string{"shop.example"}

// fuzzHeader asks for a header, a cookie or a query parameter by every kind of match, with texts as they come and texts that can be sent.
func fuzzHeader(t *testing.T, in input) (out outcome) {
	name, text, sent := in.one, in.two, in.three
	if in.how&0x30 != 0 { // three of four are texts that a header holds
		name, text, sent = letters(name), sendable(text), sendable(sent)
	}
	kind := []model.MatchKind{model.MatchExact, model.MatchPrefix, model.MatchExact, model.MatchRegex}[in.how>>6]
	if kind == model.MatchRegex {
		text = expression(text)
	}
	match := model.Match{}
	asked := value(kind, name, text)
	switch in.how % 3 {
	case 0:
		match.Headers = asked
	case 1:
		match.Cookies = asked
	default:
		match.Query = asked
	}
	m, written := muxerOf(t, shop, nil, match)
	if !written {
		return out
	}
	out.emitted = true
	for _, one := range []string{text, sent, text + sent, sent + text, strings.ToUpper(text)} {
		request, possible := carrying(in.how%3, name, one)
		if !possible {
			continue
		}
		_, want := matchTrue(match, request)
		if got := m.route(request) == "matched"; got != want {
			t.Fatalf("%s %q of %q, asked with %q\nTraefik: %t\nmodel:   %t", kind, text, name, one, got, want)
		}
		out.count(want)
	}
	return out
}

// carrying is a request with a header, a cookie or a query parameter. False: no client can send it, or no pod would read it so.
func carrying(what byte, name, text string) (request, bool) {
	one := request{entryPoint: "web", host: "shop.example", path: "/", method: "GET", headers: http.Header{}, query: map[string][]string{}}
	switch what {
	case 0:
		one.headers.Add(name, text)
		return one, strings.TrimSpace(text) == text && !strings.ContainsFunc(text, control)
	case 1:
		one.cookies = []string{"first=1; " + name + "=" + text + "; last=1"}
		return one, strings.TrimSpace(text) == text && !strings.ContainsFunc(text, control) && !strings.Contains(text, ";")
	default:
		one.query[name] = []string{text}
		return one, true
	}
}

// fuzzPath asks for the path of a route and of a line of its table, exact, by prefix or by expression.
func fuzzPath(t *testing.T, in input) (out outcome) {
	first, second, below := in.one, in.two, in.three
	if in.how&0x30 != 0 {
		first, second, below = path(first), path(second), path(below)
	}
	if in.how%3 > 0 && first != "/" {
		second = first + second // within the route
	}
	route := &model.PathMatch{Kind: []model.MatchKind{model.MatchPrefix, model.MatchPrefix, model.MatchExact}[in.how%5%3], Value: first}
	line := &model.PathMatch{Kind: []model.MatchKind{model.MatchPrefix, model.MatchExact, model.MatchPrefix, model.MatchRegex}[in.how>>6], Value: second}
	if line.Kind == model.MatchRegex {
		line.Value = "/" + expression(second)
		if in.how&0x8 != 0 {
			line.Value = regexp.QuoteMeta(first) + expression(below) + "(?:/.*)?"
		}
	}
	m, written := muxerOf(t, shop, route, model.Match{Path: line})
	if !written {
		return out
	}
	out.emitted = true
	for _, asked := range []string{first, second, first + below, second + below, second + "/a", second + "x", strings.ToUpper(second)} {
		if path(asked) != asked {
			continue // no client asks so
		}
		want := pathTrue(route, asked) && pathTrue(line, asked)
		if got := m.path(asked) == "matched"; got != want {
			t.Fatalf("%s %q, within it %s %q, asked for %q\nTraefik: %t\nmodel:   %t", route.Kind, first, line.Kind, line.Value, asked, got, want)
		}
		out.count(want)
	}
	return out
}

// path is the backend that a path, as clients write it, is led to.
func (m *muxer) path(text string) string {
	r := httptest.NewRequest(http.MethodGet, "http://placeholder/", nil)
	r.Host = "shop.example"
	if plain, err := url.PathUnescape(text); err == nil {
		r.URL.Path, r.URL.RawPath = plain, text
	}
	m.chosen = ""
	requestdecorator.New(nil).ServeHTTP(httptest.NewRecorder(), r, m.ServeHTTP)
	return m.chosen
}

// muxerOf is a muxer with one line of a table, as the driver's rule builder writes it. False: it refuses to.
func muxerOf(t *testing.T, hosts []string, route *model.PathMatch, match model.Match) (*muxer, bool) {
	t.Helper()
	text, err := traefik.Rule(hosts, route, match)
	if err != nil {
		return nil, false
	}
	m := newMuxer(t)
	m.add(t, text, 1, "matched")
	return m, true
}

// FuzzText puts a text into one place of a rule, and into all places for expressions: it means itself, or it is refused.
func FuzzText(f *testing.F) {
	wheres := slices.Sorted(maps.Keys(places))
	for i, text := range []string{"v2", "/api", "`) || PathPrefix(`/", `\x60`, "a;b", "a)|(?:.*", `\Qa`, "(?i)a.", "[^;]*", "a\u2028"} {
		f.Add(byte(i), text)
	}
	f.Fuzz(func(t *testing.T, where byte, text string) {
		place := places[wheres[int(where)%len(wheres)]]
		meansItself(t, place.route(text), place.ask, text)
		staysInGroup(t, model.Match{Headers: value(model.MatchRegex, "v", text)}, text)
		staysInGroup(t, model.Match{Cookies: value(model.MatchRegex, "v", text)}, text)
	})
}
