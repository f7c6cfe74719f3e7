package compose

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// readMatch reads one alternative of a release's match.
func readMatch(match *v1alpha1.RequestMatch, origin model.Origin) (model.Match, model.Problems) {
	read := reader{origin: origin}
	out := model.Match{
		Headers: read.values(match.Headers, "headers", strings.ToLower),
		Cookies: read.values(match.Cookies, "cookies", keep),
		Query:   read.values(match.Query, "query", keep),
	}
	switch {
	case match.GRPC != nil:
		out.Path, out.Methods = grpcPath(match.GRPC), []string{"POST"}
	case match.Path != nil:
		out.Path = read.path(match.Path)
	}
	if match.Method != nil {
		out.Methods = []string{string(*match.Method)}
	}
	return out, read.problems
}

// grpcPath is the path of calls of gRPC: /SERVICE/METHOD, sent by POST (gRPC over HTTP2, "Requests"). All data planes can tell a path and a
// method apart, on ports of gRPC too, so that no driver has to know gRPC.
func grpcPath(match *v1alpha1.GRPCMatch) *model.PathMatch {
	if match.Method == nil {
		return &model.PathMatch{Kind: model.MatchPrefix, Value: "/" + match.Service}
	}
	return &model.PathMatch{Kind: model.MatchExact, Value: "/" + match.Service + "/" + *match.Method}
}

// reader collects the problems of one match.
type reader struct {
	origin   model.Origin
	problems model.Problems
}

func (r *reader) path(path *v1alpha1.PathMatch) *model.PathMatch {
	switch {
	case path.Exact != nil:
		return &model.PathMatch{Kind: model.MatchExact, Value: string(*path.Exact)}
	case path.Prefix != nil:
		return prefixMatch(*path.Prefix)
	default:
		r.checkRegex(*path.Regex, ".path.regex")
		return &model.PathMatch{Kind: model.MatchRegex, Value: string(*path.Regex)}
	}
}

// prefixMatch reads a prefix; "/" is everything.
func prefixMatch(prefix v1alpha1.PathValue) *model.PathMatch {
	if prefix == "/" {
		return nil
	}
	return &model.PathMatch{Kind: model.MatchPrefix, Value: string(prefix)}
}

func (r *reader) values(matches []v1alpha1.ValueMatch, field string, name func(string) string) []model.ValueMatch {
	if len(matches) == 0 {
		return nil
	}
	out := make([]model.ValueMatch, 0, len(matches))
	for i, match := range matches {
		value := model.ValueMatch{Name: name(match.Name)}
		switch {
		case match.Value != nil:
			value.Kind, value.Value = model.MatchExact, string(*match.Value)
		case match.Prefix != nil:
			value.Kind, value.Value = model.MatchPrefix, string(*match.Prefix)
		case match.Regex != nil:
			r.checkRegex(*match.Regex, "."+field+"["+strconv.Itoa(i)+"].regex")
			value.Kind, value.Value = model.MatchRegex, string(*match.Regex)
		}
		out = append(out, value)
	}
	slices.SortFunc(out, func(a, b model.ValueMatch) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// checkRegex compiles an expression: the API server cannot.
func (r *reader) checkRegex(expression v1alpha1.Regex, path string) {
	if _, err := regexp.Compile(string(expression)); err != nil {
		r.problems = append(r.problems, model.Problem{
			Origin: at(r.origin, r.origin.Path+path), Reason: v1alpha1.ReasonInvalid,
			Message: "the regular expression does not compile: " + err.Error() + "; it is RE2, without look-around and back references",
		})
	}
}

func keep(s string) string { return s }
