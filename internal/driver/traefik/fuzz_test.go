package traefik_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/kubemate/kubemate/internal/model"
)

// FuzzRule puts a text into one place of a rule, and into all places for expressions: it means itself, or it is refused.
func FuzzRule(f *testing.F) {
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
