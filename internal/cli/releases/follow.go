package releases

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// follow calls a function with an object as it is, and again with each change, until the context ends; with nil when it is deleted. An object
// that is not there yet is waited for. An empty name follows all objects of the namespace. It does not poll, and connects again when a connection ends.
func (s *session) follow(ctx context.Context, list client.ObjectList, example client.Object, name string, each func(client.Object)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	informer := cache.NewSharedInformer(s.source(list, name), example, 0)
	if err := informer.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *cache.Reflector, err error) {
		if apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err) || apierrors.IsNotFound(err) {
			cancel(fmt.Errorf("watching: %w", err)) // waiting would not help
		}
	}); err != nil {
		return err
	}
	if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { hand(object, each) },
		UpdateFunc: func(_, object any) { hand(object, each) },
		DeleteFunc: func(any) { each(nil) },
	}); err != nil {
		return err
	}
	informer.RunWithContext(ctx)
	return context.Cause(ctx)
}

func hand(object any, each func(client.Object)) {
	if typed, ok := object.(client.Object); ok {
		each(typed)
	}
}

// source lists and watches the objects of the namespace, or the one with the name.
func (s *session) source(list client.ObjectList, name string) cache.ListerWatcher {
	options := func(raw metav1.ListOptions) *client.ListOptions {
		found := &client.ListOptions{Namespace: s.namespace, Raw: &raw, Limit: raw.Limit, Continue: raw.Continue}
		if name != "" {
			found.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, name)
		}
		return found
	}
	return &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, raw metav1.ListOptions) (runtime.Object, error) {
			found, ok := list.DeepCopyObject().(client.ObjectList)
			if !ok {
				return nil, fmt.Errorf("%T is no list", list)
			}
			return found, s.client.List(ctx, found, options(raw))
		},
		WatchFuncWithContext: func(ctx context.Context, raw metav1.ListOptions) (watch.Interface, error) {
			return s.client.Watch(ctx, list, options(raw))
		},
	}
}
