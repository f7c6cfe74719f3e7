package controller

import (
	"context"

	discoveryv1 "k8s.io/api/discovery/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/model"
)

// toInjected maps the injector to the namespaces whose pods it gives proxies.
func toInjected(reader *load.Reader) handler.MapFunc {
	return func(ctx context.Context, _ client.Object) []reconcile.Request {
		namespaces, err := reader.Injected(ctx)
		if err != nil {
			logf.FromContext(ctx).Error(err, "finding the namespaces whose pods get proxies")
		}
		return requests(namespaces)
	}
}

// withSwitched maps a Namespace to those that the kill switch on it is for: the operator's own to all.
func withSwitched(reader *load.Reader) handler.MapFunc {
	return func(ctx context.Context, object client.Object) []reconcile.Request {
		namespaces, err := reader.Switched(ctx, object.GetName())
		if err != nil {
			logf.FromContext(ctx).Error(err, "finding the namespaces that a kill switch is for", "namespace", object.GetName())
			namespaces = []string{object.GetName()}
		}
		return requests(namespaces)
	}
}

// withAdmitting maps an EndpointSlice to its namespace, and to those that admit the gateway whose addresses it tells.
func withAdmitting(reader *load.Reader) handler.MapFunc {
	return func(ctx context.Context, object client.Object) []reconcile.Request {
		own := toNamespace(ctx, object)
		slice, ok := object.(*discoveryv1.EndpointSlice)
		if !ok {
			return own
		}
		namespaces, err := reader.Admitting(ctx, slice)
		if err != nil {
			logf.FromContext(ctx).Error(err, "finding the namespaces that admit a gateway", "object", client.ObjectKeyFromObject(object))
		}
		return append(own, requests(namespaces)...)
	}
}

// withRivals maps an IngressProfile to its namespace and to those that ask for the same hosts.
func withRivals(reader *load.Reader) handler.MapFunc {
	return func(ctx context.Context, object client.Object) []reconcile.Request {
		own := toNamespace(ctx, object)
		if profile, ok := object.(*v1alpha1.IngressProfile); ok {
			return append(own, rivals(ctx, reader, object, compose.HostKeys(profile)...)...)
		}
		return own
	}
}

// toRivals maps a HostClaim to the namespaces that ask for its host.
func toRivals(reader *load.Reader) handler.MapFunc {
	return func(ctx context.Context, object client.Object) []reconcile.Request {
		record, ok := object.(*v1alpha1.HostClaim)
		if !ok {
			return nil
		}
		return rivals(ctx, reader, object, compose.RecordKey(record))
	}
}

func rivals(ctx context.Context, reader *load.Reader, of client.Object, keys ...model.HostKey) []reconcile.Request {
	namespaces, err := reader.Rivals(ctx, keys...)
	if err != nil {
		logf.FromContext(ctx).Error(err, "finding the namespaces that share a host", "object", client.ObjectKeyFromObject(of))
	}
	return requests(namespaces)
}

// requests to reconcile namespaces.
func requests(namespaces []string) []reconcile.Request {
	all := make([]reconcile.Request, 0, len(namespaces))
	for _, namespace := range namespaces {
		all = append(all, request(namespace))
	}
	return all
}
