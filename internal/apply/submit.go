package apply

import (
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/plan"
)

// Submit makes a plan the newest of its namespace and has the groups written that differ from what stands there.
func (e *Engine) Submit(p plan.Plan, live load.Live) error {
	made, err := newSubmission(p, live, e.submission(p.Namespace))
	if err != nil {
		return err
	}
	standing := index(live.Objects)
	for _, borrower := range live.Borrowers {
		standing[identify(borrower)] = borrower
	}
	busy := map[string]bool{}
	for label, one := range made.groups {
		if busy[label], err = e.differs(made, one, standing); err != nil {
			return err
		}
		one.note(made, standing)
	}
	for _, object := range live.Objects {
		if made.unwanted(object) {
			busy[label(object)] = true
		}
	}
	e.accept(made, busy)
	return nil
}

// submission is the newest plan of a namespace. Nil: there is none.
func (e *Engine) submission(namespace string) *submission {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ns := e.namespaces[namespace]; ns != nil {
		return ns.submission
	}
	return nil
}

// differs says whether a group has something to write. Objects that are not in standing may be foreign: that is for the worker to see.
func (e *Engine) differs(s *submission, g *group, standing map[identity]client.Object) (bool, error) {
	if len(g.claims) > 0 {
		return true, nil
	}
	for _, object := range g.objects {
		judged, err := e.ledger.judge(object, standing[identity{object.kind, object.ref}], s.holds)
		if err != nil || judged.verdict != current && judged.verdict != held {
			return true, err
		}
	}
	for _, one := range g.loans {
		live := standing[identity{one.kind, one.ref}]
		if live == nil || e.ledger.judgeLoan(one, live, s.holds).verdict == update {
			return true, nil // whether it is missing or just not annotated yet is for the worker to see
		}
	}
	return false, nil
}

// accept replaces the namespace's plan and queues its busy groups.
func (e *Engine) accept(s *submission, busy map[string]bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ns := e.namespaces[s.plan.Namespace]
	if ns == nil {
		ns = &namespace{groups: map[string]*progress{}}
		e.namespaces[s.plan.Namespace] = ns
	}
	ns.submission = s
	for label, one := range s.groups {
		e.queueGroup(ns, groupID{s.plan.Namespace, label}, one, busy[label])
	}
	for label := range ns.groups {
		if s.groups[label] == nil {
			delete(ns.groups, label)
			e.queue.Forget(groupID{s.plan.Namespace, label})
		}
	}
}

func (e *Engine) queueGroup(ns *namespace, id groupID, one *group, busy bool) {
	before := ns.groups[id.label]
	if before == nil || before.version != one.version {
		before = nil
	}
	switch {
	case !busy:
		e.queue.Forget(id)
		idle := Result{State: Done}.held(one)
		if before == nil || before.State != idle.State || before.Message != idle.Message {
			idle.Since = e.options.Now()
			ns.groups[id.label] = &progress{version: one.version, Result: idle}
		}
	case before == nil:
		ns.groups[id.label] = &progress{version: one.version, Result: Result{State: Pending, Since: e.options.Now()}}
		e.queue.Forget(id)
		e.queue.Add(id)
	case !before.retrying:
		// Something has drifted. Whoever waits for a later try stays there, whatever else happens in the namespace.
		e.queue.Add(id)
	}
}
