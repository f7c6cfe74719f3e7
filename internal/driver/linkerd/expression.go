package linkerd

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// expression is a regular expression of a user.
type expression struct {
	// text is the expression the way Linkerd reads it: anchored, because Linkerd finds the leftmost match first and then asks whether it is
	// the whole value, so that "a|ab" would never match "ab".
	text string
	// whole matches whole values.
	whole *regexp.Regexp
	// prefix begins every value that matches.
	prefix string
	// literal says that prefix is the only value that matches.
	literal bool
}

// matches says whether the whole value matches.
func (e *expression) matches(value string) bool { return e.whole.MatchString(value) }

// expressions remembers the expressions of one table, so that each is compiled once.
type expressions map[string]*expression

// compile collects the expressions of a table. One that matches a single value only is an exact match from here on, about which more can be
// said; so that the table may be a changed copy.
func compile(routes []model.Route) ([]model.Route, expressions, error) {
	if !haveExpressions(routes) {
		return routes, nil, nil
	}
	x := expressions{}
	copied := slices.Clone(routes)
	for i := range copied {
		if err := x.compile(&copied[i].Match); err != nil {
			origin := place(copied[i])
			return nil, nil, model.Problem{Origin: origin, Reason: v1alpha1.ReasonInvalid, Message: err.Error() + "; correct the regular expression"}
		}
	}
	return copied, x, nil
}

func haveExpressions(routes []model.Route) bool {
	regex := func(value model.ValueMatch) bool { return value.Kind == model.MatchRegex }
	for i := range routes {
		match := &routes[i].Match
		if match.Path != nil && match.Path.Kind == model.MatchRegex || slices.ContainsFunc(match.Headers, regex) ||
			slices.ContainsFunc(match.Cookies, regex) || slices.ContainsFunc(match.Query, regex) {
			return true
		}
	}
	return false
}

func (x expressions) compile(match *model.Match) error {
	if path := match.Path; path != nil && path.Kind == model.MatchRegex {
		if err := x.add(path.Value); err != nil {
			return err
		}
		if re := x[path.Value]; re.literal {
			match.Path = &model.PathMatch{Kind: model.MatchExact, Value: re.prefix}
		}
	}
	for _, values := range []*[]model.ValueMatch{&match.Headers, &match.Cookies, &match.Query} {
		*values = slices.Clone(*values)
		for i := range *values {
			value := &(*values)[i]
			if value.Kind != model.MatchRegex {
				continue
			}
			if err := x.add(value.Value); err != nil {
				return err
			}
			if re := x[value.Value]; re.literal {
				value.Kind, value.Value = model.MatchExact, re.prefix
			}
		}
	}
	return nil
}

// add compiles an expression.
func (x expressions) add(raw string) error {
	if x[raw] != nil {
		return nil
	}
	text, err := portable(raw)
	if err != nil {
		return err
	}
	bare, err := regexp.Compile(text)
	if err != nil {
		return err
	}
	anchored := anchor(text)
	whole, err := regexp.Compile(anchored)
	if err != nil {
		return err
	}
	prefix, literal := bare.LiteralPrefix()
	x[raw] = &expression{text: anchored, whole: whole, prefix: prefix, literal: literal}
	return nil
}

// portable rewrites an RE2 expression so that Rust's regex, which Linkerd uses, means the same by it: classes such as \d hold all of Unicode
// there, "&&" and "[" inside brackets are operators, and a brace that counts nothing is an error. What holds none of these stays as it is.
func portable(raw string) (string, error) {
	if !strings.ContainsAny(raw, `\[{`) && !strings.Contains(raw, "(?") {
		return raw, nil
	}
	parsed, err := syntax.Parse(raw, syntax.Perl)
	if err != nil {
		return "", err
	}
	return parsed.String(), nil
}

// anchor makes an expression match whole values only.
func anchor(text string) string {
	if strings.Contains(text, "|") {
		text = "(?:" + text + ")"
	}
	return "^" + text + "$"
}

// beginning is an expression for values that begin with a literal.
func beginning(literal string) string { return "^" + regexp.QuoteMeta(literal) + "(?s:.*)$" }
