package apply

import (
	"encoding/json"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/load"
)

// trimFieldManager owns what a trim leaves behind. Another one than the apply's: what an apply no longer names must go, and that works only
// for fields that nobody else holds.
const trimFieldManager = "kubemate-trim"

// additions finds what others have added to an object that is ours, outside of its metadata: an apply leaves that in place, though it may
// change what the object means. The result is a merge patch without it. Nil: nothing was added.
func additions(manifest map[string]any, live client.Object) (map[string]any, error) {
	var foreign []map[string]any
	for _, entry := range live.GetManagedFields() {
		if entry.Manager == load.FieldManager || entry.Subresource != "" || entry.FieldsV1 == nil {
			continue
		}
		fields, err := fieldsOf(entry)
		if err != nil {
			return nil, fmt.Errorf("reading which fields of %s %s holds: %w", refOf(live), entry.Manager, err)
		}
		foreign = append(foreign, fields)
	}
	if len(foreign) == 0 {
		return nil, nil
	}
	standing, err := contentOf(live)
	if err != nil {
		return nil, err
	}
	patch := map[string]any{}
	for _, fields := range foreign {
		trim(patch, fields, manifest, standing)
	}
	if len(patch) == 0 {
		return nil, nil
	}
	return patch, nil
}

// fieldsOf are the fields that an entry holds, without those that are nobody's business.
func fieldsOf(entry metav1.ManagedFieldsEntry) (map[string]any, error) {
	var fields map[string]any
	if err := json.Unmarshal(entry.FieldsV1.GetRawBytes(), &fields); err != nil {
		return nil, err
	}
	for _, kept := range []string{"f:metadata", "f:status", "f:apiVersion", "f:kind"} {
		delete(fields, kept)
	}
	return fields, nil
}

// trim adds to a patch what removes the fields that are not wanted. Fields that are wanted, too, have the wanted value: an apply has seen to it.
func trim(patch, fields, wanted, standing map[string]any) {
	for key, below := range fields {
		name, isField := strings.CutPrefix(key, "f:")
		if !isField {
			continue
		}
		inner, _ := below.(map[string]any)
		value, isWanted := wanted[name]
		switch want := value.(type) {
		case map[string]any:
			child := map[string]any{}
			have, _ := standing[name].(map[string]any)
			if trim(child, inner, want, have); len(child) > 0 {
				merge(patch, name, child)
			}
		case []any:
			if len(inner) > 0 && !same(standing[name], want) {
				patch[name] = want // elements that others hold: a merge patch replaces the whole list
			}
		default:
			if !isWanted {
				patch[name] = nil
			}
		}
	}
}

// merge puts a patch of a field beside one that is there already.
func merge(patch map[string]any, name string, child map[string]any) {
	before, there := patch[name].(map[string]any)
	if !there {
		patch[name] = child
		return
	}
	for key, value := range child {
		if inner, isMap := value.(map[string]any); isMap {
			merge(before, key, inner)
			continue
		}
		before[key] = value
	}
}
