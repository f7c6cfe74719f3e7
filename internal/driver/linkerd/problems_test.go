package linkerd

import (
	"strings"
	"testing"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// lines makes a table whose lines come from one release each, at spec.matches[i].
func lines(routes ...model.Route) model.Namespace {
	ns := routed(nil, []int32{80}, routes...)
	for i := range routes[:len(routes)-1] {
		ns.Services[0].Routes[i].Origins = []model.Origin{{Kind: "CanaryRelease", Name: "orders", Path: "spec.matches[" + string(rune('0'+i)) + "]"}}
	}
	ns.Services[0].Routes[len(routes)-1].Origins = fromRelease
	return ns
}

func TestProblems(t *testing.T) {
	first, second := "spec.access.rules[0]", "spec.access.rules[1]"
	port := model.TargetPort{Number: 8080}
	for _, test := range []struct {
		name   string
		driver driver.MeshDriver
		ns     model.Namespace
		path   string
		reason string
		words  []string
	}{
		{
			"a regular expression for the path meets another path", Policy(Config{}), lines(
				model.Route{Match: model.Match{Path: prefixPath("/api")}, Split: to("v2")},
				model.Route{Match: model.Match{Path: regexPath(".*[.]json")}, Split: to("v3")},
				model.Route{Split: to("v1")},
			),
			"spec.matches[1]", v1alpha1.ReasonUnsupported,
			[]string{"CanaryRelease/orders spec.matches[0]", "cannot be joined with another path", "exclude each other"},
		},
		{
			"two regular expressions for one header", Policy(Config{}), lines(
				model.Route{Match: model.Match{Headers: []model.ValueMatch{{Name: "x-a", Kind: model.MatchRegex, Value: "a.*"}}}, Split: to("v2")},
				model.Route{Match: model.Match{Path: prefixPath("/api"), Headers: []model.ValueMatch{{Name: "x-a", Kind: model.MatchRegex, Value: ".*b"}}}, Split: to("v3")},
				model.Route{Split: to("v1")},
			),
			"spec.matches[1]", v1alpha1.ReasonUnsupported,
			[]string{"spec.matches[0]", "header x-a"},
		},
		{
			"equals with different timeouts", Policy(Config{}), lines(
				model.Route{Match: model.Match{Path: exactPath("/api"), Methods: []string{"GET"}}, Timeout: time.Second},
				model.Route{Match: model.Match{Path: prefixPath("/api"), Methods: []string{"GET"}}, Timeout: 2 * time.Second},
				model.Route{},
			),
			"spec.matches[1]", v1alpha1.ReasonUnsupported,
			[]string{"spec.matches[0]", "equally specific"},
		},
		{
			"more than three cookies", Policy(Config{}), lines(
				model.Route{Match: model.Match{Cookies: []model.ValueMatch{exact("a", "1")[0], exact("b", "1")[0], exact("c", "1")[0], exact("d", "1")[0]}}, Split: to("v2")},
				model.Route{Split: to("v1")},
			),
			"spec.matches[0]", v1alpha1.ReasonUnsupported,
			[]string{"more than 3 cookies"},
		},
		{
			"more than 128 rules", Policy(Config{}), routed(fromRelease, []int32{80}, tooManyRules()...),
			"", v1alpha1.ReasonUnsupported,
			[]string{"more than 128 rules"},
		},
		{
			"an expression that is none", Policy(Config{}), lines(
				model.Route{Match: model.Match{Path: regexPath("/a(")}, Split: to("v2")}, model.Route{Split: to("v1")},
			),
			"spec.matches[0]", v1alpha1.ReasonInvalid,
			[]string{"missing closing", "correct the regular expression"},
		},
		{
			"an exact path and its prefix with one method", Policy(Config{}), guarded(model.Access{Port: port, Grants: []model.Grant{
				granted(first, []model.Client{payment}, model.Request{Path: exactPath("/api"), Methods: []string{"GET"}}),
				granted(second, []model.Client{ops}, model.Request{Path: prefixPath("/api"), Methods: []string{"GET"}}),
			}}),
			first, v1alpha1.ReasonUnsupported,
			[]string{"GET of the exact path /api", second},
		},
		{
			"methods on a port that speaks no HTTP", Policy(Config{}), guarded(model.Access{Port: port, Protocol: model.ProtocolOpaque, Grants: []model.Grant{
				granted(first, []model.Client{payment}, model.Request{Methods: []string{"GET"}}),
			}}),
			first, v1alpha1.ReasonInvalid,
			[]string{"8080", "does not speak HTTP"},
		},
		{
			"a Service without selector", Policy(Config{}), withoutSelector(guarded(model.Access{Port: port})),
			"spec.access", v1alpha1.ReasonServiceNotFound,
			[]string{"no selector"},
		},
		{
			"classic: a Service without selector", Classic(Config{}), withoutSelector(guarded(model.Access{Port: port})),
			"spec.access", v1alpha1.ReasonServiceNotFound,
			[]string{"no selector"},
		},
		{
			"classic: a split of some ports", Classic(Config{}), routed(fromRelease, []int32{8080}, model.Route{Split: to("v1")}),
			"", v1alpha1.ReasonUnsupported,
			[]string{"port 80", "left out"},
		},
		{
			"classic: weights that do not fit", Classic(Config{}), routed(fromRelease, []int32{80}, model.Route{Split: []model.Share{{Backend: "v1", Weight: 500_000}}}),
			"", v1alpha1.ReasonUnsupported,
			[]string{"500000"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := test.driver.Render(test.ns)
			problems, ok := model.AsProblems(err)
			if !ok {
				t.Fatalf("no problem: %v", err)
			}
			if problems[0].Reason != test.reason || problems[0].Origin.Path != test.path {
				t.Errorf("reason %s at %q", problems[0].Reason, problems[0].Origin.Path)
			}
			for _, words := range test.words {
				if !strings.Contains(problems[0].Message, words) {
					t.Errorf("%q is not in %q", words, problems[0].Message)
				}
			}
			t.Log(err)
		})
	}
}

func tooManyRules() []model.Route {
	var routes []model.Route
	for i := range 14 {
		routes = append(routes,
			model.Route{Match: model.Match{Headers: exact("x-"+string(rune('a'+i)), "1")}, Split: to("v2")},
			model.Route{Match: model.Match{Path: exactPath("/" + string(rune('a'+i)))}, Split: to("v3")})
	}
	return append(routes, model.Route{Split: to("v1")})
}

func withoutSelector(ns model.Namespace) model.Namespace {
	ns.Services[0].Selector = nil
	return ns
}

func TestClassicDoesNotKeepSilentAboutWhatItDoesNotClaim(t *testing.T) {
	for name, ns := range map[string]model.Namespace{
		"a header": lines(model.Route{Match: model.Match{Headers: exact("x-a", "1")}, Split: to("v1")}, model.Route{Split: to("v1")}),
		"a split of its own": lines(
			model.Route{Match: model.Match{Methods: []string{"GET"}}, Split: to("v2")}, model.Route{Split: to("v1")},
		),
		"a grant of some requests": guarded(model.Access{Grants: []model.Grant{
			granted("spec.access.rules[0]", []model.Client{ops}, model.Request{Methods: []string{"GET"}}),
		}}),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Classic(Config{}).Render(ns)
			if _, ok := model.AsProblems(err); err == nil || ok {
				t.Errorf("got %v, want an error that is not the user's", err)
			}
		})
	}
}
