package model

import (
	"cmp"
	"errors"
	"slices"
)

// Problem is something that a person must act on: it names the object, the place in it, what is wrong and what to do. It is an error, so
// that the function that finds it decides its words and nobody re-words it.
type Problem struct {
	Origin Origin
	// Reason is one of the reasons of the condition Accepted.
	Reason string
	// Message says what is wrong and what to do, in one sentence or two.
	Message string
	// Advisory problems drop a part and keep the rest; the others refuse the whole object, which keeps what it last programmed.
	Advisory bool
}

// Error makes a Problem an error.
func (p Problem) Error() string {
	if p.Origin.Path == "" {
		return p.Origin.String() + ": " + p.Message
	}
	return p.Origin.String() + ": " + p.Origin.Path + ": " + p.Message
}

// Problems is several problems as one error.
type Problems []Problem

// Error joins the messages.
func (ps Problems) Error() string {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errors.Join(errs...).Error()
}

// AsProblems finds the problems in an error. False: the error is none of the user's doing.
func AsProblems(err error) (Problems, bool) {
	var many Problems
	if errors.As(err, &many) {
		return many, true
	}
	var one Problem
	if errors.As(err, &one) {
		return Problems{one}, true
	}
	return nil, false
}

// Sort orders problems by object, place and message.
func (ps Problems) Sort() {
	slices.SortFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Origin.Kind, b.Origin.Kind), cmp.Compare(a.Origin.Name, b.Origin.Name),
			cmp.Compare(a.Origin.Path, b.Origin.Path), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Message, b.Message))
	})
}
