package apply

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
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
	// Hosts records the hosts that groups claim.
	Hosts  *Hosts
	Scheme *runtime.Scheme
	// Workers is how many groups are written at once.
	Workers int
	// Announce is told when results of a namespace's groups have changed. It must not block.
	Announce func(News)
	// Precedence is what the engine's writes have. Nil: none.
	Precedence *Precedence
	// Now is the clock.
	Now func() time.Time
}

// News says that results of a namespace's groups have changed.
type News struct {
	Namespace string
	// Reshaped says that objects were created or deleted since the last news, and not only changed: what stands there are others than before.
	Reshaped bool
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
	// reshaped says that objects were created or deleted since then.
	reshaped bool
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
