package apply

import (
	"context"
	"errors"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/model"
)

// neighbours is how long a standing object of a kind must still stand because other groups that have to do with its origins, and may refer to
// it, are not written yet: the release of an edge route and of a mesh route is one, but they are written apart. The same goes for groups that
// will guard in its place, and for what has to go before it. 0: no longer.
func (e *Engine) neighbours(ctx context.Context, s *submission, id groupID, live client.Object, kind schema.GroupVersionKind) time.Duration {
	if e.outlives(ctx, s, id, live) {
		return time.Second
	}
	origins := load.Origins(live)
	for _, label := range e.unfinished(id) {
		other := groupID{id.namespace, label}
		if one := e.planned(other); one != nil && (one.guards(kind.GroupKind()) || one.shields(live)) || e.concerned(ctx, other, origins) {
			return time.Second
		}
	}
	return 0
}

// unfinished are the other groups of the namespace that are not written yet.
func (e *Engine) unfinished(id groupID) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var labels []string
	if ns := e.namespaces[id.namespace]; ns != nil {
		for label, one := range ns.groups {
			if label != id.label && (one.State == Pending || one.State == Failed) {
				labels = append(labels, label)
			}
		}
	}
	return labels
}

// concerned says whether a group wants something of one of the origins, or has something of them still standing.
func (e *Engine) concerned(ctx context.Context, id groupID, origins []model.Origin) bool {
	if one := e.planned(id); one != nil && one.concerns(origins) {
		return true
	}
	standing, err := e.options.Reader.Group(ctx, id.namespace, id.label)
	if err != nil {
		return true // not known: better wait
	}
	for _, object := range standing {
		if (digested{origins: load.Origins(object)}).concerns(origins) {
			return true
		}
	}
	return false
}

func (e *Engine) planned(id groupID) *group {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ns := e.namespaces[id.namespace]; ns != nil {
		return ns.submission.groups[id.label]
	}
	return nil
}

// patient says whether an error is a reason to look again soon, however often.
func patient(err error) bool {
	var unheard unacceptedError
	var trailing trailingError
	var hidden hidingError
	return errors.As(err, &unheard) || errors.As(err, &trailing) || errors.As(err, &hidden)
}

// finish notes the result of a group, plans its next try and announces. True: the result is not what it was before.
func (e *Engine) finish(id groupID, one *group, wait time.Duration, err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	ns := e.namespaces[id.namespace]
	if ns == nil || ns.groups[id.label] == nil || ns.groups[id.label].version != one.version {
		return false // a newer plan is in the queue already
	}
	progress := ns.groups[id.label]
	before := progress.Result
	progress.Result = e.result(before, one, err)
	switch {
	case err == nil && wait > 0:
		e.queue.Forget(id)
		e.queue.AddAfter(id, wait)
	case err == nil, hopeless(err):
		e.queue.Forget(id)
	case patient(err):
		progress.retrying = true
		e.queue.Forget(id)
		e.queue.AddAfter(id, glance)
	default:
		progress.retrying = true
		e.queue.AddRateLimited(id)
	}
	news := before != progress.Result
	e.announce(id.namespace, ns, news)
	return news
}

func (e *Engine) result(before Result, one *group, err error) Result {
	after := Result{State: Done}.held(one)
	if err != nil {
		after.State, after.Reason, after.Message = explain(err)
	}
	after.Since = before.Since
	if after.State != before.State {
		after.Since = e.options.Now()
	}
	return after
}

// announce tells that results have changed, at once when nothing is under way any more.
func (e *Engine) announce(name string, ns *namespace, changed bool) {
	if !changed {
		return
	}
	now := e.options.Now()
	if now.Sub(ns.announced) < announceEvery && e.busy(ns) {
		return
	}
	ns.announced = now
	e.options.Announce(News{name, ns.reshaped})
	ns.reshaped = false
}

// reshape notes that an object of a namespace was created or deleted.
func (e *Engine) reshape(name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ns := e.namespaces[name]; ns != nil {
		ns.reshaped = true
	}
}

func (e *Engine) busy(ns *namespace) bool {
	for _, one := range ns.groups {
		if one.State == Pending && !one.retrying {
			return true
		}
	}
	return false
}
