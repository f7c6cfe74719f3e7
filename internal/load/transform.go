package load

import (
	"encoding/json"
	"fmt"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// input keeps an object that users own: all but the bookkeeping that nobody here reads.
func input(obj any) (any, error) {
	if object, ok := obj.(client.Object); ok {
		stripBookkeeping(object)
	}
	return obj, nil
}

// action keeps an action as long as it has no answer, and of the others, which pile up for months, what their deletion needs.
func action(obj any) (any, error) {
	action, ok := obj.(*v1alpha1.ReleaseAction)
	if !ok {
		return obj, nil
	}
	stripBookkeeping(action)
	if action.Status.Phase == "" {
		return action, nil
	}
	kept := &v1alpha1.ReleaseAction{TypeMeta: action.TypeMeta}
	kept.Name, kept.Namespace, kept.UID, kept.ResourceVersion = action.Name, action.Namespace, action.UID, action.ResourceVersion
	kept.CreationTimestamp, kept.DeletionTimestamp, kept.Status.Phase = action.CreationTimestamp, action.DeletionTimestamp, action.Status.Phase
	return kept, nil
}

// generated keeps objects of ours, and of the others of the same kind only that they exist, so that a collision of names is seen without a
// read from the API server; of those that say who may call pods, what they say.
func generated(obj any) (any, error) {
	object, ok := obj.(client.Object)
	if !ok {
		return obj, nil
	}
	if judged(object) && !labelled(object) {
		object.SetLabels(nil)
		object.SetAnnotations(nil)
		object.SetManagedFields(nil)
		return object, nil
	}
	if !labelled(object) {
		return bare(object)
	}
	object.SetManagedFields(relevant(object.GetManagedFields()))
	dropLastApplied(object)
	return object, nil
}

// judged says whether objects of a kind matter whoever wrote them: they say who may call pods.
func judged(object client.Object) bool {
	_, guards := object.(guard)
	_, network := object.(*networkingv1.NetworkPolicy)
	return guards || network
}

// service is input and generated at once: Services are both.
func service(obj any) (any, error) {
	if object, ok := obj.(client.Object); ok && labelled(object) {
		return generated(obj)
	}
	return input(obj)
}

// relevant reduces managed fields to what writing needs: that our manager is there, and which fields outside of metadata others hold.
func relevant(entries []metav1.ManagedFieldsEntry) []metav1.ManagedFieldsEntry {
	var kept []metav1.ManagedFieldsEntry
	for _, entry := range entries {
		switch {
		case entry.Subresource != "":
		case entry.Manager == FieldManager:
			kept = append(kept, metav1.ManagedFieldsEntry{Manager: entry.Manager, Operation: entry.Operation})
		case beyondMetadata(entry.FieldsV1):
			kept = append(kept, metav1.ManagedFieldsEntry{Manager: entry.Manager, Operation: entry.Operation, FieldsV1: entry.FieldsV1})
		}
	}
	return kept
}

// beyondMetadata says whether fields outside of metadata and status are held. Foreign labels and annotations are none of our business.
func beyondMetadata(fields *metav1.FieldsV1) bool {
	if fields == nil {
		return false
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(fields.GetRawBytes(), &top); err != nil {
		return true // unreadable: looked at when it is compared
	}
	delete(top, "f:metadata")
	delete(top, "f:status")
	return len(top) > 0
}

// foreign is the transform of generated kinds that notes what objects of others take over, on top of another.
type foreign struct {
	takesOver func(client.Object) (model.Takeover, bool)
	next      func(any) (any, error)
}

// generated is the other transform; what takes a Service over says so.
func (f foreign) generated(obj any) (any, error) {
	object, ok := obj.(client.Object)
	if !ok || labelled(object) {
		return f.next(obj)
	}
	taken, takes := f.takesOver(object)
	kept, err := f.next(obj)
	if noted, ok := kept.(client.Object); ok && takes && err == nil {
		noted.SetAnnotations(noteTakeover(taken))
	}
	return kept, err
}

// bare is an object of the same type that has nothing but the names by which it is recognised.
func bare(object client.Object) (client.Object, error) {
	empty, ok := reflect.New(reflect.TypeOf(object).Elem()).Interface().(client.Object)
	if !ok {
		return nil, fmt.Errorf("reducing %T to its metadata: it is no object", object)
	}
	empty.GetObjectKind().SetGroupVersionKind(object.GetObjectKind().GroupVersionKind())
	empty.SetNamespace(object.GetNamespace())
	empty.SetName(object.GetName())
	empty.SetUID(object.GetUID())
	empty.SetResourceVersion(object.GetResourceVersion())
	return empty, nil
}

func stripBookkeeping(object client.Object) {
	object.SetManagedFields(nil)
	dropLastApplied(object)
}

// dropLastApplied drops kubectl's copy of the whole object.
func dropLastApplied(object client.Object) {
	delete(object.GetAnnotations(), corev1.LastAppliedConfigAnnotation)
}

// endpointSlice keeps only which Service it belongs to and how many of its endpoints are ready; where they are only of some Services.
func endpointSlice(followed map[client.ObjectKey]bool) func(any) (any, error) {
	return func(obj any) (any, error) {
		full, ok := obj.(*discoveryv1.EndpointSlice)
		if !ok {
			return obj, nil
		}
		kept := &discoveryv1.EndpointSlice{TypeMeta: full.TypeMeta}
		kept.Name, kept.Namespace, kept.UID, kept.ResourceVersion = full.Name, full.Namespace, full.UID, full.ResourceVersion
		if service, named := full.Labels[discoveryv1.LabelServiceName]; named {
			kept.Labels = map[string]string{discoveryv1.LabelServiceName: service}
		}
		located := followed[serviceOf(full)]
		kept.Endpoints = make([]discoveryv1.Endpoint, len(full.Endpoints))
		for i := range full.Endpoints {
			kept.Endpoints[i].Conditions.Ready = full.Endpoints[i].Conditions.Ready
			if located {
				kept.Endpoints[i].Addresses = full.Endpoints[i].Addresses
			}
		}
		return kept, nil
	}
}
