package apply

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/plan"
)

// Back-off of a group whose writes fail.
const (
	firstRetry = 5 * time.Millisecond
	lastRetry  = 30 * time.Second
)

// Reader shows what stands in the cluster. A load.Reader is one.
type Reader interface {
	// Kinds are the generated kinds that can be read, in write order.
	Kinds() []schema.GroupVersionKind
	// Group lists the generated objects of a namespace that carry the label of a group.
	Group(ctx context.Context, namespace, label string) ([]client.Object, error)
	// Get reads one object, ours or not. Nil: there is none.
	Get(ctx context.Context, kind schema.GroupVersionKind, key client.ObjectKey) (client.Object, error)
}

// Options of an Engine.
type Options struct {
	Client Client
	Reader Reader
	Scheme *runtime.Scheme
	// Workers is how many groups are written at once.
	Workers int
	// Announce is told a namespace when results of its groups have changed. It must not block.
	Announce func(namespace string)
	// Now is the clock.
	Now func() time.Time
}

// Engine writes plans. Submit never waits for the API server.
type Engine struct {
	options  Options
	ledger   *ledger
	settling *settling
	writer   *writer
	queue    workqueue.TypedRateLimitingInterface[groupID]

	mu         sync.Mutex
	namespaces map[string]*namespace
}

// groupID is a key of the queue: a namespace, and the label of a group.
type groupID struct{ namespace, label string }

// namespace is the newest plan of one namespace and how far its groups are.
type namespace struct {
	submission *submission
	groups     map[string]*progress
	announced  time.Time
}

// progress is how far a group is.
type progress struct {
	version string
	Result
	// retrying says that the queue holds the group for a later try.
	retrying bool
}

// NewEngine makes an Engine, which works once it is started.
func NewEngine(options Options) *Engine {
	known := newLedger(options.Now)
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[groupID](firstRetry, lastRetry)
	return &Engine{
		options: options, ledger: known, settling: newSettling(options.Now),
		writer:     &writer{client: options.Client, scheme: options.Scheme, ledger: known},
		queue:      workqueue.NewTypedRateLimitingQueueWithConfig(limiter, workqueue.TypedRateLimitingQueueConfig[groupID]{Name: "apply"}),
		namespaces: map[string]*namespace{},
	}
}

// NeedLeaderElection makes the manager start the engine on the leader only.
func (e *Engine) NeedLeaderElection() bool { return true }

// Start writes until the context ends.
func (e *Engine) Start(ctx context.Context) error {
	var workers sync.WaitGroup
	for range e.options.Workers {
		workers.Go(func() {
			for e.next(ctx) {
			}
		})
	}
	<-ctx.Done()
	e.queue.ShutDown()
	workers.Wait()
	return nil
}

// Submit makes a plan the newest of its namespace and has the groups written that differ from what stands there.
func (e *Engine) Submit(p plan.Plan, live load.Live) error {
	made, err := newSubmission(p, live)
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

// differs says whether a group has something to write. Objects that are not in standing may be foreign: that is for the worker to see.
func (e *Engine) differs(s *submission, g *group, standing map[identity]client.Object) (bool, error) {
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

// Forget drops what is known of a namespace that is gone.
func (e *Engine) Forget(name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.namespaces, name)
}

// Results are how far the groups of a namespace's newest plan are, by their keys.
func (e *Engine) Results(name string) map[string]Result {
	e.mu.Lock()
	defer e.mu.Unlock()
	ns := e.namespaces[name]
	if ns == nil {
		return nil
	}
	results := make(map[string]Result, len(ns.groups))
	for label, one := range ns.groups {
		results[ns.submission.groups[label].key] = one.Result
	}
	return results
}

// Wants says whether a namespace's newest plan holds an object of this name: a foreign one in its place matters then.
func (e *Engine) Wants(object client.Object) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	ns := e.namespaces[object.GetNamespace()]
	return ns != nil && ns.submission.wanted[refOf(object)]
}

// Observe is told each version of a generated object that the cache shows. True: it is the echo of an own write, which needs no reaction.
func (e *Engine) Observe(object client.Object) bool {
	return e.ledger.observe(refOf(object), object.GetResourceVersion())
}

// Gone is told each generated object that the cache no longer shows. True: it is the echo of an own deletion.
func (e *Engine) Gone(object client.Object) bool { return e.ledger.gone(refOf(object)) }
