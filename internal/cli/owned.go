package cli

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/load"
)

// ownFields reduces a standing object to the fields that Kubemate writes: those that are planned, and those that it wrote before, which the
// API server remembers. All others are defaults, or somebody else's. Without any memory the whole object is Kubemate's.
func ownFields(present, planned map[string]any) map[string]any {
	if present == nil {
		return nil
	}
	written := writtenFields(present)
	reduced, _ := ownPart(present, planned, written).(map[string]any)
	for _, field := range []string{"apiVersion", "kind"} {
		reduced[field] = present[field]
	}
	delete(reduced, "status")
	if metadata, ok := reduced["metadata"].(map[string]any); ok {
		maps.DeleteFunc(metadata, func(field string, _ any) bool {
			return !slices.Contains([]string{"name", "namespace", "labels", "annotations"}, field)
		})
		if annotations, ok := metadata["annotations"].(map[string]any); ok {
			delete(annotations, v1alpha1.AnnotationApplied) // written on the way to the API server
		}
	}
	return reduced
}

// writtenFields reads the memory of the API server: which fields Kubemate wrote. Nil: it has none of this object.
func writtenFields(present map[string]any) map[string]any {
	object := unstructured.Unstructured{Object: present}
	var written map[string]any
	for _, entry := range object.GetManagedFields() {
		if entry.Manager != load.FieldManager || entry.Operation != metav1.ManagedFieldsOperationApply || entry.FieldsV1 == nil {
			continue
		}
		if err := json.Unmarshal(entry.FieldsV1.GetRawBytes(), &written); err != nil {
			return nil // not in the form that is documented: show the object as it is
		}
	}
	if written != nil {
		written["f:metadata"] = mergeName(written["f:metadata"])
	}
	return written
}

// mergeName adds what identifies an object, which is in nobody's memory.
func mergeName(metadata any) map[string]any {
	merged := map[string]any{"f:name": map[string]any{}, "f:namespace": map[string]any{}}
	if fields, ok := metadata.(map[string]any); ok {
		maps.Copy(merged, fields)
	}
	return merged
}

// ownPart reduces a value. A nil memory, or one that ends here, means that the value is Kubemate's as a whole.
func ownPart(present, planned any, written map[string]any) any {
	if len(written) == 0 {
		return present
	}
	switch value := present.(type) {
	case map[string]any:
		want, _ := planned.(map[string]any)
		kept := map[string]any{}
		for key, inner := range value {
			memory, remembered := written["f:"+key].(map[string]any)
			wanted, asked := want[key]
			switch {
			case remembered:
				kept[key] = ownPart(inner, wanted, memory)
			case asked:
				kept[key] = inner
			}
		}
		return kept
	case []any:
		return ownItems(value, planned, written)
	default:
		return present
	}
}

// ownItems reduces the items of a list that is merged item by item, each against the memory of its own key.
func ownItems(present []any, planned any, written map[string]any) []any {
	want, _ := planned.([]any)
	kept := make([]any, 0, len(present))
	for i, item := range present {
		var wanted any
		if i < len(want) {
			wanted = want[i]
		}
		kept = append(kept, ownPart(item, wanted, memoryOf(item, written)))
	}
	return kept
}

// memoryOf finds the memory of an item: the entry whose keys have the item's values.
func memoryOf(item any, written map[string]any) map[string]any {
	fields, ok := item.(map[string]any)
	if !ok {
		return nil
	}
	for name, memory := range written {
		text, isKey := strings.CutPrefix(name, "k:")
		var key map[string]any
		if !isKey || json.Unmarshal([]byte(text), &key) != nil {
			continue
		}
		if matchesKey(fields, key) {
			found, _ := memory.(map[string]any)
			return found
		}
	}
	return nil
}

func matchesKey(fields, key map[string]any) bool {
	for name, value := range key {
		have, err := json.Marshal(fields[name])
		want, err2 := json.Marshal(value)
		if err != nil || err2 != nil || string(have) != string(want) {
			return false
		}
	}
	return true
}
