package traefik

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/traefik/traefik/v3/pkg/rules"

	"github.com/kubemate/kubemate/internal/model"
)

// cookieTree finds one cookie among those of a Cookie header: Traefik has no matcher for cookies. It is true when one of the cookies of that
// name matches; HTTP/2 clients send a header for each cookie, Go joins them again.
func cookieTree(cookie model.ValueMatch) (*rules.Tree, error) {
	if err := checkValue("cookie", cookie); err != nil {
		return nil, err
	}
	value, err := cookieExpression(cookie)
	if err != nil {
		return nil, fmt.Errorf("cookie %s: %w", cookie.Name, err)
	}
	return matcher(matchHeaderRegexp, "cookie", `(?:^|;\s*)`+regexp.QuoteMeta(cookie.Name)+"="+value+`\s*(?:;|$)`), nil
}

// cookieExpression matches the value of a cookie and never reaches into the next one.
func cookieExpression(cookie model.ValueMatch) (string, error) {
	if cookie.Kind == model.MatchRegex {
		return cookieRegex(cookie.Value)
	}
	if strings.Contains(cookie.Value, ";") {
		return "", invalidError{fmt.Errorf("%q holds a semicolon, which ends a cookie; leave it out", cookie.Value)}
	}
	if cookie.Kind == model.MatchPrefix {
		return regexp.QuoteMeta(cookie.Value) + "[^;]*", nil
	}
	return regexp.QuoteMeta(cookie.Value), nil
}

// cookieRegex is the expression itself when it cannot match a semicolon, and else one that matches the same values except those with a
// semicolon: with "a.*" for a cookie, "a=1; b=2" would otherwise be one value.
func cookieRegex(expression string) (string, error) {
	if err := checkRegex(expression); err != nil {
		return "", err
	}
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return "", err
	}
	within, err := withoutSemicolon(parsed)
	if err != nil {
		return "", err
	}
	if within.Equal(parsed) {
		return "(?:" + expression + ")", nil
	}
	return "(?:" + expressionText(within) + ")", nil
}

// withoutSemicolon takes the semicolon out of every set of characters, which takes exactly the texts with a semicolon out of what the
// expression matches.
func withoutSemicolon(expression *syntax.Regexp) (*syntax.Regexp, error) {
	changed := *expression
	switch expression.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText:
		return nil, errors.New("the expression is anchored already, leave out ^ and $ and their like")
	case syntax.OpLiteral:
		if strings.ContainsRune(string(expression.Rune), ';') {
			return &syntax.Regexp{Op: syntax.OpNoMatch}, nil
		}
	case syntax.OpCharClass:
		changed.Rune = cut(expression.Rune)
	case syntax.OpAnyChar:
		changed.Op, changed.Rune = syntax.OpCharClass, cut([]rune{0, unicode.MaxRune})
	case syntax.OpAnyCharNotNL:
		changed.Op, changed.Rune = syntax.OpCharClass, cut([]rune{0, '\n' - 1, '\n' + 1, unicode.MaxRune})
	default: // takes no character by itself
	}
	changed.Sub = nil
	for _, sub := range expression.Sub {
		within, err := withoutSemicolon(sub)
		if err != nil {
			return nil, err
		}
		changed.Sub = append(changed.Sub, within)
	}
	return &changed, nil
}

// cut takes the semicolon out of ranges, given as pairs of first and last.
func cut(ranges []rune) []rune {
	var left []rune
	for i := 0; i+1 < len(ranges); i += 2 {
		first, last := ranges[i], ranges[i+1]
		if ';' < first || last < ';' {
			left = append(left, first, last)
			continue
		}
		if first < ';' {
			left = append(left, first, ';'-1)
		}
		if ';' < last {
			left = append(left, ';'+1, last)
		}
	}
	return left
}
