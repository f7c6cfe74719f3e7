package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// rewrite writes a node with the faults of its token. Empty: it has none.
func (w *weaver) rewrite(node ast.Node) string {
	switch n := node.(type) {
	case *ast.BinaryExpr:
		return w.binary(n)
	case *ast.UnaryExpr:
		return w.unary(n)
	case *ast.IncDecStmt:
		x := w.of(n.X)
		return fmt.Sprintf("func() { if %s { %s%s } else { %s%s } }()", w.on(step, n.TokPos), x, other[step][n.Tok], x, n.Tok)
	case *ast.AssignStmt:
		return w.assign(n)
	case *ast.BranchStmt:
		return w.branch(n)
	}
	return ""
}

func (w *weaver) binary(n *ast.BinaryExpr) string {
	if w.info.Types[n].Value != nil {
		return ""
	}
	x, y := w.of(n.X), w.of(n.Y)
	switch n.Op {
	case token.EQL, token.NEQ:
		return fmt.Sprintf("((%s %s %s) != %s)", x, n.Op, y, w.on(negation, n.OpPos))
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		return fmt.Sprintf("(func() bool { if %s { return %s %s %s }; return %s %s %s }() != %s)",
			w.on(boundary, n.OpPos), x, other[boundary][n.Op], y, x, n.Op, y, w.on(negation, n.OpPos))
	case token.LAND, token.LOR:
		return fmt.Sprintf("func() bool { mutantLeft := %s; if %s { return mutantLeft %s %s }; return mutantLeft %s %s }()",
			x, w.on(logical, n.OpPos), other[logical][n.Op], y, n.Op, y)
	}
	name := w.typeOf(n)
	if other[arithmetic][n.Op] == 0 || name == "" || !w.numeric(n) {
		return ""
	}
	return fmt.Sprintf("func() %s { if %s { return %s %s %s }; return %s %s %s }()",
		name, w.on(arithmetic, n.OpPos), x, other[arithmetic][n.Op], y, x, n.Op, y)
}

func (w *weaver) unary(n *ast.UnaryExpr) string {
	name := w.typeOf(n)
	if n.Op != token.SUB || name == "" {
		return ""
	}
	x := w.of(n.X)
	return fmt.Sprintf("func() %s { if %s { return +%s }; return -%s }()", name, w.on(negative, n.OpPos), x, x)
}

func (w *weaver) assign(n *ast.AssignStmt) string {
	if other[selfAssigned][n.Tok] == 0 {
		return ""
	}
	x, y := w.of(n.Lhs[0]), w.of(n.Rhs[0])
	text := fmt.Sprintf("if %s { %s = %s } else { %s %s %s }", w.on(selfAssigned, n.TokPos), x, y, x, n.Tok, y)
	if other[assignment][n.Tok] != 0 && w.numeric(n.Lhs[0]) {
		text = fmt.Sprintf("if %s { %s %s %s } else %s", w.on(assignment, n.TokPos), x, other[assignment][n.Tok], y, text)
	}
	return "func() { " + text + " }()"
}

// branch is for those in loops. A break where there is none would let a loop without a condition end, which functions that return nothing after it
// do not compile with.
func (w *weaver) branch(n *ast.BranchStmt) string {
	loop := w.loop()
	endless, _ := loop.(*ast.ForStmt)
	switch {
	case loop == nil || n.Label != nil || other[loopControl][n.Tok] == 0:
		return ""
	case n.Tok == token.CONTINUE && endless != nil && endless.Cond == nil:
		return ""
	}
	return fmt.Sprintf("if %s { %s }; %s", w.on(loopControl, n.TokPos), other[loopControl][n.Tok], n.Tok)
}

// loop is the innermost loop of the function at hand. Nil: there is none.
func (w *weaver) loop() ast.Node {
	for _, node := range slices.Backward(w.stack) {
		switch node.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return node
		case *ast.FuncLit, *ast.FuncDecl:
			return nil
		}
	}
	return nil
}

// numeric says whether an expression is a number.
func (w *weaver) numeric(expression ast.Expr) bool {
	known := w.info.TypeOf(expression)
	if known == nil {
		return false
	}
	basic, ok := known.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsNumeric != 0
}
