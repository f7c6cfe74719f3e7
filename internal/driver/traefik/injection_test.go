package traefik_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/traefik/traefik/v3/pkg/middlewares/requestdecorator"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/internal/driver/traefik"
	"github.com/kubemate/kubemate/internal/model"
)

// attempts are texts that would say something else than themselves if they were not quoted, by what they try.
var attempts = map[string]string{
	"an innocent text":                               "v2",
	"a backtick":                                     "`",
	"a backtick and an alternative":                  "`) || PathPrefix(`/",
	"a backtick and all hosts":                       "`) || HostRegexp(`.*",
	"a backtick, a negation":                         "`) && !Host(`x",
	"a double quote":                                 `"`,
	"a double quote and an alternative":              `") || PathPrefix("/`,
	"a double quote after a backslash":               `\") || PathPrefix("/`,
	"a single quote":                                 `') || PathPrefix('/`,
	"a parenthesis and an alternative":               ") || PathPrefix(/",
	"an opening parenthesis":                         "((((",
	"a closing parenthesis":                          "))))",
	"a comma and a second argument":                  "a`, `b",
	"a comma inside":                                 "a, b",
	"an escape for a backtick":                       `\x60) || PathPrefix(\x60/`,
	"an escape in unicode for a backtick":            "\\u0060) || PathPrefix(\\u0060/",
	"an escape in octal for a quote":                 `\042) || PathPrefix(\042/`,
	"a backslash at the end":                         `abc\`,
	"a backslash and a letter":                       `a\nb`,
	"a line break":                                   "a\nb",
	"a line break and a new rule":                    "a\n|| PathPrefix(`/`)",
	"a carriage return":                              "a\rb",
	"a tab":                                          "a\tb",
	"a NUL":                                          "a\x00b",
	"a delete character":                             "a\x7fb",
	"a byte that is no UTF-8":                        "a\xff`",
	"a byte order mark":                              "\ufeffa",
	"an Ideographic full stop":                       "a。b",
	"a fullwidth parenthesis":                        "）｜｜ PathPrefix（`/`）",
	"a right-to-left override":                       "a\u202eb",
	"a line separator":                               "a\u2028b",
	"a zero width space":                             "a\u200bb",
	"a letter that folds to ASCII":                   "\u212a",
	"an emoji":                                       "🚀",
	"a comment":                                      "a // b",
	"a comment that is open":                         "a /* b",
	"an operator":                                    "a || b && !c",
	"a template":                                     "{{ .Name }}",
	"a template of Traefik 2":                        "{name:.*}",
	"a variable":                                     "${HOME} $NONCE",
	"a wildcard":                                     "*",
	"an expression for everything":                   ".*",
	"an expression that closes the group":            "a)|(?:.*",
	"an expression that closes the group and a flag": "a)|(?s:.*",
	"an expression that quotes the anchor":           `\Qa`,
	"an expression with a flag":                      "(?i)abc",
	"an expression with a flag that is open":         "(?i",
	"an expression with anchors of its own":          "^a$|^.*$",
	"an expression with lines":                       "(?m)^a$",
	"an expression with a class that is open":        "[a",
	"a second cookie":                                "a; admin=1",
	"a cookie's end":                                 "a;",
	"an escaped slash":                               "%2f..%2f",
	"a dot segment":                                  "/../",
	"a query":                                        "?a=b&c=d#e",
	"a blank at the beginning and at the end":        " a ",
	"nothing":                                        "",
	"the name of a matcher":                          "PathPrefix",
	"a number":                                       "0x10",
	"a long text":                                    strings.Repeat("`|", 512),
}

// places where text of users stands, each with a request that has a text in that place.
var places = map[string]struct {
	route func(text string) model.EdgeRoute
	ask   func(r *http.Request, text string)
}{
	"the path of a route, exact":  {func(text string) model.EdgeRoute { return leading(exact(text), model.Match{}) }, withPath},
	"the path of a route, prefix": {func(text string) model.EdgeRoute { return leading(prefix(text), model.Match{}) }, withPath},
	"the path of a line, exact":   {func(text string) model.EdgeRoute { return leading(nil, model.Match{Path: exact(text)}) }, withPath},
	"a method":                    {func(text string) model.EdgeRoute { return leading(nil, model.Match{Methods: []string{text}}) }, withMethod},
	"the name of a header": {
		func(text string) model.EdgeRoute {
			return leading(nil, model.Match{Headers: value(model.MatchExact, text, "1")})
		},
		func(r *http.Request, text string) { r.Header.Set(text, "1") },
	},
	"the value of a header": {
		func(text string) model.EdgeRoute {
			return leading(nil, model.Match{Headers: value(model.MatchExact, "v", text)})
		}, withHeader,
	},
	"the name of a cookie": {
		func(text string) model.EdgeRoute {
			return leading(nil, model.Match{Cookies: value(model.MatchExact, text, "1")})
		},
		func(r *http.Request, text string) { r.Header["Cookie"] = []string{"first=1; " + text + "=1"} },
	},
	"the value of a cookie": {
		func(text string) model.EdgeRoute {
			return leading(nil, model.Match{Cookies: value(model.MatchExact, "v", text)})
		}, withCookie,
	},
	"the name of a query parameter": {
		func(text string) model.EdgeRoute {
			return leading(nil, model.Match{Query: value(model.MatchExact, text, "1")})
		},
		func(r *http.Request, text string) { r.URL.RawQuery = url.Values{text: {"1"}}.Encode() },
	},
	"the value of a query parameter": {
		func(text string) model.EdgeRoute {
			return leading(nil, model.Match{Query: value(model.MatchExact, "v", text)})
		}, withQuery,
	},
}

func withPath(r *http.Request, text string) { r.URL.Path, r.URL.RawPath = text, text }
func withEscapedPath(r *http.Request, text string) {
	r.URL.Path, r.URL.RawPath = "/"+unescaped(strings.TrimPrefix(text, "/")), text
}
func withMethod(r *http.Request, text string) { r.Method = text }
func withHeader(r *http.Request, text string) { r.Header["V"] = []string{text} }
func withCookie(r *http.Request, text string) { r.Header["Cookie"] = []string{"first=1; v=" + text} }
func withQuery(r *http.Request, text string)  { r.URL.RawQuery = url.Values{"v": {text}}.Encode() }

// leading is a route whose first line leads to "matched". The Service itself is "web".
func leading(path *model.PathMatch, match model.Match) model.EdgeRoute {
	route := to(path, "web")
	route.Table = append([]model.Route{{Match: match, Split: split(model.Share{Backend: "matched", Weight: 1})}}, route.Table...)
	return route
}

func TestTextOfUsersMeansItselfOrIsRefused(t *testing.T) {
	refused, literal := 0, 0
	for what, text := range attempts {
		for where, place := range places {
			t.Run(what+" as "+where, func(t *testing.T) {
				if meansItself(t, place.route(text), place.ask, text) {
					literal++
				} else {
					refused++
				}
			})
		}
	}
	t.Logf("%d texts in %d places: %d refused, %d mean themselves", len(attempts), len(places), refused, literal)
}

// meansItself says whether the driver wrote the route, and makes sure that then the first line takes the text and no other one.
func meansItself(t rapid.TB, route model.EdgeRoute, ask func(*http.Request, string), text string) bool {
	t.Helper()
	own := edge(plain, route)
	out, err := traefik.New().Render(model.Namespace{Name: "bank", Edges: []model.Edge{own}})
	if err != nil {
		if _, ok := model.AsProblems(err); !ok {
			t.Fatalf("not a Problem: %v", err)
		}
		if len(out.Objects) > 0 {
			t.Fatalf("%d objects beside a problem", len(out.Objects))
		}
		return false
	}
	m := load(t, []model.Edge{own})["web"]
	if got := asked(m, "shop.example", ask, text); got != "matched" {
		t.Errorf("the text itself leads to %q", got)
	}
	for _, other := range []string{"other", text + "x", "x" + text, "/other" + text, strings.TrimSpace(text) + ",x"} {
		if got := asked(m, "shop.example", ask, other); got == "matched" {
			t.Errorf("%q matches too", other)
		}
	}
	if got := asked(m, "other.example", ask, text); got != "" {
		t.Errorf("another host is led to %q", got)
	}
	return true
}

func asked(m *muxer, host string, ask func(*http.Request, string), text string) string {
	r := httptest.NewRequest("GET", "http://placeholder/", nil)
	r.Host = host
	ask(r, text)
	m.chosen = ""
	requestdecorator.New(nil).ServeHTTP(httptest.NewRecorder(), r, m.ServeHTTP)
	return m.chosen
}

func TestExpressionsOfUsersStayInTheirGroup(t *testing.T) {
	for what, text := range attempts {
		for where, match := range map[string]model.Match{
			"a path": {Path: regex(text)}, "a header": {Headers: value(model.MatchRegex, "v", text)},
			"a cookie": {Cookies: value(model.MatchRegex, "v", text)}, "a query parameter": {Query: value(model.MatchRegex, "v", text)},
		} {
			t.Run(what+" for "+where, func(t *testing.T) { staysInGroup(t, match, text) })
		}
	}
}

// staysInGroup compares the rule with the expression by itself, over all attempts as values.
func staysInGroup(t rapid.TB, match model.Match, text string) {
	t.Helper()
	own := edge(plain, leading(nil, match))
	if _, err := traefik.New().Render(model.Namespace{Name: "bank", Edges: []model.Edge{own}}); err != nil {
		if _, ok := model.AsProblems(err); !ok {
			t.Fatalf("not a Problem: %v", err)
		}
		return
	}
	m := load(t, []model.Edge{own})["web"]
	ask := withQuery
	switch {
	case match.Headers != nil:
		ask = withHeader
	case match.Cookies != nil:
		ask = withCookie
	}
	for what, other := range attempts {
		if match.Path != nil {
			other, ask = "/"+url.PathEscape(other), withEscapedPath
		}
		if match.Cookies != nil && (strings.ContainsAny(other, ";\n\r\x00") || strings.TrimSpace(other) != other) {
			continue // not the value of one cookie
		}
		if got, want := asked(m, "shop.example", ask, other) == "matched", whole(text, routing(match, other)); got != want {
			t.Errorf("%s (%q): the rule says %t, the expression %t", what, other, got, want)
		}
	}
}

// routing is the text that Traefik compares: of a path, escaped characters are unescaped save the reserved ones.
func routing(match model.Match, text string) string {
	if match.Path == nil {
		return text
	}
	for _, reserved := range []string{":", "/", "?", "#", "[", "]", "@", "!", "$", "&", "'", "(", ")", "*", "+", ",", ";", "=", "%"} {
		escaped := url.PathEscape(reserved)
		if escaped != reserved {
			text = strings.ReplaceAll(text, escaped, "%25"+escaped[1:])
		}
	}
	return unescaped(text)
}

// unescaped cannot fail for what url.PathEscape has written.
func unescaped(text string) string {
	plain, err := url.PathUnescape(text)
	if err != nil {
		panic(err)
	}
	return plain
}
