package linkerd

import (
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
)

// prober is how the kubelet introduces itself, unless a probe sets another User-Agent.
var prober = v1beta3.HTTPValueMatch{Type: v1beta3.MatchRegularExpression, Name: "user-agent", Value: "^kube-probe/.*$"}

// separate makes the exact path of a set and the prefix of the same length differ in rank, because Linkerd compares only the lengths and
// would let the age of the routes decide who may call. Where both allow the same callers the exact one is left out.
func (g *guard) separate(sets []request, grants []*model.Grant) ([]request, error) {
	out := make([]request, 0, len(sets))
	for _, set := range sets {
		if set.path.Kind != model.MatchExact {
			out = append(out, set)
			continue
		}
		wider := request{path: model.PathMatch{Kind: model.MatchPrefix, Value: set.path.Value}, method: set.method}
		if !slices.Contains(sets, wider) {
			out = append(out, set)
			continue
		}
		split, err := g.split(set, wider, grants)
		if err != nil {
			return nil, err
		}
		for _, one := range split {
			if !slices.Contains(sets, one) {
				out = append(out, one)
			}
		}
	}
	slices.SortFunc(out, compareRequests)
	return slices.Compact(out), nil
}

// split writes an exact set so that it outranks the prefix of the same path.
func (g *guard) split(exact, wider request, grants []*model.Grant) ([]request, error) {
	here, there := g.allowed(exact, grants), g.allowed(wider, grants)
	switch {
	case here.key() == there.key():
		return nil, nil
	case exact.method == "": // a method is more specific than none
		named := make([]request, len(methods))
		for i, method := range methods {
			named[i] = request{path: exact.path, method: method}
		}
		return named, nil
	case slices.ContainsFunc(g.access.Probes, func(probe model.Probe) bool { return probed(probe) == exact }):
		return g.splitProbe(exact, wider, grants)
	}
	return nil, g.undecided(exact, wider, grants)
}

// splitProbe tells the kubelet's requests apart by their User-Agent: a header is more specific than none. Other requests of the path are the
// prefix's, so that no grant may be about the path alone.
func (g *guard) splitProbe(exact, wider request, grants []*model.Grant) ([]request, error) {
	without := *g
	access := *g.access
	access.Probes = nil
	without.access = &access
	here, there := without.allowed(exact, grants), without.allowed(wider, grants)
	if here.key() != there.key() {
		return nil, g.undecided(exact, wider, grants)
	}
	probe := exact
	probe.prober = true
	return []request{probe}, nil
}

// undecided names the two rules that Linkerd cannot tell apart.
func (g *guard) undecided(exact, wider request, grants []*model.Grant) error {
	names := func(set request) string {
		for _, grant := range grants {
			for i := range grant.Requests {
				if path := grant.Requests[i].Path; path != nil && *path == set.path && holds(&grant.Requests[i], set) {
					return grant.Path
				}
			}
		}
		for _, grant := range grants {
			if slices.ContainsFunc(grant.Requests, func(of model.Request) bool { return holds(&of, set) }) {
				return grant.Path
			}
		}
		return ""
	}
	origin := g.access.Origin
	origin.Path = names(exact)
	return model.Problem{
		Origin: origin, Reason: v1alpha1.ReasonUnsupported,
		Message: "Linkerd takes " + exact.method + " of the exact path " + exact.path.Value + " and " + wider.method + " of the prefix " + wider.path.Value +
			" (" + names(wider) + ") for equally specific, and they allow different callers; allow the same callers in both, or leave the methods of one open",
	}
}
