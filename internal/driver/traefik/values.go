package traefik

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/traefik/traefik/v3/pkg/rules"

	"github.com/kubemate/kubemate/internal/model"
)

// taken are headers that Go's HTTP server takes out of a request before Traefik matches it: they would never match.
var taken = []string{"host", "trailer", "transfer-encoding"}

// headerTree is true when one of the header's values matches, as in Linkerd.
func headerTree(header model.ValueMatch) (*rules.Tree, error) {
	if err := checkValue("header", header); err != nil {
		return nil, err
	}
	if slices.Contains(taken, strings.ToLower(header.Name)) {
		return nil, fmt.Errorf("header %s: Traefik routes without seeing it, match something else", header.Name)
	}
	// Traefik refuses rules with an empty value.
	if header.Kind == model.MatchExact && header.Value != "" {
		return matcher(matchHeader, header.Name, header.Value), nil
	}
	expression, err := valueExpression(header)
	if err != nil {
		return nil, fmt.Errorf("header %s: %w", header.Name, err)
	}
	return matcher(matchHeaderRegexp, header.Name, expression), nil
}

// queryTree is true when one of the parameter's values matches, after decoding.
func queryTree(query model.ValueMatch) (*rules.Tree, error) {
	if err := checkValue("query parameter", query); err != nil {
		return nil, err
	}
	if query.Kind == model.MatchExact {
		if query.Value == "" {
			return matcher(matchQuery, query.Name), nil // with one argument: a value is there, and empty
		}
		return matcher(matchQuery, query.Name, query.Value), nil
	}
	expression, err := valueExpression(query)
	if err != nil {
		return nil, fmt.Errorf("query parameter %s: %w", query.Name, err)
	}
	return matcher(matchQueryRegexp, query.Name, expression), nil
}

// valueExpression is the expression for a value that stands alone.
func valueExpression(value model.ValueMatch) (string, error) {
	switch value.Kind {
	case model.MatchExact:
		return "^" + regexp.QuoteMeta(value.Value) + "$", nil
	case model.MatchPrefix:
		return "^" + regexp.QuoteMeta(value.Value), nil
	default:
		return anchored(value.Value)
	}
}

// checkValue refuses names and values that could not be told apart from others once they stand in a request.
func checkValue(kind string, value model.ValueMatch) error {
	if !token(value.Name) {
		return invalidError{fmt.Errorf("%s: %q is not a name, it must be made of letters, digits and !#$%%&'*+-.^_|~", kind, value.Name)}
	}
	if err := checkText(value.Value); err != nil {
		return fmt.Errorf("%s %s: %w", kind, value.Name, err)
	}
	return nil
}

// checkText refuses what no header can hold, and the backtick, which would make rules unreadable.
func checkText(text string) error {
	if !utf8.ValidString(text) {
		return invalidError{fmt.Errorf("%q is not valid UTF-8; correct it", text)}
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == 0x7f || c == '`' {
			return invalidError{fmt.Errorf("%q holds %q; leave it out", text, c)}
		}
	}
	return nil
}

// token says whether a text is a token of RFC 9110, 5.6.2, without the backtick.
func token(text string) bool {
	for i := range len(text) {
		if c := text[i]; !alphanumeric(c) && strings.IndexByte("!#$%&'*+-.^_|~", c) < 0 {
			return false
		}
	}
	return text != ""
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
