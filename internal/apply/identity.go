package apply

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// identity is an object as one version of its kind shows it: two versions of a kind may be watched, and only the same can be compared.
type identity struct {
	kind schema.GroupVersionKind
	ref  Ref
}

func identify(object client.Object) identity {
	return identity{object.GetObjectKind().GroupVersionKind(), refOf(object)}
}

func index(objects []client.Object) map[identity]client.Object {
	byIdentity := make(map[identity]client.Object, len(objects))
	for _, object := range objects {
		byIdentity[identify(object)] = object
	}
	return byIdentity
}

func label(object client.Object) string { return object.GetLabels()[v1alpha1.LabelGroup] }
