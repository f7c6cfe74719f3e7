package controller

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/internal/load"
)

// unsettledFor is how long after a change of a CustomResourceDefinition the API server is asked again and again: it begins to serve a new
// kind some time after it says so.
const unsettledFor = 15 * time.Second

// quietFor is how long no CustomResourceDefinition must have changed before new kinds are taken up: a mesh is installed in one go, and half of
// one would be taken for an older one.
const quietFor = 3 * time.Second

// kinds knows which of the drivers' kinds the cluster serves, and keeps them watched. It asks the API server at the start and when a
// CustomResourceDefinition of their groups changes, never otherwise.
type kinds struct {
	all       []schema.GroupVersionKind
	discovery discovery.ServerResourcesInterface
	reader    *load.Reader
	// watch is given the informer of a kind that has become served.
	watch func(kind schema.GroupVersionKind, informer cache.Informer) error
	// changed is called when other kinds are served than before.
	changed func(ctx context.Context) error
	now     func() time.Time

	mu      sync.RWMutex
	served  map[schema.GroupVersionKind]bool
	watched map[schema.GroupVersionKind]bool
	// disturbed is when a CustomResourceDefinition changed last.
	disturbed time.Time
}

func newKinds(all []schema.GroupVersionKind, asking discovery.ServerResourcesInterface, reader *load.Reader, watch func(schema.GroupVersionKind, cache.Informer) error, now func() time.Time) *kinds {
	return &kinds{all: all, discovery: asking, reader: reader, watch: watch, now: now, watched: map[schema.GroupVersionKind]bool{}}
}

// Served are the kinds that the cluster serves and that can be read.
func (k *kinds) Served() map[schema.GroupVersionKind]bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.served
}

// Reconcile is called when a CustomResourceDefinition of the drivers' groups changes.
func (k *kinds) Reconcile(ctx context.Context, _ reconcile.Request) (reconcile.Result, error) {
	if left := k.lastChange().Add(quietFor).Sub(k.now()); left > 0 {
		return reconcile.Result{RequeueAfter: left}, nil
	}
	changed, err := k.refresh(ctx, blocking)
	if err != nil {
		return reconcile.Result{}, err
	}
	if changed {
		logf.FromContext(ctx).Info("the cluster serves other kinds than before", "served", len(k.Served()))
		if err := k.changed(ctx); err != nil {
			return reconcile.Result{}, err
		}
	}
	if k.now().Before(k.lastChange().Add(unsettledFor)) {
		return reconcile.Result{RequeueAfter: time.Second}, nil
	}
	return reconcile.Result{}, nil
}

// disturb notes that a CustomResourceDefinition has changed.
func (k *kinds) disturb() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.disturbed = k.now()
}

// lastChange is when a CustomResourceDefinition changed last.
func (k *kinds) lastChange() time.Time {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.disturbed
}

// syncing says whether refresh waits until new kinds can be read.
type syncing int

const (
	// blocking waits: the manager's caches run.
	blocking syncing = iota
	// deferred leaves the waiting to the start of the manager.
	deferred
)

// refresh asks which kinds are served, watches those that are new and drops those that are gone.
func (k *kinds) refresh(ctx context.Context, sync syncing) (changed bool, err error) {
	served, err := load.Served(k.discovery, k.all)
	if err != nil {
		return false, err
	}
	for kind := range served {
		if !slices.Contains(k.all, kind) {
			delete(served, kind)
		}
	}
	for _, kind := range k.all {
		switch {
		case served[kind] && !k.watched[kind]:
			err = k.add(ctx, kind, sync)
		case !served[kind] && k.watched[kind]:
			delete(k.watched, kind)
			err = k.reader.Forget(ctx, kind)
		}
		if err != nil {
			return false, err
		}
	}
	k.mu.Lock()
	changed = !maps.Equal(k.served, served)
	k.served = served
	k.mu.Unlock()
	k.reader.SetKinds(slices.DeleteFunc(slices.Clone(k.all), func(kind schema.GroupVersionKind) bool { return !served[kind] }))
	return changed, nil
}

func (k *kinds) add(ctx context.Context, kind schema.GroupVersionKind, sync syncing) error {
	informer, err := k.reader.Prepare(ctx, kind)
	if err != nil {
		return err
	}
	if err := k.watch(kind, informer); err != nil {
		return err
	}
	k.watched[kind] = true
	if sync == deferred {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, unsettledFor)
	defer cancel()
	if !toolscache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		delete(k.watched, kind)
		if err := k.reader.Forget(ctx, kind); err != nil {
			return err
		}
		return fmt.Errorf("filling the cache of %s: %w", kind, context.Cause(ctx))
	}
	return nil
}

// concerns says whether a CustomResourceDefinition defines one of the kinds' groups; its name ends in the group.
func (k *kinds) concerns(crd string) bool {
	return slices.ContainsFunc(k.all, func(kind schema.GroupVersionKind) bool {
		return kind.Group != "" && strings.HasSuffix(crd, "."+kind.Group)
	})
}
