package compose

import (
	"fmt"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// safely turns a panic into a failure in words, empty when all went well: a bug that one object trips over must not stop its namespace
// (architecture.md, 2). What is composed must change nothing before it is sure to end well.
func safely(compose func()) (failure string) {
	defer func() {
		if recovered := recover(); recovered != nil {
			failure = fmt.Sprintf("composing it failed: panic: %v; what was programmed stays; please report this with the object", recovered)
		}
	}()
	compose()
	return ""
}

// fail holds the objects that a failure is about.
func (c *composer) fail(failure string, origins ...model.Origin) {
	if failure == "" {
		return
	}
	for _, origin := range origins {
		c.add(model.Problem{Origin: origin, Reason: v1alpha1.ReasonInternalError, Message: failure})
	}
}
