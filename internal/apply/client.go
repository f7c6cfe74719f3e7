package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/load"
)

// callDeadline bounds every call: a webhook that hangs must not take a worker with it.
const callDeadline = 5 * time.Second

// createOnly is a resourceVersion that no object has. An apply that carries it creates an object that is missing and is refused with a
// conflict when there is one, so that nothing foreign that the cache does not show yet is taken over.
const createOnly = "1"

// Client sends writes. A client.Client is one.
type Client interface {
	Apply(ctx context.Context, obj runtime.ApplyConfiguration, opts ...client.ApplyOption) error
	Patch(ctx context.Context, obj client.Object, patch client.Patch, opts ...client.PatchOption) error
	Delete(ctx context.Context, obj client.Object, opts ...client.DeleteOption) error
}

// writer sends single writes and notes them in the ledger.
type writer struct {
	client Client
	scheme *runtime.Scheme
	ledger *ledger
}

// put creates or updates an object, as judged.
func (w *writer) put(ctx context.Context, object wanted, judged judgement) error {
	manifest, err := object.manifest()
	if err != nil {
		return err
	}
	sent := manifest.DeepCopy()
	options := []client.ApplyOption{client.FieldOwner(load.FieldManager)}
	if judged.verdict == create {
		sent.SetResourceVersion(createOnly)
	} else {
		sent.SetUID(judged.uid)
		sent.SetResourceVersion(judged.version)
		options = append(options, client.ForceOwnership)
	}
	if err := w.apply(ctx, sent, options...); err != nil {
		return fmt.Errorf("%s %s: %w", doing(judged.verdict), object.ref, err)
	}
	written(object.ref.Kind.Kind, string(judged.verdict))
	patch, err := additions(manifest.Object, sent)
	if err != nil {
		return err
	}
	if patch != nil {
		return w.trim(ctx, object, judgement{trimmed, sent.GetUID(), sent.GetResourceVersion(), patch})
	}
	return w.stored(object, manifest, sent)
}

// trim removes what others have added to an object.
func (w *writer) trim(ctx context.Context, object wanted, judged judgement) error {
	manifest, err := object.manifest()
	if err != nil {
		return err
	}
	judged.patch["metadata"] = map[string]any{"uid": string(judged.uid), "resourceVersion": judged.version}
	body, err := json.Marshal(judged.patch)
	if err != nil {
		return fmt.Errorf("writing the patch of %s: %w", object.ref, err)
	}
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	stored := &unstructured.Unstructured{}
	stored.SetGroupVersionKind(object.kind)
	stored.SetNamespace(object.ref.Namespace)
	stored.SetName(object.ref.Name)
	err = w.client.Patch(ctx, stored, client.RawPatch(types.MergePatchType, body), client.FieldOwner(trimFieldManager))
	if err != nil {
		return fmt.Errorf("removing what others added to %s: %w", object.ref, err)
	}
	written(object.ref.Kind.Kind, string(trimmed))
	return w.stored(object, manifest, stored)
}

// stored notes what the API server made of a write.
func (w *writer) stored(object wanted, manifest, stored *unstructured.Unstructured) error {
	content, err := w.surprise(manifest, stored)
	if err != nil {
		return err
	}
	w.ledger.record(object.ref, receipt{uid: stored.GetUID(), version: stored.GetResourceVersion(), digest: object.digest, content: content})
	return nil
}

func doing(v verdict) string {
	if v == create {
		return "creating"
	}
	return "updating"
}

// apply sends one apply and leaves the stored object in its place.
func (w *writer) apply(ctx context.Context, object *unstructured.Unstructured, options ...client.ApplyOption) error {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	return w.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(object), options...)
}

// surprise is a digest of the stored object if the server did not store what was sent. Empty: it did.
func (w *writer) surprise(manifest, stored *unstructured.Unstructured) (string, error) {
	typed, err := w.typed(stored)
	if err != nil {
		return "", err
	}
	equal, err := matches(manifest, typed)
	if err != nil || equal {
		return "", err
	}
	return digestOfContent(typed)
}

// typed is the object in the form that the cache has it in: fields that our types do not know are dropped in both.
func (w *writer) typed(object *unstructured.Unstructured) (client.Object, error) {
	made, err := w.scheme.New(object.GroupVersionKind())
	if err != nil {
		return nil, fmt.Errorf("making a %s: %w", object.GetKind(), err)
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, made); err != nil {
		return nil, fmt.Errorf("reading the stored %s: %w", object.GetKind(), err)
	}
	typed, ok := made.(client.Object)
	if !ok {
		return nil, fmt.Errorf("reading the stored %s: %T is no object", object.GetKind(), made)
	}
	return typed, nil
}

// digestOfContent is a digest of an object without what the server and others keep in it.
func digestOfContent(object client.Object) (string, error) {
	content, err := contentOf(object)
	if err != nil {
		return "", err
	}
	for _, key := range []string{"apiVersion", "kind", "metadata", "status"} {
		delete(content, key)
	}
	content["origins"] = object.GetAnnotations()[v1alpha1.AnnotationOrigins]
	content["retain"] = object.GetAnnotations()[v1alpha1.AnnotationRetain]
	content["group"] = object.GetLabels()[v1alpha1.LabelGroup]
	return digestOf(content)
}

// remove deletes an object, if it is still the same one.
func (w *writer) remove(ctx context.Context, kind schema.GroupVersionKind, ref Ref, uid types.UID) error {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	object := &metav1.PartialObjectMetadata{}
	object.SetGroupVersionKind(kind)
	object.SetNamespace(ref.Namespace)
	object.SetName(ref.Name)
	err := w.client.Delete(ctx, object, client.Preconditions{UID: &uid}, client.PropagationPolicy(metav1.DeletePropagationBackground))
	if client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("deleting %s: %w", ref, err)
	}
	w.ledger.record(ref, receipt{uid: uid, deleted: true})
	written(ref.Kind.Kind, "delete")
	return nil
}
