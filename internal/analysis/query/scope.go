package query

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Scope is what queries to one source may see.
type Scope struct {
	// Namespace that every selector is confined to. Empty: every namespace, the source is exempt.
	Namespace string
	// NamespaceLabel says which namespace a series is about.
	NamespaceLabel string
	// Matchers are further labels and values that every selector gets.
	Matchers map[string]string
	// Renamed are the names that labels of the data planes have in the source. They are for queries of drivers alone.
	Renamed map[string]string
}

// reader is Prometheus's parser, without what it calls experimental: such functions and modifiers could read what no selector says.
var reader = parser.NewParser(parser.Options{})

// Confine makes the query of a person safe to send: it gives one number, looks back no further than is bounded, and every selector in it is
// confined to the scope. A selector that asks for something else than the scope has is refused rather than answered with nothing.
func (s Scope) Confine(text string) (string, error) {
	expr, err := parse(text)
	if err != nil {
		return "", err
	}
	if err := bound(expr); err != nil {
		return "", err
	}
	return s.write(expr, s.forced())
}

// Adapt makes the query of a driver fit to send. It is not confined to a namespace: who calls a Service counts, wherever that is, and drivers
// name the Service's namespace by labels of their own.
func (s Scope) Adapt(text string) (string, error) {
	expr, err := parse(text)
	if err != nil {
		return "", err
	}
	for _, selector := range selectors(expr) {
		for i, matcher := range selector.LabelMatchers {
			if renamed, found := s.Renamed[matcher.Name]; found {
				selector.LabelMatchers[i] = labels.MustNewMatcher(matcher.Type, renamed, matcher.Value)
			}
		}
	}
	return s.write(expr, s.Matchers)
}

// forced are the labels and values of every selector of a person's query.
func (s Scope) forced() map[string]string {
	forced := maps.Clone(s.Matchers)
	if s.Namespace != "" {
		if forced == nil {
			forced = map[string]string{}
		}
		forced[s.NamespaceLabel] = s.Namespace
	}
	return forced
}

// write forces labels on every selector and prints the expression. What is printed is read once more and must be the same and as confined.
func (s Scope) write(expr parser.Expr, forced map[string]string) (string, error) {
	for _, selector := range selectors(expr) {
		if err := force(selector, forced); err != nil {
			return "", err
		}
	}
	text := expr.String()
	again, err := parse(text)
	if err != nil {
		return "", fmt.Errorf("the query cannot be written back: %w", err)
	}
	if again.String() != text || !confined(again, forced) {
		return "", errors.New("the query cannot be written back as it was read")
	}
	return text, nil
}

// force makes labels of a selector equal to values. Matchers that are true of the value go: they add nothing.
func force(selector *parser.VectorSelector, forced map[string]string) error {
	for _, label := range slices.Sorted(maps.Keys(forced)) {
		value := forced[label]
		var kept []*labels.Matcher
		for _, matcher := range selector.LabelMatchers {
			if matcher.Name != label {
				kept = append(kept, matcher)
			} else if !matcher.Matches(value) {
				return fmt.Errorf("the selector %s asks for %s, and a release sees only %s=%q: leave it out", selector, matcher, label, value)
			}
		}
		selector.LabelMatchers = append(kept, labels.MustNewMatcher(labels.MatchEqual, label, value))
	}
	return nil
}

// confined says whether every selector has every label exactly once, equal to its value.
func confined(expr parser.Expr, forced map[string]string) bool {
	for _, selector := range selectors(expr) {
		for label, value := range forced {
			of := slices.DeleteFunc(slices.Clone(selector.LabelMatchers), func(m *labels.Matcher) bool { return m.Name != label })
			if len(of) != 1 || of[0].Type != labels.MatchEqual || of[0].Value != value {
				return false
			}
		}
	}
	return true
}

// selectors are all that read series.
func selectors(expr parser.Expr) []*parser.VectorSelector {
	var found []*parser.VectorSelector
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if selector, is := node.(*parser.VectorSelector); is {
			found = append(found, selector)
		}
		return nil
	})
	return found
}

func parse(text string) (parser.Expr, error) {
	if len(text) > maxText {
		return nil, fmt.Errorf("the query has %d characters; at most %d are allowed", len(text), maxText)
	}
	expr, err := reader.ParseExpr(text)
	if err != nil {
		return nil, fmt.Errorf("PromQL: %w", err)
	}
	return expr, nil
}
