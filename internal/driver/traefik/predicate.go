package traefik

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"

	"github.com/traefik/traefik/v3/pkg/rules"

	"github.com/kubemate/kubemate/internal/model"
)

// predicate is what must all be true of the requests of one line of a table, whatever their host. Nil is true of everything. An error says,
// in words for the user, what cannot be asked of Traefik.
func predicate(route *model.PathMatch, match model.Match) ([]*rules.Tree, error) {
	parts, err := pathTrees(route, match.Path)
	if err != nil {
		return nil, err
	}
	methods, err := methodTree(match.Methods)
	if err != nil {
		return nil, err
	}
	parts = append(parts, methods)
	for _, group := range []struct {
		values []model.ValueMatch
		tree   func(model.ValueMatch) (*rules.Tree, error)
	}{{match.Headers, headerTree}, {match.Cookies, cookieTree}, {match.Query, queryTree}} {
		for _, value := range group.values {
			tree, err := group.tree(value)
			if err != nil {
				return nil, err
			}
			parts = append(parts, tree)
		}
	}
	return parts, nil
}

// pathTrees are what a path must be: the route's, and the line's when it says more.
func pathTrees(route, line *model.PathMatch) ([]*rules.Tree, error) {
	var trees []*rules.Tree
	for _, path := range []*model.PathMatch{route, line} {
		tree, err := pathTree(path)
		if err != nil {
			return nil, err
		}
		trees = append(trees, tree)
	}
	switch {
	case covers(line, route):
		return trees[:1], nil
	case covers(route, line):
		return trees[1:], nil
	default:
		return trees, nil
	}
}

// covers says whether the one path is true of all that the other is. No expression is ever said to cover or to be covered by a path.
func covers(outer, inner *model.PathMatch) bool {
	switch {
	case anyPath(outer):
		return true
	case anyPath(inner) || outer.Kind == model.MatchRegex || inner.Kind == model.MatchRegex:
		return false
	case outer.Kind == model.MatchExact:
		return inner.Kind == model.MatchExact && inner.Value == outer.Value
	default:
		return inner.Value == outer.Value || strings.HasPrefix(inner.Value, outer.Value+"/")
	}
}

// anyPath says whether a match is true of every path.
func anyPath(path *model.PathMatch) bool {
	return path == nil || path.Kind == model.MatchPrefix && path.Value == "/"
}

// pathTree matches in whole segments, which PathPrefix alone does not: it is the beginning of a string.
func pathTree(path *model.PathMatch) (*rules.Tree, error) {
	if anyPath(path) {
		return nil, nil
	}
	if path.Kind == model.MatchRegex {
		expression, err := anchored(path.Value)
		if err != nil {
			return nil, fmt.Errorf("path: %w", err)
		}
		return matcher(matchPathRegexp, expression), nil
	}
	if err := checkPath(path.Value); err != nil {
		return nil, err
	}
	if path.Kind == model.MatchExact {
		return matcher(matchPath, path.Value), nil
	}
	if strings.HasSuffix(path.Value, "/") {
		return nil, invalidError{fmt.Errorf("path: the prefix %q means whole segments, leave out the / at its end", path.Value)}
	}
	return anyOf(matcher(matchPath, path.Value), matcher(matchPathPrefix, path.Value+"/")), nil
}

// pathMarks are the characters besides letters and digits that a path holds unescaped. Traefik leaves their escaped forms escaped before it
// matches, so any other character would never match, or match what was not meant.
const pathMarks = "!$&()*+,-./:;=@_~"

func checkPath(path string) error {
	if !strings.HasPrefix(path, "/") {
		return invalidError{fmt.Errorf("path: %q must begin with /", path)}
	}
	for i := range len(path) {
		if c := path[i]; !alphanumeric(c) && strings.IndexByte(pathMarks, c) < 0 {
			return invalidError{fmt.Errorf("path: %q holds %q, which a path does not hold unescaped; leave it out", path, c)}
		}
	}
	return nil
}

func methodTree(methods []string) (*rules.Tree, error) {
	var trees []*rules.Tree
	for _, method := range methods {
		// Traefik turns its side into upper case; a method in lower case would be another one than was asked for.
		if !token(method) || method != strings.ToUpper(method) {
			return nil, invalidError{fmt.Errorf("method: %q is not a method in upper case, such as GET", method)}
		}
		trees = append(trees, matcher(matchMethod, method))
	}
	return anyOf(trees...), nil
}

// anchored is an expression that the whole of a value must match.
func anchored(expression string) (string, error) {
	if err := checkRegex(expression); err != nil {
		return "", err
	}
	return "^(?:" + expression + ")$", nil
}

// checkRegex makes sure that an expression stays inside the group that it is put into. One that is valid by itself has no parenthesis of its
// own to close; all that can still reach over its end is a \Q without \E, and then the group cannot be closed.
func checkRegex(expression string) error {
	if err := checkText(expression); err != nil {
		return err
	}
	if _, err := syntax.Parse(expression, syntax.Perl); err != nil {
		return invalidError{fmt.Errorf("the expression %q is not valid: %w; correct it", expression, err)}
	}
	if _, err := syntax.Parse("(?:"+expression+")", syntax.Perl); err != nil {
		return errors.New("the expression " + quote(expression) + ` reaches over its end, close \Q with \E`)
	}
	return nil
}
