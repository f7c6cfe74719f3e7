package traefik

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/traefik/traefik/v3/pkg/rules"
)

// The matchers that rules are made of. All of them exist since Traefik 3.0.
const (
	matchHost         = "Host"
	matchHostRegexp   = "HostRegexp"
	matchMethod       = "Method"
	matchPath         = "Path"
	matchPathPrefix   = "PathPrefix"
	matchPathRegexp   = "PathRegexp"
	matchHeader       = "Header"
	matchHeaderRegexp = "HeaderRegexp"
	matchQuery        = "Query"
	matchQueryRegexp  = "QueryRegexp"
)

// The inner nodes of Traefik's trees, and their operators in text.
const (
	nodeAnd = "and"
	nodeOr  = "or"
)

var operators = map[string]string{nodeAnd: " && ", nodeOr: " || "}

// ruleReader reads the text of a rule as Traefik does.
type ruleReader func(text string) (*rules.Tree, error)

// newRuleReader makes the reader once: it keeps nothing of what it reads.
var newRuleReader = sync.OnceValues(makeRuleReader)

func makeRuleReader() (ruleReader, error) {
	parser, err := rules.NewParser([]string{
		matchHost, matchHostRegexp, matchMethod, matchPath, matchPathPrefix, matchPathRegexp,
		matchHeader, matchHeaderRegexp, matchQuery, matchQueryRegexp,
	})
	if err != nil {
		return nil, fmt.Errorf("making Traefik's rule parser: %w", err)
	}
	return func(text string) (*rules.Tree, error) {
		parsed, err := parser.Parse(text)
		if err != nil {
			return nil, err
		}
		build, ok := parsed.(rules.TreeBuilder)
		if !ok {
			return nil, fmt.Errorf("a %T is no rule", parsed)
		}
		return build(), nil
	}, nil
}

// writeRule writes a tree as the text of a rule. An error means that Traefik would read something else than was meant: such a rule must not
// be emitted, it could lead requests anywhere.
func writeRule(tree *rules.Tree, read ruleReader) (string, error) {
	var out strings.Builder
	printTree(&out, tree)
	text := out.String()
	back, err := read(text)
	if err != nil {
		return "", fmt.Errorf("the parser of Traefik refuses the rule %s: %w", text, err)
	}
	if !sameTree(tree, back) {
		return "", fmt.Errorf("the parser of Traefik reads the rule %s differently from what was meant", text)
	}
	return text, nil
}

// printTree writes every operand that is itself an operation in parentheses, save the left one of the same operator: both operators
// associate to the left.
func printTree(out *strings.Builder, tree *rules.Tree) {
	operator, inner := operators[tree.Matcher]
	if !inner {
		printMatcher(out, tree)
		return
	}
	if tree.RuleLeft.Matcher == tree.Matcher {
		printTree(out, tree.RuleLeft)
	} else {
		printOperand(out, tree.RuleLeft)
	}
	out.WriteString(operator)
	printOperand(out, tree.RuleRight)
}

func printOperand(out *strings.Builder, tree *rules.Tree) {
	if _, inner := operators[tree.Matcher]; !inner {
		printMatcher(out, tree)
		return
	}
	out.WriteByte('(')
	printTree(out, tree)
	out.WriteByte(')')
}

func printMatcher(out *strings.Builder, tree *rules.Tree) {
	out.WriteString(tree.Matcher)
	out.WriteByte('(')
	for i, value := range tree.Value {
		if i > 0 {
			out.WriteString(", ")
		}
		out.WriteString(quote(value))
	}
	out.WriteByte(')')
}

// quote writes a Go string literal, which is what Traefik's parser reads: in backticks as far as possible, for the people who read rules.
func quote(value string) string {
	if strconv.CanBackquote(value) {
		return "`" + value + "`"
	}
	return strconv.Quote(value)
}

func sameTree(a, b *rules.Tree) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Matcher == b.Matcher && a.Not == b.Not && slices.Equal(a.Value, b.Value) &&
		sameTree(a.RuleLeft, b.RuleLeft) && sameTree(a.RuleRight, b.RuleRight)
}

func matcher(name string, values ...string) *rules.Tree {
	return &rules.Tree{Matcher: name, Value: values}
}

// allOf is true when all are. Nil is true of everything.
func allOf(trees ...*rules.Tree) *rules.Tree { return join(nodeAnd, trees) }

// anyOf is true when one is. Of none it is nil.
func anyOf(trees ...*rules.Tree) *rules.Tree { return join(nodeOr, trees) }

func join(operator string, trees []*rules.Tree) *rules.Tree {
	var whole *rules.Tree
	for _, tree := range trees {
		switch {
		case tree == nil:
		case whole == nil:
			whole = tree
		default:
			whole = &rules.Tree{Matcher: operator, RuleLeft: whole, RuleRight: tree}
		}
	}
	return whole
}
