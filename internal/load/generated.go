package load

import (
	"context"
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// SetKinds says which generated kinds can be read, in write order.
func (r *Reader) SetKinds(kinds []schema.GroupVersionKind) {
	foreign := map[string][]schema.GroupVersionKind{}
	for _, kind := range kinds {
		object, err := r.New(kind)
		if err != nil {
			continue // whoever lists it is told
		}
		if value := foreignKey(object); value != "" {
			foreign[value] = append(foreign[value], kind)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kinds, r.foreign = slices.Clone(kinds), foreign
}

// Kinds are the generated kinds that can be read, in write order.
func (r *Reader) Kinds() []schema.GroupVersionKind {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.kinds
}

// kindsOf are the kinds that have objects with a value of indexGroup.
func (r *Reader) kindsOf(value string) []schema.GroupVersionKind {
	switch value {
	case foreignGuards, foreignCaptures, foreignNetworks:
		r.mu.RLock()
		defer r.mu.RUnlock()
		return r.foreign[value]
	}
	return r.Kinds()
}

// Group lists the generated objects of a namespace that carry the label of a group.
func (r *Reader) Group(ctx context.Context, namespace, label string) ([]client.Object, error) {
	var objects []client.Object
	for _, kind := range r.kindsOf(label) {
		found, err := r.list(ctx, kind, namespace, label)
		if err != nil {
			return nil, err
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

func (r *Reader) list(ctx context.Context, kind schema.GroupVersionKind, namespace, label string) ([]client.Object, error) {
	made, err := r.scheme.New(kind.GroupVersion().WithKind(kind.Kind + "List"))
	if err != nil {
		return nil, fmt.Errorf("making a list of %s: %w", kind, err)
	}
	list, ok := made.(client.ObjectList)
	if !ok {
		return nil, fmt.Errorf("making a list of %s: %T is no list", kind, made)
	}
	if err := r.cache.List(ctx, list, client.InNamespace(namespace), client.MatchingFields{indexGroup: label}); err != nil {
		return nil, fmt.Errorf("listing the generated objects %s of namespace %s: %w", kind.Kind, namespace, err)
	}
	var objects []client.Object
	err = meta.EachListItem(list, func(item runtime.Object) error {
		object, ok := item.(client.Object)
		if !ok {
			return fmt.Errorf("listing %s: %T is no object", kind, item)
		}
		object.GetObjectKind().SetGroupVersionKind(kind)
		objects = append(objects, object)
		return nil
	})
	return objects, err
}

// groupKeys are the values of indexGroup for an object.
func groupKeys(object client.Object) []string {
	if Ours(object) {
		return []string{everyGroup, object.GetLabels()[v1alpha1.LabelGroup]}
	}
	if value := foreignKey(object); value != "" {
		return []string{value}
	}
	return nil
}

// foreignKey is the value of indexGroup by which an object of others is found. Empty: nobody looks for those of its kind.
func foreignKey(object client.Object) string {
	switch object.(type) {
	case capture:
		return foreignCaptures
	case guard:
		return foreignGuards
	case *networkingv1.NetworkPolicy:
		return foreignNetworks
	}
	return ""
}
