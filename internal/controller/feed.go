package controller

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// feed is a source of namespaces to reconcile for everything that is no plain watch: results of writes, generated objects of kinds that
// come and go, claims on hosts in other namespaces.
type feed struct {
	mu    sync.Mutex
	queue workqueue.TypedRateLimitingInterface[reconcile.Request]
	// early are namespaces that came before there was a queue.
	early map[string]bool
}

// Start is called by the controller with its queue.
func (f *feed) Start(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue = queue
	for namespace := range f.early {
		queue.Add(request(namespace))
	}
	f.early = nil
	return nil
}

// String names the source in logs.
func (f *feed) String() string { return "feed" }

// add has namespaces reconciled.
func (f *feed) add(namespaces ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, namespace := range namespaces {
		switch {
		case namespace == "":
		case f.queue != nil:
			f.queue.Add(request(namespace))
		case f.early == nil:
			f.early = map[string]bool{namespace: true}
		default:
			f.early[namespace] = true
		}
	}
}

func request(namespace string) reconcile.Request {
	return reconcile.Request{NamespacedName: types.NamespacedName{Name: namespace}}
}
