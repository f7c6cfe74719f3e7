package traefik

import (
	"fmt"
	"maps"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// classAnnotation names the gateway that an IngressRoute is for. Traefik 3.7 warns of it and prefers spec.ingressClassName, which 3.6 lacks.
const classAnnotation = "kubernetes.io/ingress.class"

// meta is the metadata of a generated object. The labels are on every object, because an instance of Traefik is told by label what to read.
func (w *edgeWriter) meta(name string) metav1.ObjectMeta {
	labels := maps.Clone(w.edge.Gateway.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels[v1alpha1.LabelGateway] = w.edge.Gateway.Name
	return metav1.ObjectMeta{Namespace: w.namespace, Name: name, Labels: labels}
}

// typeMeta of a kind of Traefik.
func typeMeta(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: traefikio.SchemeGroupVersion.String(), Kind: kind}
}

// clean is the object without the zero values that Traefik's types write for fields that are not set ("port: 0" of a reference to a
// TraefikService, "clientAuth: {}"): a server-side apply would claim them.
func clean(object client.Object) (*unstructured.Unstructured, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, fmt.Errorf("writing %s %s: %w", object.GetObjectKind().GroupVersionKind().Kind, object.GetName(), err)
	}
	prune(content)
	return &unstructured.Unstructured{Object: content}, nil
}

// prune removes null, empty maps, empty lists, 0 and false, none of which is ever meant. An empty text is: it removes a response header.
func prune(content map[string]any) {
	for key, value := range content {
		if unset(value) {
			delete(content, key)
		}
	}
}

// unset says whether nothing is left of a value once it is pruned.
func unset(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case map[string]any:
		prune(value)
		return len(value) == 0
	case []any:
		for _, element := range value {
			if fields, ok := element.(map[string]any); ok {
				prune(fields)
			}
		}
		return len(value) == 0
	case int64:
		return value == 0
	case bool:
		return !value
	default:
		return false
	}
}
