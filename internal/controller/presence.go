package controller

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/presence"
	"github.com/kubemate/kubemate/internal/status"
)

// setupPresence adds what asks whether Secrets are there. Nil: the configuration names no namespace to ask in.
func setupPresence(mgr manager.Manager, namespaces []string, feed *feed) (*presence.Asker, error) {
	reader := mgr.GetAPIReader()
	asker := presence.New(presence.Options{
		Namespaces: namespaces, Changed: feed.addSoon,
		Exists: func(ctx context.Context, key client.ObjectKey) (bool, error) {
			var metadata metav1.PartialObjectMetadata // nothing else of a Secret is sent
			metadata.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Secret"))
			err := reader.Get(ctx, key, &metadata)
			return err == nil, client.IgnoreNotFound(err)
		},
	})
	if asker == nil {
		return nil, nil
	}
	if err := mgr.Add(asker); err != nil {
		return nil, fmt.Errorf("adding what asks whether Secrets are there: %w", err)
	}
	return asker, nil
}

// present says of the Secrets that people keep for the edges of a namespace whether they are there. Nil: nobody asks.
func (n *namespaces) present(planned model.Namespace) map[string]status.Secret {
	var names []string
	for i := range planned.Edges {
		names = append(names, status.KeptSecrets(&planned.Edges[i])...)
	}
	answers := n.asker.Want(planned.Name, names)
	if answers == nil {
		return nil
	}
	known := make(map[string]status.Secret, len(answers))
	for name, answer := range answers {
		known[name] = status.Secret(answer)
	}
	return known
}
