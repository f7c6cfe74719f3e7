package linkerd

import (
	"cmp"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
)

// request is one set of requests that inbound routes tell apart: a path, and a method or any.
type request struct {
	path   model.PathMatch
	method string
	// prober demands the kubelet's User-Agent.
	prober bool
}

// holds says whether every request of r is one of the Request.
func holds(of *model.Request, r request) bool {
	if len(of.Methods) > 0 && (r.method == "" || !slices.Contains(of.Methods, r.method)) {
		return false
	}
	return of.Path == nil || pathHolds(*of.Path, r.path)
}

func pathHolds(path, other model.PathMatch) bool {
	return path == other || path.Kind == model.MatchPrefix && under(other.Value, path.Value)
}

// inboundRoute is an HTTPRoute of a Server being written: sets of requests that the same callers may send.
type inboundRoute struct {
	sets []request
	who  callers
}

// routes are the HTTPRoutes of the Server for grants of some requests.
//
// Linkerd looks at the grants of one route only, the most specific. So the sets of requests are closed under intersection, and each gets
// the grants of all that it lies in. As soon as one route is there, Linkerd's own routes for the rest and for the kubelet's probes are not:
// so there is always a set of all requests, which nobody may call who is not granted the whole Server, and one for each probe.
func (g *guard) routes(grants []*model.Grant) ([]inboundRoute, error) {
	if len(grants) == 0 {
		return nil, nil
	}
	if g.access.Protocol == model.ProtocolOpaque {
		origin := g.access.Origin
		origin.Path = grants[0].Path
		return nil, model.Problem{
			Origin: origin, Reason: v1alpha1.ReasonInvalid,
			Message: "port " + targetText(g.access.Port) + " of Service " + g.service + " does not speak HTTP: there are no methods and paths on it; leave them out",
		}
	}
	sets, err := g.separate(g.closure(grants), grants)
	if err != nil {
		return nil, err
	}
	groups := map[string][]request{}
	whom := map[string]callers{}
	for _, set := range sets {
		who := g.allowed(set, grants)
		key := who.key()
		groups[key], whom[key] = append(groups[key], set), who
	}
	var routes []inboundRoute
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		for part := range slices.Chunk(groups[key], maxRules*maxMatches) {
			routes = append(routes, inboundRoute{part, whom[key]})
		}
	}
	return routes, nil
}

// contentOf is how routes tell requests apart, in words. Who may send them is left out: grants come and go beside each other.
func contentOf(routes []inboundRoute) []string {
	contents := make([]string, len(routes))
	for i := range routes {
		contents[i] = digest(routes[i].words()...)
	}
	slices.Sort(contents)
	return contents
}

func (r *inboundRoute) words() []string {
	words := make([]string, 0, 4*len(r.sets)+2)
	for _, set := range r.sets {
		prober := ""
		if set.prober {
			prober = "prober"
		}
		words = append(words, string(set.path.Kind), set.path.Value, set.method, prober)
	}
	return words
}

// closure lists all sets of requests that grants and probes name, and their intersections, sorted.
func (g *guard) closure(grants []*model.Grant) []request {
	sets := map[request]bool{{path: *root}: true}
	for _, probe := range g.access.Probes {
		sets[probed(probe)] = true
	}
	for _, grant := range grants {
		for i := range grant.Requests {
			for _, set := range requestSets(&grant.Requests[i]) {
				sets[set] = true
			}
		}
	}
	// A set is the narrower path and the method, if one has any; methods that differ have nothing in common. So what intersections add is
	// a path without method joined with the methods of the paths that it lies under.
	for _, narrow := range sorted(sets) {
		if narrow.method != "" {
			continue
		}
		for _, wide := range sorted(sets) {
			if wide.method != "" && pathHolds(wide.path, narrow.path) {
				sets[request{path: narrow.path, method: wide.method}] = true
			}
		}
	}
	return sorted(sets)
}

func requestSets(of *model.Request) []request {
	path := *root
	if of.Path != nil {
		path = *of.Path
	}
	if len(of.Methods) == 0 {
		return []request{{path: path}}
	}
	sets := make([]request, len(of.Methods))
	for i, method := range of.Methods {
		sets[i] = request{path: path, method: method}
	}
	return sets
}

// probed is what the kubelet asks for.
func probed(probe model.Probe) request {
	return request{path: model.PathMatch{Kind: model.MatchExact, Value: probe.Path}, method: "GET"}
}

func sorted(sets map[request]bool) []request {
	out := make([]request, 0, len(sets))
	for set := range sets {
		out = append(out, set)
	}
	slices.SortFunc(out, compareRequests)
	return out
}

// compareRequests puts the most specific first, for the eye: Linkerd does not go by order between routes.
func compareRequests(a, b request) int {
	return cmp.Or(cmp.Compare(len(b.path.Value), len(a.path.Value)), cmp.Compare(a.path.Value, b.path.Value),
		cmp.Compare(a.path.Kind, b.path.Kind), cmp.Compare(min(len(b.method), 1), min(len(a.method), 1)), cmp.Compare(a.method, b.method))
}

// allowed are the callers of all grants that hold the set.
func (g *guard) allowed(set request, grants []*model.Grant) callers {
	if set.prober || slices.ContainsFunc(g.access.Probes, func(probe model.Probe) bool { return probed(probe) == set }) {
		return callers{any: true}
	}
	return gather(slices.DeleteFunc(slices.Clone(grants), func(grant *model.Grant) bool {
		return !slices.ContainsFunc(grant.Requests, func(of model.Request) bool { return holds(&of, set) })
	}))
}

// route writes one HTTPRoute, named by its Server and what it matches, and its AuthorizationPolicies.
func (g *guard) route(r *inboundRoute) {
	var rules []v1beta3.HTTPRouteRule
	for part := range slices.Chunk(r.sets, maxMatches) {
		matches := make([]v1beta3.HTTPRouteMatch, len(part))
		for i, set := range part {
			matches[i] = v1beta3.HTTPRouteMatch{Path: writePath(&set.path, nil), Method: set.method}
			if set.prober {
				matches[i].Headers = []v1beta3.HTTPValueMatch{prober}
			}
		}
		rules = append(rules, v1beta3.HTTPRouteRule{Matches: matches})
	}
	name := contentName(g.service+"-"+role(r), append(r.words(), kindHTTPRoute, g.server)...)
	g.allow(kindHTTPRoute, name, r.who)
	g.objects = append(g.objects, driver.Object{Reported: true, Awaited: true, Origins: g.origins, Object: &v1beta3.HTTPRoute{
		TypeMeta:   metav1.TypeMeta{APIVersion: policyV1beta3, Kind: kindHTTPRoute},
		ObjectMeta: g.meta(name),
		Spec: v1beta3.HTTPRouteSpec{
			ParentRefs: []v1beta3.ParentRef{{Group: groupPolicy, Kind: kindServer, Name: g.server}}, Rules: rules,
		},
	}})
}

// role is part of a route's name, for people: whether it is for all other requests, for requests that are open to everybody, the kubelet's
// probes mostly, or for what is granted.
func role(r *inboundRoute) string {
	switch {
	case slices.Contains(r.sets, request{path: *root}):
		return "all"
	case r.who.any:
		return "open"
	}
	return "requests"
}
