package controller

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// named is an object of the cache together with its kind.
type named struct {
	client.Object
	kind schema.GroupVersionKind
}

// GetObjectKind is the kind that the object is known to have.
func (n named) GetObjectKind() schema.ObjectKind { return objectKind(n.kind) }

// objectKind is a kind that is only read.
type objectKind schema.GroupVersionKind

// GroupVersionKind is the kind.
func (k objectKind) GroupVersionKind() schema.GroupVersionKind { return schema.GroupVersionKind(k) }

// SetGroupVersionKind does nothing: the kind of a cached object is not up for change.
func (k objectKind) SetGroupVersionKind(schema.GroupVersionKind) {}
