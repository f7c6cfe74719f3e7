package load

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
)

// KillSwitch is what the kill switch of a namespace is on: the whole cluster before the namespace. Empty: it is off.
//
// It comes from the watch on Namespaces, at every look anew and never from what was decided before, so neither Prometheus nor a webhook nor a
// release's own state stands between the label and its effect. When the watch stands still the label is late, and so is every other news; nothing
// that is read from the API server instead would bring the writes through that it asks for.
func (r *Reader) KillSwitch(ctx context.Context, namespace string) (v1alpha1.KillSwitchScope, error) {
	for _, place := range []struct {
		namespace string
		scope     v1alpha1.KillSwitchScope
	}{{r.config.OperatorNamespace, v1alpha1.KillSwitchCluster}, {namespace, v1alpha1.KillSwitchNamespace}} {
		if place.namespace == "" {
			continue
		}
		var found corev1.Namespace
		if err := r.cache.Get(ctx, client.ObjectKey{Name: place.namespace}, &found); client.IgnoreNotFound(err) != nil {
			return "", fmt.Errorf("reading the kill switch of namespace %s: %w", place.namespace, err)
		}
		if compose.KillSwitchOn(found.Labels) {
			return place.scope, nil
		}
	}
	return "", nil
}

// Switched are the namespaces that the kill switch on one is for: all of them when it is the operator's own.
func (r *Reader) Switched(ctx context.Context, namespace string) ([]string, error) {
	if namespace != r.config.OperatorNamespace {
		return []string{namespace}, nil
	}
	return r.Namespaces(ctx)
}
