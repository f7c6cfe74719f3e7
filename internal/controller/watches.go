package controller

import (
	"context"
	"reflect"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/load"
)

// toNamespace maps an object to its namespace, and a Namespace to itself.
func toNamespace(_ context.Context, object client.Object) []reconcile.Request {
	if namespace := object.GetNamespace(); namespace != "" {
		return []reconcile.Request{request(namespace)}
	}
	return []reconcile.Request{request(object.GetName())}
}

// toRelease maps an action that has no answer to the release that it names.
func toRelease(_ context.Context, object client.Object) []reconcile.Request {
	action, ok := object.(*v1alpha1.ReleaseAction)
	if !ok || action.Status.Phase != "" {
		return nil
	}
	return []reconcile.Request{{NamespacedName: types.NamespacedName{Namespace: action.Namespace, Name: string(action.Spec.Release)}}}
}

// updates lets creations and deletions through, and those updates in which something changed that matters.
func updates(matters func(before, after client.Object) bool) predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool { return matters(e.ObjectOld, e.ObjectNew) }}
}

// intentChanged: the spec, an annotation, or the wish to be deleted. Not the status, which is ours.
func intentChanged(before, after client.Object) bool {
	return before.GetGeneration() != after.GetGeneration() || before.GetUID() != after.GetUID() ||
		before.GetDeletionTimestamp().IsZero() != after.GetDeletionTimestamp().IsZero() ||
		!reflect.DeepEqual(before.GetAnnotations(), after.GetAnnotations())
}

// releaseChanged: its intent, or what was decided about it.
func releaseChanged(before, after client.Object) bool {
	return intentChanged(before, after) ||
		!reflect.DeepEqual(before.(*v1alpha1.CanaryRelease).Status.Release, after.(*v1alpha1.CanaryRelease).Status.Release)
}

// serviceChanged: everything but the status. What happens to generated Services is noticed as for every generated object.
func serviceChanged(before, after client.Object) bool {
	was, is := before.(*corev1.Service), after.(*corev1.Service)
	return !reflect.DeepEqual(was.Spec, is.Spec) || !reflect.DeepEqual(was.Labels, is.Labels) ||
		!reflect.DeepEqual(was.Annotations, is.Annotations) || was.UID != is.UID || load.Ours(was) != load.Ours(is)
}

// deploymentChanged: what the cache keeps of the spec, and whether there are ready pods at all. Not how many, which changes with every pod;
// endpoints tell that.
func deploymentChanged(before, after client.Object) bool {
	was, is := before.(*appsv1.Deployment), after.(*appsv1.Deployment)
	return !reflect.DeepEqual(was.Spec, is.Spec) || was.UID != is.UID || (was.Status.ReadyReplicas == 0) != (is.Status.ReadyReplicas == 0)
}

// templateChanged: what the cache keeps of the pod template of a StatefulSet or DaemonSet. How many pods there are nobody asks.
func templateChanged(before, after client.Object) bool {
	if before.GetUID() != after.GetUID() {
		return true
	}
	if is, stateful := after.(*appsv1.StatefulSet); stateful {
		return !reflect.DeepEqual(before.(*appsv1.StatefulSet).Spec.Template, is.Spec.Template)
	}
	return !reflect.DeepEqual(before.(*appsv1.DaemonSet).Spec.Template, after.(*appsv1.DaemonSet).Spec.Template)
}

// endpointsChanged: how many endpoints there are and which are ready, or whose they are.
func endpointsChanged(before, after client.Object) bool {
	was, is := before.(*discoveryv1.EndpointSlice), after.(*discoveryv1.EndpointSlice)
	return !reflect.DeepEqual(was.Endpoints, is.Endpoints) || !reflect.DeepEqual(was.Labels, is.Labels)
}

// replaced: it is another object of the same name.
func replaced(before, after client.Object) bool { return before.GetUID() != after.GetUID() }

// namespaceChanged: its deletion begins, its annotations, of which some may be borrowed, or its kill switch.
func namespaceChanged(before, after client.Object) bool {
	return before.GetDeletionTimestamp().IsZero() != after.GetDeletionTimestamp().IsZero() ||
		!reflect.DeepEqual(before.GetAnnotations(), after.GetAnnotations()) || before.GetUID() != after.GetUID() ||
		killSwitchChanged(before, after)
}

// killSwitchChanged: the kill switch of a Namespace was turned.
func killSwitchChanged(before, after client.Object) bool {
	return compose.KillSwitchOn(before.GetLabels()) != compose.KillSwitchOn(after.GetLabels())
}

// generated watches the objects of one generated kind: changes by others lead to a reconciliation, echoes of own writes do not.
type generated struct {
	kind   schema.GroupVersionKind
	engine *apply.Engine
	reader *load.Reader
	feed   *feed
}

// watchGenerated watches a generated kind.
func watchGenerated(engine *apply.Engine, reader *load.Reader, to *feed) func(schema.GroupVersionKind, cache.Informer) error {
	return func(kind schema.GroupVersionKind, informer cache.Informer) error {
		_, err := informer.AddEventHandler(generated{kind, engine, reader, to})
		return err
	}
}

// OnAdd is called for each object that appears.
func (g generated) OnAdd(obj any, initial bool) {
	object, ok := g.object(obj)
	if ok && !g.engine.Observe(object) && !initial && g.matters(object) {
		g.feed.add(object.GetNamespace())
	}
	if ok && !initial {
		g.disturbs(object)
		g.tellTaken(object)
	}
}

// OnUpdate is called for each change.
func (g generated) OnUpdate(before, after any) {
	was, ok := g.object(before)
	is, okToo := g.object(after)
	if !ok || !okToo || was.GetResourceVersion() == is.GetResourceVersion() {
		return
	}
	g.tellTaken(was, is)
	if !g.engine.Observe(is) && (g.matters(was) || g.matters(is)) && (!onlyStatus(was, is) || progressed(before, after)) {
		g.feed.add(is.GetNamespace())
	}
	if !slices.Equal(g.strange(was), g.strange(is)) {
		g.disturbs(was, is)
	}
}

// OnDelete is called for each object that disappears.
func (g generated) OnDelete(obj any) {
	if unknown, ok := obj.(toolscache.DeletedFinalStateUnknown); ok {
		obj = unknown.Obj
	}
	object, ok := g.object(obj)
	if ok && !g.engine.Gone(object) && g.matters(object) {
		g.feed.add(object.GetNamespace())
	}
	if ok {
		g.disturbs(object)
		g.tellTaken(object)
	}
}

// strange are the hosts of a route that somebody else wrote.
func (g generated) strange(object client.Object) []string {
	return g.reader.StrangerHosts(g.kind, object.(named).Object)
}

// disturbs wakes the namespaces whose hosts are asked for by routes that somebody else wrote.
func (g generated) disturbs(objects ...client.Object) {
	for _, object := range objects {
		hosts := g.strange(object)
		if len(hosts) == 0 {
			continue
		}
		namespaces, err := g.reader.Disturbed(context.Background(), hosts)
		if err != nil {
			logf.Log.Error(err, "finding the namespaces whose hosts a route of others asks for", "object", client.ObjectKeyFromObject(object))
		}
		g.feed.add(namespaces...)
	}
}

// tellTaken has the namespaces looked at whose Services an object takes over, or did.
func (g generated) tellTaken(objects ...client.Object) {
	for _, object := range objects {
		if taken, takes := load.TakeoverOf(object); takes {
			g.feed.add(taken.Namespace)
		}
	}
}

// object gives the object its kind, which objects in the cache lack. The object in the cache stays as it is.
func (g generated) object(obj any) (client.Object, bool) {
	object, ok := obj.(client.Object)
	if !ok {
		return nil, false
	}
	return named{object, g.kind}, true
}

// matters: it is ours, or stands in the place of an object that is wanted, or says who may call pods that policies may be about, or whom those may.
func (g generated) matters(object client.Object) bool {
	if _, foreign := load.ForeignGuard(object.(named).Object); foreign || load.ForeignCapture(object.(named).Object) {
		return true
	}
	if len(load.ForeignNetworks([]client.Object{object.(named).Object})) > 0 {
		return true
	}
	return load.Ours(object) || g.engine.Wants(object)
}

// onlyStatus says whether a change left the spec, labels and annotations alone. Kinds without generations are never sure.
func onlyStatus(was, is client.Object) bool {
	return is.GetGeneration() > 0 && was.GetGeneration() == is.GetGeneration() && was.GetUID() == is.GetUID() &&
		was.GetDeletionTimestamp().IsZero() == is.GetDeletionTimestamp().IsZero() &&
		reflect.DeepEqual(was.GetLabels(), is.GetLabels()) && reflect.DeepEqual(was.GetAnnotations(), is.GetAnnotations())
}
