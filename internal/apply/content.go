package apply

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// contentOf are all fields of an object, for the caller to change. Those of an unstructured object are copied, which the converter does not do: a plan is
// read by others while its objects are written, and what stands in the cache is everybody's.
func contentOf(object client.Object) (map[string]any, error) {
	if loose, ok := object.(*unstructured.Unstructured); ok {
		return runtime.DeepCopyJSON(loose.Object), nil
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, fmt.Errorf("converting %s: %w", refOf(object), err)
	}
	return content, nil
}
