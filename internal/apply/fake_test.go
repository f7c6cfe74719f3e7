package apply

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// The kinds of these tests, in write order: routes refer to backends.
var (
	backendKind = corev1.SchemeGroupVersion.WithKind("Secret")
	routeKind   = corev1.SchemeGroupVersion.WithKind("ConfigMap")
)

const shop = "shop"

// cluster is an API server of ConfigMaps and Secrets in memory, together with a cache of it that lags behind until show is called.
type cluster struct {
	t *testing.T

	mu     sync.Mutex
	next   int
	stored map[Ref]client.Object
	shown  map[Ref]client.Object
	// calls are the writes that came, refuse their errors by "verb name".
	calls  []string
	refuse map[string]error
	// stuck calls wait for their context to end.
	stuck map[string]bool
}

func newCluster(t *testing.T) *cluster {
	return &cluster{t: t, stored: map[Ref]client.Object{}, shown: map[Ref]client.Object{}, refuse: map[string]error{}, stuck: map[string]bool{}}
}

// show brings the cache up to date.
func (c *cluster) show() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shown = maps.Clone(c.stored)
}

func (c *cluster) called() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls := c.calls
	c.calls = nil
	return calls
}

// fail has a call fail from now on, and nil lets it succeed again.
func (c *cluster) fail(call string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse[call] = err
}

// hang has a call never end, or end again.
func (c *cluster) hang(call string, stuck bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stuck[call] = stuck
}

func (c *cluster) begin(ctx context.Context, call string) error {
	c.mu.Lock()
	c.calls = append(c.calls, call)
	stuck, err := c.stuck[call], c.refuse[call]
	c.mu.Unlock()
	if stuck {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

// Apply creates or replaces, as the API server does for an object that has one manager.
func (c *cluster) Apply(ctx context.Context, config runtime.ApplyConfiguration, _ ...client.ApplyOption) error {
	sent := unwrap(config)
	if err := c.begin(ctx, "apply "+sent.GetName()); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	ref := refOf(sent)
	before := c.stored[ref]
	switch {
	case before == nil && sent.GetUID() != "",
		before != nil && sent.GetResourceVersion() != "" && sent.GetResourceVersion() != before.GetResourceVersion():
		return apierrors.NewConflict(schema.GroupResource{Resource: ref.Kind.Kind}, ref.Name, fmt.Errorf("not the one that was meant"))
	}
	c.next++
	sent.SetResourceVersion(strconv.Itoa(100 + c.next))
	sent.SetUID(types.UID("uid-" + strconv.Itoa(c.next)))
	if before != nil {
		sent.SetUID(before.GetUID())
	}
	sent.SetManagedFields([]metav1.ManagedFieldsEntry{{Manager: load.FieldManager, Operation: metav1.ManagedFieldsOperationApply}})
	c.stored[ref] = typed(c.t, sent)
	return nil
}

// Patch is not needed by these tests.
func (c *cluster) Patch(context.Context, client.Object, client.Patch, ...client.PatchOption) error {
	return fmt.Errorf("unexpected patch")
}

// Delete deletes.
func (c *cluster) Delete(ctx context.Context, object client.Object, _ ...client.DeleteOption) error {
	if err := c.begin(ctx, "delete "+object.GetName()); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.stored, refOf(object))
	return nil
}

// Kinds are those of these tests.
func (c *cluster) Kinds() []schema.GroupVersionKind {
	return []schema.GroupVersionKind{backendKind, routeKind}
}

// Group lists what the cache shows.
func (c *cluster) Group(_ context.Context, namespace, group string) ([]client.Object, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var found []client.Object
	for ref, object := range c.shown {
		if ref.Namespace == namespace && label(object) == group {
			found = append(found, object)
		}
	}
	return found, nil
}

// Get reads what the cache shows.
func (c *cluster) Get(_ context.Context, kind schema.GroupVersionKind, key client.ObjectKey) (client.Object, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if object := c.shown[Ref{kind.GroupKind(), key.Namespace, key.Name}]; object != nil {
		return object, nil
	}
	return nil, nil
}

// live is what the cache shows of ours.
func (c *cluster) live() load.Live {
	c.mu.Lock()
	defer c.mu.Unlock()
	var live load.Live
	for _, object := range c.shown {
		if load.Ours(object) {
			live.Objects = append(live.Objects, object)
		}
	}
	return live
}

// put stores an object of somebody else.
func (c *cluster) put(object client.Object) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	object.SetResourceVersion(strconv.Itoa(100 + c.next))
	c.stored[refOf(object)] = object
}

// unwrap is the object inside of an apply configuration; what is set on it is seen by the caller.
func unwrap(config runtime.ApplyConfiguration) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: config.(interface{ UnstructuredContent() map[string]any }).UnstructuredContent()}
}

func typed(t *testing.T, object *unstructured.Unstructured) client.Object {
	t.Helper()
	var made client.Object = &corev1.ConfigMap{}
	if object.GetKind() == backendKind.Kind {
		made = &corev1.Secret{}
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, made); err != nil {
		t.Fatal(err)
	}
	return made
}

// object is a ConfigMap or Secret as a plan has it.
func object(kind schema.GroupVersionKind, name, content, group string, origins ...model.Origin) driver.Object {
	metadata := metav1.ObjectMeta{
		Namespace: shop, Name: name,
		Labels:      map[string]string{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy, v1alpha1.LabelGroup: group},
		Annotations: map[string]string{v1alpha1.AnnotationOrigins: plan.EncodeOrigins(origins)},
	}
	var made client.Object = &corev1.ConfigMap{ObjectMeta: metadata, Data: map[string]string{"content": content}}
	if kind == backendKind {
		made = &corev1.Secret{ObjectMeta: metadata, StringData: map[string]string{"content": content}}
	}
	made.GetObjectKind().SetGroupVersionKind(kind)
	return driver.Object{Object: made, Origins: origins}
}

func release(name string) model.Origin {
	return model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: name}
}
