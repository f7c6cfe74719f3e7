package load

import (
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
)

// Served asks the API server which of the kinds it serves.
func Served(from discovery.ServerResourcesInterface, kinds []schema.GroupVersionKind) (map[schema.GroupVersionKind]bool, error) {
	served := map[schema.GroupVersionKind]bool{}
	asked := map[schema.GroupVersion]bool{}
	for _, kind := range kinds {
		version := kind.GroupVersion()
		if asked[version] {
			continue
		}
		asked[version] = true
		resources, err := from.ServerResourcesForGroupVersion(version.String())
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("asking which kinds of %s are served: %w", version, err)
		}
		for _, resource := range resources.APIResources {
			served[version.WithKind(resource.Kind)] = true
		}
	}
	return served, nil
}
