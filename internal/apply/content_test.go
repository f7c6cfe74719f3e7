package apply

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubemate/kubemate/internal/driver"
)

// What is written is read by the controller, too, which finds out from the plan who carries a release.
func TestManifestLeavesThePlanAlone(t *testing.T) {
	planned := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"namespace": "shop", "name": "orders", "labels": map[string]any{"a": "b"}, "creationTimestamp": nil},
		"data":     map[string]any{"list": []any{}, "key": "value"}, "status": map[string]any{},
	}}
	before := runtime.DeepCopyJSON(planned.Object)
	object, err := newWanted(driver.Object{Object: planned})
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := object.manifest()
	if err != nil {
		t.Fatal(err)
	}
	if manifest.GetAnnotations() == nil {
		t.Error("the manifest has no annotation")
	}
	if !same(planned.Object, before) || planned.GetAnnotations() != nil {
		t.Errorf("the planned object has become %v", planned.Object)
	}
}
