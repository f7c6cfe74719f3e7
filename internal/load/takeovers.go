package load

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/model"
)

// indexTakeovers finds objects of others by the namespace of the Service that they take over.
const indexTakeovers = "kubemate.takeovers"

// Words by which an object in the cache, of which nothing else is kept, tells what it takes over. No object of the cluster has them: what others wrote is
// dropped before.
const (
	noteNamespace = "namespace"
	noteService   = "service"
	noteCallers   = "callers"
	noteObject    = "object"
)

func noteTakeover(taken model.Takeover) map[string]string {
	return map[string]string{noteNamespace: taken.Namespace, noteService: taken.Service, noteCallers: taken.Callers, noteObject: taken.Object}
}

// TakeoverOf is what an object in the cache takes over. False: nothing.
func TakeoverOf(object client.Object) (model.Takeover, bool) {
	notes := object.GetAnnotations()
	if labelled(object) || notes[noteNamespace] == "" {
		return model.Takeover{}, false
	}
	return model.Takeover{Namespace: notes[noteNamespace], Service: notes[noteService], Callers: notes[noteCallers], Object: notes[noteObject]}, true
}

// takeoverKeys are the values under indexTakeovers.
func takeoverKeys(object client.Object) []string {
	if taken, takes := TakeoverOf(object); takes {
		return []string{taken.Namespace}
	}
	return nil
}

// takeovers reads what others take over of a namespace's Services.
func (r *Reader) takeovers(ctx context.Context, view *View) error {
	for _, kind := range r.Kinds() {
		made, err := r.scheme.New(kind.GroupVersion().WithKind(kind.Kind + "List"))
		if err != nil {
			return fmt.Errorf("making a list of %s: %w", kind, err)
		}
		list, ok := made.(client.ObjectList)
		if !ok {
			return fmt.Errorf("making a list of %s: %T is no list", kind, made)
		}
		if err := r.cache.List(ctx, list, client.MatchingFields{indexTakeovers: view.Namespace}); err != nil {
			return fmt.Errorf("listing the objects %s that take over Services of namespace %s: %w", kind.Kind, view.Namespace, err)
		}
		err = meta.EachListItem(list, func(item runtime.Object) error {
			if object, ok := item.(client.Object); ok {
				if taken, takes := TakeoverOf(object); takes {
					view.Takeovers = append(view.Takeovers, taken)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	slices.SortFunc(view.Takeovers, func(a, b model.Takeover) int { return cmp.Compare(a.Object, b.Object) })
	return nil
}
