package controller

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/internal/apply"
)

// moment is how long results of writes are gathered.
const moment = 20 * time.Millisecond

// feed is a source of keys to reconcile for everything that is no plain watch: results of writes, generated objects of kinds that come and go,
// claims on hosts in other namespaces, what one controller has for another.
type feed struct {
	mu    sync.Mutex
	queue workqueue.TypedRateLimitingInterface[reconcile.Request]
	// early are keys that came before there was a queue.
	early map[reconcile.Request]bool
}

// Start is called by the controller with its queue.
func (f *feed) Start(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue = queue
	for key := range f.early {
		queue.Add(key)
	}
	f.early = nil
	return nil
}

// String names the source in logs.
func (f *feed) String() string { return "feed" }

// add has namespaces reconciled.
func (f *feed) add(namespaces ...string) {
	for _, namespace := range namespaces {
		if namespace != "" {
			f.put(request(namespace))
		}
	}
}

// addSoon has a namespace reconciled in a moment: what leads to it comes in swarms, and nothing but statuses waits for it.
func (f *feed) addSoon(namespace string) { f.putSoon(request(namespace)) }

// announce has results of writes told. Where something was created or deleted, the namespace is looked at as a whole.
func (f *feed) announce(news apply.News) {
	if news.Reshaped {
		f.addSoon(news.Namespace)
		return
	}
	f.putSoon(resultsOf(news.Namespace))
}

func (f *feed) putSoon(key reconcile.Request) {
	f.mu.Lock()
	queue := f.queue
	f.mu.Unlock()
	if queue == nil {
		f.put(key)
		return
	}
	queue.AddAfter(key, moment)
}

// put has a key reconciled.
func (f *feed) put(key reconcile.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.queue != nil:
		f.queue.Add(key)
	case f.early == nil:
		f.early = map[reconcile.Request]bool{key: true}
	default:
		f.early[key] = true
	}
}

// resultsOf is the key of a namespace of which nothing but results of writes has changed.
func resultsOf(namespace string) reconcile.Request {
	return reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "results", Name: namespace}}
}

func request(namespace string) reconcile.Request {
	return reconcile.Request{NamespacedName: types.NamespacedName{Name: namespace}}
}
