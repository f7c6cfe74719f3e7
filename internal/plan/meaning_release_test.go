package plan_test

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// call is a request as the Service sees it. Names of headers are in lower case.
type call struct {
	method, path            string
	headers, cookies, query map[string]string
}

// decision is who answers a request, and what made it so.
type decision struct {
	split string
	by    []string
}

// decide reads the release by the words of its API, knowing nothing of models and rules: the first match that has a true alternative leads to its
// variant; what no match takes is shared by weight; a variant that is not ready hands over to stable.
func (s *story) decide(c call) decision {
	found := -1
	var by []string
	later := false
	for i, match := range s.release.Spec.Matches {
		if !s.holds(match.To) {
			continue
		}
		for _, alternative := range match.Any {
			kinds, ok := alternativeTrue(&alternative, c)
			switch {
			case ok && found < 0:
				found, by = i, kinds
			case ok && i > found && match.To != s.release.Spec.Matches[found].To:
				later = true
			}
		}
	}
	weights := map[string]int64{}
	if found < 0 {
		by = s.byWeight(weights)
	} else if !s.give(weights, s.release.Spec.Matches[found].To, 1) {
		by = append(by, notReady)
	}
	if later {
		by = append(by, "an earlier match before a later one that is true too")
	}
	return decision{split: splitText(weights), by: by}
}

const notReady = "stable in place of a variant that is not ready"

// stable is the variant where requests return to: the one that a rollout promoted, else the spec's.
func (s *story) stable() v1alpha1.VariantName {
	if decision := s.release.Status.Release; decision != nil && decision.Stable != "" {
		return decision.Stable
	}
	return s.release.Spec.Stable
}

// holds says whether the matches that lead to a variant hold.
func (s *story) holds(to v1alpha1.VariantName) bool {
	decision := s.release.Status.Release
	if decision == nil {
		return true
	}
	return decision.Matches.Hold != v1alpha1.MatchesNone &&
		(decision.Matches.Hold != v1alpha1.MatchesExcept || !slices.Contains(decision.Matches.Except, to))
}

func (s *story) byWeight(weights map[string]int64) []string {
	if decision := s.release.Status.Release; decision != nil {
		by := []string{"shares of a rollout"}
		for _, share := range decision.Split {
			if !s.give(weights, share.Variant, int64(share.Share)) {
				by = append(by, notReady)
			}
		}
		return by
	}
	by := []string{"weights"}
	sum := int64(0)
	for _, variant := range s.release.Spec.Variants {
		if variant.Weight == nil || *variant.Weight == 0 {
			continue
		}
		sum += int64(*variant.Weight)
		if !s.give(weights, variant.Name, int64(*variant.Weight)) {
			by = append(by, notReady)
		}
	}
	if sum == 0 {
		s.give(weights, s.stable(), 1)
	}
	return by
}

// give gives a variant weight, or stable in its place. False: stable had to take it.
func (s *story) give(weights map[string]int64, name v1alpha1.VariantName, weight int64) bool {
	takes := name
	if s.unready[name] {
		takes = s.stable()
	}
	i := slices.IndexFunc(s.release.Spec.Variants, func(v v1alpha1.Variant) bool { return v.Name == takes })
	weights[leafOf(s.release.Spec.Variants[i])] += weight
	return takes == name
}

func alternativeTrue(match *v1alpha1.RequestMatch, c call) ([]string, bool) {
	var by []string
	if match.GRPC != nil {
		kind, ok := grpcTrue(match.GRPC, c)
		if !ok {
			return nil, false
		}
		by = append(by, kind)
	}
	if match.Path != nil {
		kind, ok := pathTrue(match.Path, c.path)
		if !ok {
			return nil, false
		}
		by = append(by, kind)
	}
	if match.Method != nil {
		if string(*match.Method) != c.method {
			return nil, false
		}
		by = append(by, "method")
	}
	headers := map[string]string{}
	for _, header := range match.Headers {
		headers[header.Name] = c.headers[strings.ToLower(header.Name)]
	}
	for _, group := range []struct {
		word   string
		wanted []v1alpha1.ValueMatch
		has    map[string]string
	}{{"header", match.Headers, headers}, {"cookie", match.Cookies, c.cookies}, {"query", match.Query, c.query}} {
		for _, wanted := range group.wanted {
			kind, ok := valueTrue(&wanted, group.has[wanted.Name])
			if !ok {
				return nil, false
			}
			by = append(by, group.word+" "+kind)
		}
	}
	return by, true
}

func grpcTrue(match *v1alpha1.GRPCMatch, c call) (string, bool) {
	service, method, ok := strings.Cut(strings.TrimPrefix(c.path, "/"), "/")
	if c.method != "POST" || service != match.Service {
		return "", false
	}
	if match.Method == nil {
		return "gRPC service", true
	}
	return "gRPC method", ok && method == *match.Method
}

func pathTrue(match *v1alpha1.PathMatch, path string) (string, bool) {
	switch {
	case match.Exact != nil:
		return "path exact", path == string(*match.Exact)
	case match.Prefix != nil: // whole segments
		want, have := segmentsOf(string(*match.Prefix)), segmentsOf(path)
		return "path prefix", len(have) >= len(want) && slices.Equal(want, have[:len(want)])
	default:
		return "path regex", whole(string(*match.Regex), path)
	}
}

func segmentsOf(path string) []string {
	path = strings.TrimPrefix(path, "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// valueTrue compares a value; a value that is not there is empty, and no match asks for an empty one.
func valueTrue(match *v1alpha1.ValueMatch, value string) (string, bool) {
	switch {
	case value == "":
		return "", false
	case match.Value != nil:
		return "exact", value == string(*match.Value)
	case match.Prefix != nil:
		return "prefix", strings.HasPrefix(value, string(*match.Prefix))
	default:
		return "regex", whole(string(*match.Regex), value)
	}
}

func whole(expression, value string) bool {
	return regexp.MustCompile(`\A(?:` + expression + `)\z`).MatchString(value)
}
