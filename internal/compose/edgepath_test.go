package compose

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubemate/kubemate/internal/model"
)

func exact(value string) *model.PathMatch {
	return &model.PathMatch{Kind: model.MatchExact, Value: value}
}

func prefix(value string) *model.PathMatch {
	return &model.PathMatch{Kind: model.MatchPrefix, Value: value}
}

func regex(value string) *model.PathMatch {
	return &model.PathMatch{Kind: model.MatchRegex, Value: value}
}

func TestClientPaths(t *testing.T) {
	plain := func(path *model.PathMatch) model.EdgeRoute { return model.EdgeRoute{Path: path} }
	stripped := model.EdgeRoute{Path: prefix("/api"), StripPrefix: true}
	for name, test := range map[string]struct {
		route model.EdgeRoute
		seen  *model.PathMatch
		want  []*model.PathMatch
	}{
		"any path stays any path of the route":                       {plain(prefix("/api")), nil, []*model.PathMatch{nil}},
		"without strip a path inside the route stays":                {plain(prefix("/api")), prefix("/api/v2"), []*model.PathMatch{prefix("/api/v2")}},
		"without strip a wider path stays":                           {plain(prefix("/api/v2")), prefix("/api"), []*model.PathMatch{prefix("/api")}},
		"without strip a path elsewhere never comes":                 {plain(prefix("/api")), prefix("/v2"), nil},
		"whole segments: /apis is not in /api":                       {plain(prefix("/api")), prefix("/apis"), nil},
		"an exact route takes one path only":                         {plain(exact("/api")), prefix("/api/v2"), nil},
		"an exact route within a prefix":                             {plain(exact("/api/v2")), prefix("/api"), []*model.PathMatch{prefix("/api")}},
		"an exact path within a prefix route":                        {plain(prefix("/api")), exact("/api/v2"), []*model.PathMatch{exact("/api/v2")}},
		"two exact paths that differ":                                {plain(exact("/a")), exact("/b"), nil},
		"a route for all paths excludes none":                        {plain(nil), exact("/b"), []*model.PathMatch{exact("/b")}},
		"an expression is given the benefit of the doubt":            {plain(prefix("/api")), regex("/x.*"), []*model.PathMatch{regex("/x.*")}},
		"stripped: any path stays any path":                          {stripped, nil, []*model.PathMatch{nil}},
		"stripped: the prefix is put back":                           {stripped, prefix("/v2"), []*model.PathMatch{prefix("/api/v2")}},
		"stripped: an exact path too":                                {stripped, exact("/v2"), []*model.PathMatch{exact("/api/v2")}},
		"stripped: / is what is left of the prefix itself":           {stripped, exact("/"), []*model.PathMatch{exact("/api"), exact("/api/")}},
		"stripped: an expression is quoted around":                   {stripped, regex("/[0-9]+|/x"), []*model.PathMatch{regex("/api(?:/[0-9]+|/x)")}},
		"stripped: an expression that is true of / is of the prefix": {stripped, regex("/.*"), []*model.PathMatch{exact("/api"), regex("/api(?:/.*)")}},
		"stripped: the prefix is quoted in an expression": {
			model.EdgeRoute{Path: prefix("/a.b"), StripPrefix: true}, regex("/x"), []*model.PathMatch{regex(`/a\.b(?:/x)`)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, clientPaths(&test.route, test.seen)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
