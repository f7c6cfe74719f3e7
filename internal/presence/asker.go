package presence

import (
	"context"
	"slices"
	"sync"
	"time"

	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Times between two questions about a Secret.
const (
	// whileThere is for one that is there: whoever deletes it closes what needs it at once, and the status says so by then.
	whileThere = 10 * time.Minute
	// whileMissing is for one that is not.
	whileMissing = 5 * time.Second
	// firstRetry and lastRetry are for questions that fail.
	firstRetry, lastRetry = time.Second, time.Minute
)

// Answer about a Secret.
type Answer struct {
	// Missing says that there is none.
	Missing bool
	// Failure is why nobody knows. Empty: it is known.
	Failure string
}

// Options of an Asker.
type Options struct {
	// Namespaces in which Secrets may be asked about.
	Namespaces []string
	// Exists asks the API server whether there is a Secret.
	Exists func(ctx context.Context, key client.ObjectKey) (bool, error)
	// Changed is told a namespace of whose Secrets something else is known than before. It must not block.
	Changed func(namespace string)
}

// Asker knows which Secrets are there.
type Asker struct {
	options Options
	queue   workqueue.TypedRateLimitingInterface[client.ObjectKey]

	mu sync.Mutex
	// wanted are the Secrets that are needed, by namespace, with what is known of them. Nil: nothing yet.
	wanted map[string]map[string]*Answer
}

// New prepares to ask. Nil: there is no namespace to ask in.
func New(options Options) *Asker {
	if len(options.Namespaces) == 0 {
		return nil
	}
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[client.ObjectKey](firstRetry, lastRetry)
	return &Asker{
		options: options, wanted: map[string]map[string]*Answer{},
		queue: workqueue.NewTypedRateLimitingQueueWithConfig(limiter, workqueue.TypedRateLimitingQueueConfig[client.ObjectKey]{Name: "presence"}),
	}
}

// NeedLeaderElection makes the manager start the asking on the leader only.
func (a *Asker) NeedLeaderElection() bool { return true }

// Start asks until the context ends.
func (a *Asker) Start(ctx context.Context) error {
	stop := context.AfterFunc(ctx, a.queue.ShutDown)
	defer stop()
	for a.next(ctx) {
	}
	return nil
}

// Want replaces the Secrets that a namespace needs, and says what is known of them by their names; of those that nobody has answered about yet there is
// nothing. Nil: nobody asks in this namespace.
func (a *Asker) Want(namespace string, names []string) map[string]Answer {
	if a == nil || !slices.Contains(a.options.Namespaces, namespace) {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	before, now := a.wanted[namespace], make(map[string]*Answer, len(names))
	answers := map[string]Answer{}
	for _, name := range names {
		known, asked := before[name]
		if now[name] = known; known != nil {
			answers[name] = *known
		}
		if !asked {
			a.queue.Add(client.ObjectKey{Namespace: namespace, Name: name})
		}
	}
	a.wanted[namespace] = now
	return answers
}

// Forget drops what is known of a namespace.
func (a *Asker) Forget(namespace string) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.wanted, namespace)
}

// next asks about one Secret. False: it is over.
func (a *Asker) next(ctx context.Context) bool {
	key, down := a.queue.Get()
	if down {
		return false
	}
	defer a.queue.Done(key)
	if !a.needed(key) {
		a.queue.Forget(key)
		return true
	}
	exists, err := a.options.Exists(ctx, key)
	if ctx.Err() != nil {
		return true // stopping
	}
	if err != nil {
		a.note(key, Answer{Failure: err.Error()})
		a.queue.AddRateLimited(key)
		return true
	}
	a.note(key, Answer{Missing: !exists})
	a.queue.Forget(key)
	again := whileMissing
	if exists {
		again = whileThere
	}
	a.queue.AddAfter(key, again)
	return true
}

func (a *Asker) needed(key client.ObjectKey) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, needed := a.wanted[key.Namespace][key.Name]
	return needed
}

// note keeps an answer, and tells if it is another than before.
func (a *Asker) note(key client.ObjectKey, answer Answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before, needed := a.wanted[key.Namespace][key.Name]
	if !needed || before != nil && *before == answer {
		return
	}
	a.wanted[key.Namespace][key.Name] = &answer
	a.options.Changed(key.Namespace)
}
