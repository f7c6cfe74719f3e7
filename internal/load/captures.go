package load

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// capture is an object that says what pods of its namespace may call outside of the cluster.
type capture interface {
	client.Object
	// Captures marks it.
	Captures()
}

// ForeignCapture says whether an object says what pods may call outside of the cluster and is not ours: it says so, or has been read without its type and
// has a policy for such traffic.
func ForeignCapture(object client.Object) bool {
	if Ours(object) {
		return false
	}
	if _, captures := object.(capture); captures {
		return true
	}
	plain, ok := object.(*unstructured.Unstructured)
	if !ok {
		return false
	}
	policy, _, err := unstructured.NestedString(plain.Object, "spec", "trafficPolicy")
	return err == nil && policy != ""
}

// ForeignCaptures are the names of those among objects, sorted.
func ForeignCaptures(objects []client.Object) []string {
	var names []string
	for _, object := range objects {
		if ForeignCapture(object) {
			names = append(names, object.GetName())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
