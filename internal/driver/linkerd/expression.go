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
	if !slices.ContainsFunc(routes, hasExpression) {
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

func hasExpression(route model.Route) bool {
	regex := func(value model.ValueMatch) bool { return value.Kind == model.MatchRegex }
	match := route.Match
	return match.Path != nil && match.Path.Kind == model.MatchRegex || slices.ContainsFunc(match.Headers, regex) ||
		slices.ContainsFunc(match.Cookies, regex) || slices.ContainsFunc(match.Query, regex)
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

// inCookie rewrites an expression for the value of a cookie so that it cannot reach into the next cookie: nothing in it matches ";".
func inCookie(raw string) (string, error) {
	parsed, err := syntax.Parse(raw, syntax.Perl)
	if err != nil {
		return "", err
	}
	text := withoutSemicolon(parsed).String()
	if strings.Contains(text, "|") {
		text = "(?:" + text + ")"
	}
	return text, nil
}

func withoutSemicolon(re *syntax.Regexp) *syntax.Regexp {
	switch re.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return &syntax.Regexp{Op: syntax.OpCharClass, Rune: []rune{0, ';' - 1, ';' + 1, '\U0010FFFF'}}
	case syntax.OpCharClass:
		return &syntax.Regexp{Op: syntax.OpCharClass, Rune: cutSemicolon(re.Rune)}
	case syntax.OpLiteral:
		if strings.ContainsRune(string(re.Rune), ';') {
			return &syntax.Regexp{Op: syntax.OpNoMatch}
		}
	}
	for i, sub := range re.Sub {
		re.Sub[i] = withoutSemicolon(sub)
	}
	return re
}

// cutSemicolon takes ";" out of the ranges of a character class.
func cutSemicolon(ranges []rune) []rune {
	out := make([]rune, 0, len(ranges)+2)
	for i := 0; i < len(ranges); i += 2 {
		low, high := ranges[i], ranges[i+1]
		if low > ';' || high < ';' {
			out = append(out, low, high)
			continue
		}
		if low < ';' {
			out = append(out, low, ';'-1)
		}
		if high > ';' {
			out = append(out, ';'+1, high)
		}
	}
	return out
}

// cookieExpression matches the whole Cookie header when it holds all the cookies. Linkerd has no match for cookies. Several can come in any
// order, so that each order is an alternative.
func cookieExpression(cookies []model.ValueMatch) (string, error) {
	parts := make([]string, len(cookies))
	for i, cookie := range cookies {
		value := regexp.QuoteMeta(cookie.Value)
		switch cookie.Kind {
		case model.MatchPrefix:
			value += "[^;]*"
		case model.MatchRegex:
			var err error
			if value, err = inCookie(cookie.Value); err != nil {
				return "", err
			}
		}
		parts[i] = regexp.QuoteMeta(cookie.Name) + "=" + value
	}
	orders := permutations(parts)
	for i, order := range orders {
		orders[i] = `(.*;\s*)?` + order + `(\s*;.*)?`
	}
	if len(orders) == 1 {
		return "^" + orders[0] + "$", nil
	}
	return "^(?:" + strings.Join(orders, "|") + ")$", nil
}

// permutations joins the cookies in every order, with anything between them that begins and ends a cookie.
func permutations(parts []string) []string {
	if len(parts) == 1 {
		return parts
	}
	var all []string
	for i, first := range parts {
		rest := make([]string, 0, len(parts)-1)
		rest = append(append(rest, parts[:i]...), parts[i+1:]...)
		for _, tail := range permutations(rest) {
			all = append(all, first+`\s*;(.*;)?\s*`+tail)
		}
	}
	return all
}

// beginning is an expression for values that begin with a literal.
func beginning(literal string) string { return "^" + regexp.QuoteMeta(literal) + "(?s:.*)$" }
