package compose

import (
	"regexp"
	"strings"

	"github.com/kubemate/kubemate/internal/model"
)

// clientPaths turns a path as the Service sees it into paths as clients send it, on one edge route. A driver asks for the route's own path
// besides, so paths that cannot both be true are left out. Nil stands for any path of the route.
func clientPaths(route *model.EdgeRoute, seen *model.PathMatch) []*model.PathMatch {
	switch {
	case seen == nil:
		return []*model.PathMatch{nil}
	case route.StripPrefix:
		return unstrip(route.Path.Value, *seen)
	case disjoint(route.Path, seen):
		return nil
	default:
		return []*model.PathMatch{seen}
	}
}

// unstrip puts a stripped prefix back. A gateway strips /api from /api and from /api/, and the Service sees / both times.
func unstrip(prefix string, seen model.PathMatch) []*model.PathMatch {
	switch {
	case seen.Kind == model.MatchRegex:
		below := &model.PathMatch{Kind: model.MatchRegex, Value: regexp.QuoteMeta(prefix) + "(?:" + seen.Value + ")"}
		if matchesRoot(seen.Value) {
			return []*model.PathMatch{{Kind: model.MatchExact, Value: prefix}, below}
		}
		return []*model.PathMatch{below}
	case seen.Value == "/" && seen.Kind == model.MatchExact:
		return []*model.PathMatch{{Kind: model.MatchExact, Value: prefix}, {Kind: model.MatchExact, Value: prefix + "/"}}
	default:
		return []*model.PathMatch{{Kind: seen.Kind, Value: prefix + seen.Value}}
	}
}

// matchesRoot says whether an expression is true of /. readMatch has compiled it before; one that does not compile is true of nothing.
func matchesRoot(expression string) bool {
	compiled, err := regexp.Compile("^(?:" + expression + ")$")
	return err == nil && compiled.MatchString("/")
}

// disjoint says whether no path is both the route's and the one seen. Expressions are given the benefit of the doubt.
func disjoint(route, seen *model.PathMatch) bool {
	if route == nil || seen.Kind == model.MatchRegex {
		return false
	}
	if route.Kind == model.MatchExact {
		return !contains(*seen, route.Value)
	}
	if seen.Kind == model.MatchExact {
		return !contains(*route, seen.Value)
	}
	return !contains(*seen, route.Value) && !contains(*route, seen.Value)
}

// contains says whether an exact path or prefix, in whole segments, is true of a path.
func contains(match model.PathMatch, path string) bool {
	if match.Kind == model.MatchExact {
		return path == match.Value
	}
	return path == match.Value || strings.HasPrefix(path, strings.TrimSuffix(match.Value, "/")+"/")
}
