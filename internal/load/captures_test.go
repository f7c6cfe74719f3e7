package load

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// wayOut is something that says what pods may call outside of the cluster.
type wayOut struct{ corev1.ConfigMap }

func (*wayOut) Captures() {}

func TestCapturesOfOthersAreFoundByName(t *testing.T) {
	foreign, ours := &wayOut{}, &wayOut{}
	foreign.Name, ours.Name = "legacy", "egress"
	ours.Labels = map[string]string{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy, v1alpha1.LabelGroup: "outside"}
	ours.Annotations = map[string]string{v1alpha1.AnnotationOrigins: "MeshPolicy/mesh"}
	plain := &unstructured.Unstructured{Object: map[string]any{"kind": "EgressNetwork", "spec": map[string]any{"trafficPolicy": "Deny"}}}
	plain.SetName("file")
	other := &unstructured.Unstructured{Object: map[string]any{"kind": "DestinationRule", "spec": map[string]any{"trafficPolicy": map[string]any{}}}}
	got := ForeignCaptures([]client.Object{plain, foreign, ours, other, plain, &corev1.ConfigMap{}})
	if want := []string{"file", "legacy"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	if !reflect.DeepEqual(groupKeys(foreign), []string{foreignCaptures}) || !reflect.DeepEqual(groupKeys(ours), []string{everyGroup, "outside"}) {
		t.Errorf("found under %v and %v", groupKeys(foreign), groupKeys(ours))
	}
}
