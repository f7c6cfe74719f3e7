package main

import (
	"fmt"
	"go/token"
)

// fault is one small change of the code, and what became of it.
type fault struct {
	Number int    // from 1 on, within its package
	File   string // from the root of the module
	Kind   string // of fault
	At     string // the line from the changed token on
	Line   int
	Status string
}

// String says where the fault is.
func (f *fault) String() string {
	return fmt.Sprintf("%s %s:%d %s at %q", f.Status, f.File, f.Line, f.Kind, f.At)
}

// Statuses.
const (
	killed = "KILLED"
	lived  = "LIVED"
)

// Kinds of faults. Their names are those that the mutation tools of other languages and Go's have.
const (
	boundary     = "CONDITIONALS_BOUNDARY"
	negation     = "CONDITIONALS_NEGATION"
	arithmetic   = "ARITHMETIC_BASE"
	step         = "INCREMENT_DECREMENT"
	negative     = "INVERT_NEGATIVES"
	logical      = "INVERT_LOGICAL"
	loopControl  = "INVERT_LOOPCTRL"
	assignment   = "INVERT_ASSIGNMENTS"
	selfAssigned = "REMOVE_SELF_ASSIGNMENTS"
)

// other is what a token becomes by a kind of fault.
var other = map[string]map[token.Token]token.Token{
	boundary:    {token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR},
	logical:     {token.LAND: token.LOR, token.LOR: token.LAND},
	arithmetic:  {token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL},
	step:        {token.INC: token.DEC, token.DEC: token.INC},
	loopControl: {token.BREAK: token.CONTINUE, token.CONTINUE: token.BREAK},
	assignment: {
		token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN, token.MUL_ASSIGN: token.QUO_ASSIGN,
		token.QUO_ASSIGN: token.MUL_ASSIGN, token.REM_ASSIGN: token.MUL_ASSIGN,
	},
	selfAssigned: {
		token.ADD_ASSIGN: token.ASSIGN, token.SUB_ASSIGN: token.ASSIGN, token.MUL_ASSIGN: token.ASSIGN, token.QUO_ASSIGN: token.ASSIGN,
		token.REM_ASSIGN: token.ASSIGN, token.AND_ASSIGN: token.ASSIGN, token.OR_ASSIGN: token.ASSIGN, token.XOR_ASSIGN: token.ASSIGN,
	},
}
