package linkerd

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/kubemate/kubemate/internal/model"
)

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
	switch {
	case re.Op == syntax.OpAnyChar || re.Op == syntax.OpAnyCharNotNL:
		return &syntax.Regexp{Op: syntax.OpCharClass, Rune: []rune{0, ';' - 1, ';' + 1, '\U0010FFFF'}}
	case re.Op == syntax.OpCharClass:
		return &syntax.Regexp{Op: syntax.OpCharClass, Rune: cutSemicolon(re.Rune)}
	case re.Op == syntax.OpLiteral && slices.Contains(re.Rune, ';'):
		return &syntax.Regexp{Op: syntax.OpNoMatch}
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
		case model.MatchExact:
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
