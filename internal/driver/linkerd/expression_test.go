package linkerd

import (
	"regexp"
	"testing"
	"time"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/model"
)

// wholly says what the model says of an expression: that the whole value matches.
func wholly(expression, value string) bool {
	return regexp.MustCompile(`\A(?:` + expression + `)\z`).MatchString(value)
}

func TestCookies(t *testing.T) {
	cohort := model.ValueMatch{Name: "cohort", Kind: model.MatchRegex, Value: "b.*"}
	user := model.ValueMatch{Name: "user", Kind: model.MatchPrefix, Value: "a."}
	id := model.ValueMatch{Name: "id", Kind: model.MatchExact, Value: "7"}
	for _, test := range []struct {
		name    string
		cookies []model.ValueMatch
		header  string
		want    bool
	}{
		{"alone", []model.ValueMatch{cohort}, "cohort=beta", true},
		{"first", []model.ValueMatch{cohort}, "cohort=beta; x=1", true},
		{"last", []model.ValueMatch{cohort}, "x=1; cohort=beta", true},
		{"between", []model.ValueMatch{cohort}, "x=1; cohort=beta;y=2", true},
		{"another that ends with the name", []model.ValueMatch{cohort}, "xcohort=beta", false},
		{"another that begins with the value", []model.ValueMatch{id}, "id=77", false},
		{"an expression does not reach into the next cookie", []model.ValueMatch{{Name: "cohort", Kind: model.MatchRegex, Value: "b.*z"}}, "cohort=beta; x=z", false},
		{"a negated class does not either", []model.ValueMatch{{Name: "cohort", Kind: model.MatchRegex, Value: "b[^x]*z"}}, "cohort=b; y=z", false},
		{"a literal is quoted", []model.ValueMatch{user}, "user=ab", false},
		{"a prefix", []model.ValueMatch{user}, "user=a.b", true},
		{"two in order", []model.ValueMatch{cohort, user}, "cohort=b; user=a.", true},
		{"two the other way", []model.ValueMatch{cohort, user}, "user=a.; cohort=b", true},
		{"two with others between", []model.ValueMatch{cohort, user}, "x=1; user=a.; y=2; z=3; cohort=b; q=1", true},
		{"one of two", []model.ValueMatch{cohort, user}, "user=a.; x=1", false},
		{"three in any order", []model.ValueMatch{cohort, id, user}, "user=a.; cohort=b; id=7", true},
		{"two of three", []model.ValueMatch{cohort, id, user}, "user=a.; cohort=b; id=8", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, err := cookieExpression(test.cookies)
			if err != nil {
				t.Fatal(err)
			}
			_, rule := tableOf([]*v1beta3.HTTPRoute{{Spec: v1beta3.HTTPRouteSpec{Rules: []v1beta3.HTTPRouteRule{{Matches: []v1beta3.HTTPRouteMatch{{
				Path:    v1beta3.HTTPPathMatch{Type: v1beta3.MatchPathPrefix, Value: "/"},
				Headers: []v1beta3.HTTPValueMatch{{Type: v1beta3.MatchRegularExpression, Name: "cookie", Value: text}},
			}}}}}}}).Find(evaluate.Request{Path: "/", Headers: map[string][]string{"cookie": {test.header}}})
			if (rule != nil) != test.want {
				t.Errorf("%s on %q: %v", text, test.header, rule != nil)
			}
		})
	}
}

func TestExpressionsMeanTheSameInRust(t *testing.T) {
	for raw, want := range map[string]string{
		"beta-[0-9]+": "^beta-[0-9]+$",
		"a|ab":        "^(?:a|ab)$",
		`v\d`:         "^v[0-9]$",
		".*":          "^.*$",
		"[a&&b]":      "^[&ab]$",
		`[[]x`:        `^\[x$`,
	} {
		x := expressions{}
		if err := x.add(raw); err != nil {
			t.Errorf("%s: %v", raw, err)
		} else if x[raw].text != want {
			t.Errorf("%s: got %s, want %s", raw, x[raw].text, want)
		}
	}
}

func TestDurationsHaveOneUnit(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Millisecond: "1ms", 1500 * time.Millisecond: "1500ms", 90 * time.Second: "90s", 5 * time.Minute: "5m", 24 * time.Hour: "24h",
		1500 * time.Microsecond: "2ms",
	} {
		if got := duration(d); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}
