package apply

import (
	"fmt"
	"reflect"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// matches says whether a standing object has everything that the manifest says. Labels, annotations and fields that the manifest does not
// name may be there: defaults, and what other people keep there.
func matches(manifest *unstructured.Unstructured, live client.Object) (bool, error) {
	standing, err := contentOf(live)
	if err != nil {
		return false, err
	}
	formed, err := formOf(manifest, live)
	if err != nil {
		return false, err
	}
	return contains(standing, manifest.Object, formed, ""), nil
}

// formOf is a manifest with the zeros that the type of a standing object has where nothing is said, such as the port of a service in a list: the cache shows
// the standing one with them, too.
func formOf(manifest *unstructured.Unstructured, live client.Object) (map[string]any, error) {
	if _, loose := live.(*unstructured.Unstructured); loose {
		return manifest.Object, nil
	}
	typed := reflect.New(reflect.TypeOf(live).Elem()).Interface().(client.Object)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(manifest.Object, typed); err != nil {
		return nil, fmt.Errorf("reading the manifest of %s: %w", refOf(live), err)
	}
	return contentOf(typed)
}

// contains compares maps by the keys of wanted, and everything else exactly, in the form that it has in formed: lists are atomic in nearly all kinds that
// are emitted, and where they are not, drivers write all fields of an element. The types of objects are no part of the comparison.
func contains(standing, wanted, formed any, key string) bool {
	want, isMap := wanted.(map[string]any)
	if !isMap {
		if formed == nil {
			formed = wanted // our types do not know the field
		}
		return same(standing, formed)
	}
	form, _ := formed.(map[string]any)
	have, isMap := standing.(map[string]any)
	if !isMap || atomicMaps[key] && len(have) != len(want) {
		return false
	}
	for name, value := range want {
		if name == "apiVersion" && key == "" || name == "kind" && key == "" {
			continue
		}
		if !contains(have[name], value, form[name], name) {
			return false
		}
	}
	return true
}

// atomicMaps are the fields of Kubernetes' own kinds whose maps are one value: an additional key in a selector empties it.
var atomicMaps = map[string]bool{"selector": true, "podSelector": true, "namespaceSelector": true, "matchLabels": true}

// same compares values of JSON; numbers may have come as different types.
func same(a, b any) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	switch left := a.(type) {
	case []any:
		right, isList := b.([]any)
		if !isList || len(left) != len(right) {
			return false
		}
		for i := range left {
			if !same(left[i], right[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		right, isMap := b.(map[string]any)
		if !isMap || len(left) != len(right) {
			return false
		}
		for key := range left {
			if _, there := right[key]; !there || !same(left[key], right[key]) {
				return false
			}
		}
		return true
	}
	left, isNumber := number(a)
	right, isNumberToo := number(b)
	return isNumber && isNumberToo && left == right
}

func number(value any) (float64, bool) {
	switch typed := value.(type) {
	case int64:
		return float64(typed), true
	case int32:
		return float64(typed), true
	case int:
		return float64(typed), true
	case float64:
		return typed, true
	}
	return 0, false
}
