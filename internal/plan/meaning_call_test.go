package plan_test

import (
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// drawCall draws a request, most often one that is near to an alternative of the release.
func drawCall(t *rapid.T, s *story) call {
	c := call{
		method:  rapid.SampledFrom(meaningMethods).Draw(t, "method"),
		path:    rapid.SampledFrom(meaningPaths).Draw(t, "path"),
		headers: drawHas(t, "x-canary", "x-region"), cookies: drawHas(t, "cohort", "seen"), query: drawHas(t, "preview", "p"),
	}
	if len(s.release.Spec.Matches) > 0 && rapid.IntRange(0, 4).Draw(t, "near") > 0 {
		match := rapid.SampledFrom(s.release.Spec.Matches).Draw(t, "match")
		c.approach(t, rapid.SampledFrom(match.Any).Draw(t, "alternative"))
	}
	return c
}

func drawHas(t *rapid.T, names ...string) map[string]string {
	values := map[string]string{}
	for _, name := range names {
		if rapid.IntRange(0, 3).Draw(t, name) == 0 {
			values[name] = rapid.SampledFrom(meaningValues).Draw(t, "value")
		}
	}
	return values
}

// approach makes an alternative true of the request, or nearly.
func (c *call) approach(t *rapid.T, match v1alpha1.RequestMatch) {
	often := func(label string) bool { return rapid.IntRange(0, 19).Draw(t, label) > 0 }
	if match.GRPC != nil {
		c.method, c.path = "POST", "/"+match.GRPC.Service+"/Place"
		if match.GRPC.Method != nil && often("its gRPC method") {
			c.path = "/" + match.GRPC.Service + "/" + *match.GRPC.Method
		}
	}
	if match.Path != nil && often("its path") {
		c.path = drawPathOf(t, match.Path)
	}
	if match.Method != nil && often("its method") {
		c.method = string(*match.Method)
	}
	for _, group := range []struct {
		wanted []v1alpha1.ValueMatch
		has    map[string]string
	}{{match.Headers, c.headers}, {match.Cookies, c.cookies}, {match.Query, c.query}} {
		for _, wanted := range group.wanted {
			if often("its value") {
				group.has[lowerHeader(wanted.Name)] = drawValueOf(t, &wanted)
			}
		}
	}
}

// lowerHeader writes the name of a header in lower case; those of cookies and query parameters are already.
func lowerHeader(name string) string { return strings.ToLower(name) }

func drawPathOf(t *rapid.T, match *v1alpha1.PathMatch) string {
	switch {
	case match.Exact != nil:
		return string(*match.Exact)
	case match.Prefix != nil:
		prefix := strings.TrimSuffix(string(*match.Prefix), "/")
		if path := prefix + rapid.SampledFrom([]string{"", "", "/", "/x", "-x"}).Draw(t, "below"); path != "" && path != "-x" {
			return path
		}
		return "/"
	default:
		return rapid.SampledFrom(pathExpr[string(*match.Regex)]).Draw(t, "of the expression")
	}
}

func drawValueOf(t *rapid.T, match *v1alpha1.ValueMatch) string {
	switch {
	case match.Value != nil:
		return string(*match.Value)
	case match.Prefix != nil:
		return string(*match.Prefix) + rapid.SampledFrom([]string{"", "1", "u-1"}).Draw(t, "more")
	default:
		return rapid.SampledFrom(valueExpr[string(*match.Regex)]).Draw(t, "of the expression")
	}
}

// outside is the request as a client outside sends it. False: the profile does not publish the path.
func (s *story) outside(t *rapid.T, inside call) (call, bool) {
	outside := inside
	switch {
	case s.strip && inside.path == "/":
		outside.path = rapid.SampledFrom([]string{s.prefix, s.prefix + "/"}).Draw(t, "root")
	case s.strip:
		outside.path = s.prefix + inside.path
	case s.prefix != "" && inside.path != s.prefix && !strings.HasPrefix(inside.path, s.prefix+"/"):
		return call{}, false
	}
	return outside, true
}

func sortedKeys[V any](values map[string]V) []string { return slices.Sorted(maps.Keys(values)) }
