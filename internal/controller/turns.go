package controller

import (
	"sync"
	"time"

	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/plan"
)

// turns are those of all namespaces, by name. One stays when its namespace goes: somebody may be waiting for it.
type turns struct {
	mu     sync.Mutex
	byName map[string]*turn
}

// turn is held by who reconciles a namespace, with what is remembered for the next time: its results have a key of their own in the queue, so two workers may come to one namespace at once.
type turn struct {
	sync.Mutex
	// memory is the last plan of the namespace.
	memory plan.Memory
	// compiled is the namespace as it was compiled last, until its results are told. Nil: they are.
	compiled *compiled
}

// compiled is a namespace as it was read, and what was planned and submitted then. Nothing changes it: what happens to the namespace later has it compiled
// anew, but for results of writes, which change nothing that was read as long as no object is created or deleted.
type compiled struct {
	view    *load.View
	drivers plan.Drivers
	planned plan.Plan
	// wait is when to compile it again although nothing has happened. 0: never.
	wait time.Duration
}

// of is the turn of a namespace.
func (t *turns) of(namespace string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byName == nil {
		t.byName = map[string]*turn{}
	}
	if t.byName[namespace] == nil {
		t.byName[namespace] = &turn{}
	}
	return t.byName[namespace]
}

// told drops what was compiled once there are no more results to come: it takes memory.
func (t *turn) told(results map[string]apply.Result) {
	for _, one := range results {
		if one.State == apply.Pending {
			return
		}
	}
	t.compiled = nil
}
