package traefik_test

import (
	"crypto/sha256"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"

	"github.com/kubemate/kubemate/internal/model"
)

// dice decide by an input, the same for the same, and for ever.
type dice struct{ random *rand.Rand }

func newDice(in input) dice {
	seed := sha256.Sum256([]byte(string(rune(in.how)) + in.one + "\n" + in.two + "\n" + in.three))
	return dice{rand.New(rand.NewChaCha8(seed))}
}

func (d dice) roll(sides int) int { return d.random.IntN(sides) }

func one[T any](d dice, of []T) T { return of[d.roll(len(of))] }

// path of a route or, with expressions, of a line.
func (d dice) path(expressions bool) *model.PathMatch {
	text := "/" + strings.Join([]string{one(d, segments), one(d, segments), one(d, segments)}[:d.roll(3)], "/")
	switch kind := d.roll(6); {
	case kind == 0:
		return nil
	case kind < 3:
		return exact(text)
	case kind == 3 && expressions:
		return regex(one(d, pathPatterns))
	default:
		return prefix(text)
	}
}

// values are up to two matches of values, one of them sometimes of the fuzzer's own text.
func (d dice) values(text string) []model.ValueMatch {
	var drawn []model.ValueMatch
	for _, name := range names[:d.roll(3)] {
		kind := one(d, []model.MatchKind{model.MatchExact, model.MatchPrefix, model.MatchRegex})
		content := one(d, texts)
		switch {
		case kind == model.MatchRegex && d.roll(3) == 0:
			content = expression(text)
		case kind == model.MatchRegex:
			content = one(d, expressions)
		case d.roll(3) == 0:
			content = strings.TrimSpace(strings.ReplaceAll(sendable(text), ";", "")) // a cookie ends where its blanks begin
		}
		drawn = append(drawn, model.ValueMatch{Name: name, Kind: kind, Value: content})
	}
	return drawn
}

// request is one that is most often what is asked for, but for one thing.
func (d dice) request(route *model.PathMatch, match model.Match) request {
	drawn := request{
		entryPoint: "web", host: one(d, askedHosts[:5]), method: one(d, methods), path: "/" + one(d, segments), headers: http.Header{},
		query: map[string][]string{},
	}
	for _, path := range []*model.PathMatch{route, match.Path} {
		if path != nil && path.Kind != model.MatchRegex && d.roll(5) > 0 {
			drawn.path = path.Value
			if path.Kind == model.MatchPrefix && d.roll(2) == 0 {
				drawn.path = strings.TrimSuffix(path.Value, "/") + "/" + one(d, segments)
			}
		}
	}
	if len(match.Methods) > 0 && d.roll(5) > 0 {
		drawn.method = match.Methods[0]
	}
	for _, header := range match.Headers {
		drawn.headers.Add(header.Name, d.hit(header))
	}
	for _, query := range match.Query {
		drawn.query[query.Name] = append(drawn.query[query.Name], d.hit(query))
	}
	var cookies []string
	for _, cookie := range match.Cookies {
		cookies = append(cookies, cookie.Name+"="+strings.ReplaceAll(d.hit(cookie), ";", ""))
	}
	if len(cookies) > 0 {
		drawn.cookies = []string{strings.Join(slices.Concat([]string{"first=1"}, cookies), "; ")}
	}
	return drawn
}

// hit is a value that mostly matches.
func (d dice) hit(value model.ValueMatch) string {
	switch {
	case value.Kind == model.MatchRegex || d.roll(6) == 0:
		return one(d, texts)
	case value.Kind == model.MatchPrefix:
		return strings.TrimSpace(value.Value + one(d, texts))
	default:
		return value.Value
	}
}
