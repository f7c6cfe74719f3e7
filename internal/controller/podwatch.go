package controller

import (
	"context"
	"reflect"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/internal/load"
)

// podPause is how long changes of pods are gathered: they come in swarms, and nothing but counts waits for them.
const podPause = time.Second

// counted maps pods, and what makes them, to their namespace, after a pause, where a policy has them counted.
func counted(reader *load.Reader) handler.EventHandler {
	soon := func(ctx context.Context, object client.Object, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
		counts, err := reader.Counts(ctx, object.GetNamespace())
		if err != nil {
			logf.FromContext(ctx).Error(err, "finding out whether pods are counted", "namespace", object.GetNamespace())
		}
		if counts {
			queue.AddAfter(request(object.GetNamespace()), podPause)
		}
	}
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			soon(ctx, e.Object, queue)
		},
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			soon(ctx, e.ObjectNew, queue)
		},
		DeleteFunc: func(ctx context.Context, e event.DeleteEvent, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			soon(ctx, e.Object, queue)
		},
	}
}

// podChanged: anything that the cache keeps, but for versions.
func podChanged(before, after client.Object) bool {
	was, is := before.(*corev1.Pod), after.(*corev1.Pod)
	return was.UID != is.UID || was.DeletionTimestamp.IsZero() != is.DeletionTimestamp.IsZero() || was.Status.Phase != is.Status.Phase ||
		!reflect.DeepEqual(was.Labels, is.Labels) || !reflect.DeepEqual(was.Annotations, is.Annotations) ||
		!reflect.DeepEqual(was.OwnerReferences, is.OwnerReferences) || !reflect.DeepEqual(was.Spec, is.Spec)
}

// rolloutChanged: what the cache keeps of what makes pods, but for versions: its template, and how far it is rolled out.
func rolloutChanged(before, after client.Object) bool {
	if before.GetUID() != after.GetUID() || before.GetGeneration() != after.GetGeneration() {
		return true
	}
	switch is := after.(type) {
	case *appsv1.Deployment:
		return !reflect.DeepEqual(before.(*appsv1.Deployment).Status, is.Status)
	case *appsv1.StatefulSet:
		return !reflect.DeepEqual(before.(*appsv1.StatefulSet).Status, is.Status)
	case *appsv1.DaemonSet:
		return !reflect.DeepEqual(before.(*appsv1.DaemonSet).Status, is.Status)
	}
	return true
}
