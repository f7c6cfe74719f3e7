package query

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

const (
	// maxReach is how far back a query may look, with all ranges and offsets around a selector added up.
	maxReach = 24 * time.Hour
	// maxSelectors is how often a query may read series.
	maxSelectors = 32
	// maxPoints is how often a subquery may evaluate what is inside, with those around it multiplied: a day by minutes.
	maxPoints = 1440
)

// bound refuses what is no single number, reads nothing, or costs more than a measurement may.
func bound(expr parser.Expr) error {
	if kind := expr.Type(); kind != parser.ValueTypeVector && kind != parser.ValueTypeScalar {
		return fmt.Errorf("the query gives a %s and must give one number: aggregate, for example with sum()", parser.DocumentedType(kind))
	}
	switch count := len(selectors(expr)); {
	case count == 0:
		return errors.New("the query reads no series, so it measures nothing")
	case count > maxSelectors:
		return fmt.Errorf("the query has %d selectors; at most %d are allowed", count, maxSelectors)
	}
	var problem error
	parser.Inspect(expr, func(node parser.Node, around []parser.Node) error {
		if problem == nil {
			problem = boundNode(node, around)
		}
		return nil
	})
	return problem
}

// boundNode looks at a selector or a subquery, and at everything around it.
func boundNode(node parser.Node, around []parser.Node) error {
	switch node.(type) {
	case *parser.VectorSelector, *parser.SubqueryExpr:
	default:
		return nil
	}
	cost := cost{points: 1}
	for _, part := range append(slices.Clone(around), node) {
		if err := cost.add(part); err != nil {
			return err
		}
	}
	switch {
	case cost.future:
		return fmt.Errorf("%s has a negative offset, and the future is not known", node)
	case cost.reach > maxReach:
		return fmt.Errorf("%s looks further back than %s, with its range, its offset and the subqueries around it", node, model.Duration(maxReach))
	case cost.points > maxPoints:
		return fmt.Errorf("%s is evaluated more than %d times, with the subqueries around it: use a greater step", node, maxPoints)
	}
	return nil
}

// cost adds up how far back is looked, and how often something is evaluated. It stops where it is too much.
type cost struct {
	reach  time.Duration
	points int
	future bool
}

func (c *cost) add(node parser.Node) error {
	switch node := node.(type) {
	case *parser.VectorSelector:
		c.back(node.OriginalOffset)
		return unfixed(node, node.Timestamp, node.StartOrEnd)
	case *parser.MatrixSelector:
		c.back(node.Range)
	case *parser.SubqueryExpr:
		if node.Step <= 0 {
			return fmt.Errorf("the subquery [%s:] has no step: write one, such as [%[1]s:1m]", model.Duration(node.Range))
		}
		c.back(node.OriginalOffset)
		c.back(node.Range)
		c.points = min(c.points*int(min(node.Range/node.Step+1, maxPoints+1)), maxPoints+1)
		return unfixed(node, node.Timestamp, node.StartOrEnd)
	}
	return nil
}

func (c *cost) back(duration time.Duration) {
	if duration < 0 {
		c.future = true
		return
	}
	c.reach = min(c.reach+min(duration, maxReach+1), maxReach+1)
}

func unfixed(node parser.Node, timestamp *int64, startOrEnd parser.ItemType) error {
	if timestamp != nil || startOrEnd != 0 {
		return fmt.Errorf("%s is fixed to a time with @; a release is judged by what happens now", node)
	}
	return nil
}
