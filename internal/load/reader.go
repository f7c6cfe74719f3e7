package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

const (
	// indexGroup finds generated objects of a namespace by the group of the plan that they belong to, and all of them by everyGroup. Objects of others that
	// guard pods are found by foreignGuards, their NetworkPolicies by foreignNetworks, and what says whom pods may call outside of the cluster by
	// foreignCaptures.
	indexGroup      = "kubemate.group"
	everyGroup      = "*"
	foreignGuards   = "!"
	foreignCaptures = "?"
	// indexBorrowed finds, by everyGroup too, the Services of a namespace that carry annotations of Kubemate.
	indexBorrowed = "kubemate.borrowed"
)

// ErrNotServed says that the cluster does not serve a kind, or only began to a moment ago.
var ErrNotServed = errors.New("the cluster does not serve the kind")

// Reader reads the cache.
type Reader struct {
	cache  cache.Cache
	scheme *runtime.Scheme

	config Config

	mu    sync.RWMutex
	kinds []schema.GroupVersionKind
	// foreign are those of kinds whose objects of others are looked for, by the values of indexGroup that find these.
	foreign map[string][]schema.GroupVersionKind
}

// Config is what a Snapshot holds of the operator's configuration.
type Config struct {
	// Gateways by name.
	Gateways     map[string]model.Gateway
	Reservations []model.Reservation
	// InjectionAllowed says whether the operator may annotate Namespaces.
	InjectionAllowed bool
	// RestartsAllowed says whether it may restart workloads.
	RestartsAllowed bool
	// ClusterNetworks and Reachable are what pods whose ways out are closed are not kept from.
	ClusterNetworks []string
	Reachable       []model.AllowedNetwork
	// MeshNamespace is where the mesh's control plane runs. Empty: not known.
	MeshNamespace string
	// Injector is the name of the MutatingWebhookConfiguration by which pods get proxies. Empty: there is none to look for.
	Injector string
	// Routes understands routes of others. Nil: nobody does.
	Routes driver.RouteReader
	// OperatorNamespace is where the operator runs: the kill switch on it is for the whole cluster. Empty: there is none for the cluster.
	OperatorNamespace string
}

// NewReader makes a Reader, and the indexes that it needs on kinds that are always there.
func NewReader(ctx context.Context, from cache.Cache, scheme *runtime.Scheme, cfg Config) (*Reader, error) {
	byHost := func(obj client.Object) []string {
		return hostValues(compose.HostKeys(obj.(*v1alpha1.IngressProfile))...)
	}
	if err := from.IndexField(ctx, &v1alpha1.IngressProfile{}, indexHosts, byHost); err != nil {
		return nil, fmt.Errorf("indexing IngressProfiles by host: %w", err)
	}
	byRelease := func(obj client.Object) []string { return releaseKeys(obj.(*v1alpha1.ReleaseAction)) }
	if err := from.IndexField(ctx, &v1alpha1.ReleaseAction{}, indexRelease, byRelease); err != nil {
		return nil, fmt.Errorf("indexing ReleaseActions by release: %w", err)
	}
	byGateway := func(obj client.Object) []string { return compose.Gateways(obj.(*v1alpha1.MeshPolicy)) }
	if err := from.IndexField(ctx, &v1alpha1.MeshPolicy{}, indexGateways, byGateway); err != nil {
		return nil, fmt.Errorf("indexing MeshPolicies by gateway: %w", err)
	}
	ofRecord := func(obj client.Object) []string { return hostValues(compose.RecordKey(obj.(*v1alpha1.HostClaim))) }
	if err := from.IndexField(ctx, &v1alpha1.HostClaim{}, indexHosts, ofRecord); err != nil {
		return nil, fmt.Errorf("indexing HostClaims by host: %w", err)
	}
	if err := from.IndexField(ctx, &corev1.Service{}, indexBorrowed, borrowerKeys); err != nil {
		return nil, fmt.Errorf("indexing Services by what they carry: %w", err)
	}
	return &Reader{cache: from, scheme: scheme, config: cfg}, nil
}

// Prepare makes a generated kind ready to be read: its cache has an index and is filled when Prepare returns.
func (r *Reader) Prepare(ctx context.Context, kind schema.GroupVersionKind) (cache.Informer, error) {
	object, err := r.New(kind)
	if err != nil {
		return nil, err
	}
	informer, err := r.cache.GetInformer(ctx, object, cache.BlockUntilSynced(false))
	if err != nil {
		return nil, fmt.Errorf("watching %s: %w", kind.Kind, err)
	}
	if err := r.cache.IndexField(ctx, object, indexGroup, groupKeys); err != nil {
		return nil, fmt.Errorf("indexing %s by group: %w", kind.Kind, err)
	}
	if err := r.cache.IndexField(ctx, object, indexTakeovers, takeoverKeys); err != nil {
		return nil, fmt.Errorf("indexing %s by what they take over: %w", kind.Kind, err)
	}
	if r.config.Routes == nil || kind != r.config.Routes.RouteKind() {
		return informer, nil
	}
	byHost := func(obj client.Object) []string { return hostValues(hostKeys("", r.StrangerHosts(kind, obj))...) }
	if err := r.cache.IndexField(ctx, object, indexHosts, byHost); err != nil {
		return nil, fmt.Errorf("indexing %s by host: %w", kind.Kind, err)
	}
	return informer, nil
}

// Forget drops the cache of a kind that the cluster no longer serves.
func (r *Reader) Forget(ctx context.Context, kind schema.GroupVersionKind) error {
	object, err := r.New(kind)
	if err != nil {
		return err
	}
	if err := r.cache.RemoveInformer(ctx, object); err != nil {
		return fmt.Errorf("no longer watching %s: %w", kind.Kind, err)
	}
	return nil
}

// New is an empty object of a kind.
func (r *Reader) New(kind schema.GroupVersionKind) (client.Object, error) {
	made, err := r.scheme.New(kind)
	if err != nil {
		return nil, fmt.Errorf("making a %s: %w", kind, err)
	}
	object, ok := made.(client.Object)
	if !ok {
		return nil, fmt.Errorf("making a %s: %T is no object", kind, made)
	}
	object.GetObjectKind().SetGroupVersionKind(kind)
	return object, nil
}

// Get reads one object of a kind, ours or not. Nil without error: there is none.
func (r *Reader) Get(ctx context.Context, kind schema.GroupVersionKind, key client.ObjectKey) (client.Object, error) {
	object, err := r.New(kind)
	if err != nil {
		return nil, err
	}
	if err := r.cache.Get(ctx, key, object); err != nil {
		if client.IgnoreNotFound(err) == nil {
			return nil, nil
		}
		if missing := (*cache.ErrResourceNotCached)(nil); errors.As(err, &missing) {
			return nil, fmt.Errorf("reading %s %s: %w", kind.Kind, key, ErrNotServed)
		}
		return nil, fmt.Errorf("reading %s %s: %w", kind.Kind, key, err)
	}
	object.GetObjectKind().SetGroupVersionKind(kind)
	return object, nil
}

func sortBy[T any](items []T, compare func(a, b T) int) { slices.SortFunc(items, compare) }
