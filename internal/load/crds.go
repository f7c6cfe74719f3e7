package load

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// ownCRDs define the custom resources of Kubemate.
var ownCRDs = []string{
	"canaryreleases." + v1alpha1.GroupName, "meshpolicies." + v1alpha1.GroupName, "ingressprofiles." + v1alpha1.GroupName,
	"egressprofiles." + v1alpha1.GroupName, "hostclaims." + v1alpha1.GroupName,
}

// NewCRD is an empty CustomResourceDefinition, of which the metadata is watched.
func NewCRD() *metav1.PartialObjectMetadata {
	metadata := &metav1.PartialObjectMetadata{}
	metadata.SetGroupVersionKind(CRDs)
	return metadata
}

// MissingCRD names one of our own CustomResourceDefinitions that is absent or being deleted. Empty: none is. All custom resources of a kind
// vanish with its definition, and that is no wish of anybody who wrote one.
func (r *Reader) MissingCRD(ctx context.Context) (string, error) {
	for _, name := range ownCRDs {
		crd := NewCRD()
		err := r.cache.Get(ctx, client.ObjectKey{Name: name}, crd)
		switch {
		case apierrors.IsNotFound(err):
			return name, nil
		case err != nil:
			return "", fmt.Errorf("reading CustomResourceDefinition %s: %w", name, err)
		case !crd.DeletionTimestamp.IsZero():
			return name, nil
		}
	}
	return "", nil
}

// Namespaces lists the names of all namespaces.
func (r *Reader) Namespaces(ctx context.Context) ([]string, error) {
	var list corev1.NamespaceList
	if err := r.cache.List(ctx, &list); err != nil {
		return nil, fmt.Errorf("listing namespaces: %w", err)
	}
	names := make([]string, len(list.Items))
	for i := range list.Items {
		names[i] = list.Items[i].Name
	}
	return names, nil
}
