package backend

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// follow learns of pods from the API server until life ends; it returns when all that exist are known.
func (r *registry) follow(ctx, life context.Context, client kubernetes.Interface) error {
	factory := informers.NewSharedInformerFactory(client, 0)
	informer := factory.Core().V1().Pods().Informer()
	registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { r.seen(object) },
		UpdateFunc: func(_, object any) { r.seen(object) },
		DeleteFunc: r.deleted,
	})
	if err != nil {
		return err
	}
	factory.StartWithContext(life)
	r.stopped = factory.Shutdown
	if !cache.WaitForCacheSync(ctx.Done(), registration.HasSynced) {
		return errors.Join(errors.New("backend: the pods could not be listed"), context.Cause(ctx))
	}
	return nil
}

func (r *registry) seen(object any) {
	seen, isPod := object.(*corev1.Pod)
	if !isPod {
		return
	}
	address, err := netip.ParseAddr(seen.Status.PodIP)
	if err != nil || seen.Spec.HostNetwork {
		return // it has no address yet, or none of its own
	}
	p := &pod{
		namespace: seen.Namespace, name: seen.Name, labels: maps.Clone(seen.Labels), variant: r.variantOf(seen),
	}
	if seen.DeletionTimestamp != nil && seen.DeletionGracePeriodSeconds != nil && *seen.DeletionGracePeriodSeconds > 0 {
		p.graceful = seen.DeletionTimestamp.Time
	}
	r.learn(address, p)
}

// deleted hears of the end. A graceful deletion was announced by an update before; the last state does not tell,
// because whoever removes the object in the end does so without grace.
func (r *registry) deleted(object any) {
	if unknown, missed := object.(cache.DeletedFinalStateUnknown); missed {
		object = unknown.Obj
	}
	last, isPod := object.(*corev1.Pod)
	if !isPod || !r.options.DownWhenGone {
		return
	}
	address, err := netip.ParseAddr(last.Status.PodIP)
	if err != nil {
		return
	}
	r.mu.RLock()
	known := r.pods[address]
	r.mu.RUnlock()
	if known == nil || known.namespace != last.Namespace || known.name != last.Name {
		return
	}
	grace := time.Duration(0)
	if !known.graceful.IsZero() {
		grace = time.Until(known.graceful)
	}
	r.end(address, grace)
}

func (r *registry) variantOf(p *corev1.Pod) string {
	for _, label := range r.options.VariantLabels {
		if value := p.Labels[label]; value != "" {
			return value
		}
	}
	return ""
}
