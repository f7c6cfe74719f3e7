package apply

import (
	"cmp"
	"context"
	"slices"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
	logf "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/load"
)

// announceEvery bounds how long results are kept back while other groups of the namespace are still being written.
const announceEvery = 500 * time.Millisecond

// next writes one group. False: the queue is shut down.
func (e *Engine) next(ctx context.Context) bool {
	id, down := e.queue.Get()
	if down {
		return false
	}
	defer e.queue.Done(id)
	s, one := e.newest(id)
	if one == nil {
		e.queue.Forget(id)
		return true
	}
	defer e.options.Precedence.take()()
	logger := logf.FromContext(ctx).WithName("apply").WithValues("namespace", id.namespace, "group", one.key)
	err := e.write(ctx, s, one, id)
	var wait time.Duration
	if err == nil {
		wait, err = e.prune(ctx, s, one, id)
	}
	if err != nil && ctx.Err() != nil {
		return true // stopping: the next leader goes on from what stands in the cluster
	}
	if news := e.finish(id, one, wait, err); news && err != nil {
		logger.Info("group is not written", "reason", err.Error())
	}
	return true
}

// newest is the group as the newest plan has it. Nil: it has it no more.
func (e *Engine) newest(id groupID) (*submission, *group) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ns := e.namespaces[id.namespace]
	if ns == nil {
		return nil, nil
	}
	if before := ns.groups[id.label]; before != nil {
		before.retrying = false
	}
	return ns.submission, ns.submission.groups[id.label]
}

// write records the group's hosts and sends what differs, in order, and stops at the first error: later objects depend on earlier ones.
func (e *Engine) write(ctx context.Context, s *submission, one *group, id groupID) error {
	for _, claim := range one.claims {
		if err := e.options.Hosts.record(ctx, id.namespace, claim); err != nil {
			return err
		}
	}
	var asleep error
	for _, object := range one.objects {
		object, waiting, err := e.form(ctx, one, object)
		if err != nil {
			return err
		}
		if err := e.early(ctx, one, object, id, asleep); err != nil {
			return err
		}
		if err := e.writeObject(ctx, s, object, id); err != nil {
			return err
		}
		if waiting != nil && asleep == nil {
			asleep = unacceptedError{waiting: *waiting, dormant: object.ref}
		}
	}
	if err := e.lend(ctx, s, one); err != nil {
		return err
	}
	return asleep // and nothing of what stood before is deleted yet
}

// lend sends the group's annotations that differ.
func (e *Engine) lend(ctx context.Context, s *submission, one *group) error {
	for _, loan := range one.loans {
		live, err := e.options.Reader.Get(ctx, loan.kind, loan.ref.key())
		if err != nil {
			return err
		}
		judged := e.ledger.judgeLoan(loan, live, s.holds)
		if judged.verdict != update {
			continue
		}
		if err := e.writer.lend(ctx, loan, judged); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) writeObject(ctx context.Context, s *submission, object wanted, id groupID) error {
	live, err := e.options.Reader.Get(ctx, object.kind, object.ref.key())
	if err != nil {
		return err
	}
	judged, err := e.ledger.judge(object, live, s.holds)
	if err != nil {
		return err
	}
	switch judged.verdict {
	case foreign:
		return foreignError{object.ref}
	case leaving:
		return leavingError{object.ref}
	case create, update, drift:
		if err := e.writer.put(ctx, object, judged); err != nil {
			return err
		}
		e.settling.changed(object.ref, id.namespace, object.object.Origins)
		if judged.verdict == create {
			e.reshape(id.namespace)
		}
	case trimmed:
		return e.writer.trim(ctx, object, judged)
	case current, held:
	}
	return nil
}

// prune deletes what is no longer wanted of the group: first what hides the rest, then what is late, which may let through what the others guard. It returns
// how long to wait for what is left.
func (e *Engine) prune(ctx context.Context, s *submission, one *group, id groupID) (time.Duration, error) {
	standing, err := e.options.Reader.Group(ctx, id.namespace, id.label)
	if err != nil {
		return 0, err
	}
	standing = slices.SortedFunc(slices.Values(standing), func(a, b client.Object) int { return cmp.Compare(b.GetName(), a.GetName()) })
	if err := e.reveal(ctx, s, one, standing); err != nil {
		return 0, err
	}
	var late, rest []client.Object
	for _, object := range standing {
		if object.GetAnnotations()[v1alpha1.AnnotationLate] != "" {
			late = append(late, object)
		} else {
			rest = append(rest, object)
		}
	}
	if wait, err := e.pruneAll(ctx, s, id, late); err != nil || wait > 0 {
		return wait, err
	}
	return e.pruneAll(ctx, s, id, rest)
}

// pruneAll deletes what is no longer wanted among some objects, which come by name backwards, in the opposite order of writing, later kinds and names first,
// and only what nothing refers to any more.
func (e *Engine) pruneAll(ctx context.Context, s *submission, id groupID, standing []client.Object) (time.Duration, error) {
	var wait time.Duration
	kinds := e.options.Reader.Kinds()
	for i := len(kinds) - 1; i >= 0; i-- {
		behind := false // something of the kind must wait, and so must what was written before it, but for splits: those do not lean on each other
		for _, object := range standing {
			if object.GetObjectKind().GroupVersionKind() != kinds[i] || !s.unwanted(object) || e.deleted(object) {
				continue
			}
			origins := load.Origins(object)
			settle := max(e.neighbours(ctx, s, id, object, kinds[i]), e.settling.wait(id.namespace, origins, kinds[i+1:]))
			if settle > 0 || behind && load.Retain(object) == nil {
				behind, wait = true, max(wait, settle)
				continue
			}
			if err := e.writer.remove(ctx, kinds[i], refOf(object), object.GetUID()); err != nil {
				return 0, err
			}
			e.settling.changed(refOf(object), id.namespace, origins)
			e.reshape(id.namespace)
		}
	}
	return wait, nil
}

// deleted says whether we deleted the object already and the cache lags behind.
func (e *Engine) deleted(object client.Object) bool {
	known, stale := e.ledger.look(refOf(object), object)
	return stale && known.deleted
}
