package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/restart"
)

// RestartFieldManager is the field manager of marks, and of annotations that policies want, in pod templates.
const RestartFieldManager = "kubemate-restart"

// Restarts restarts workloads by a mark in their pod template, and by annotations that go with it. The same again restarts nothing.
type Restarts struct{ client Client }

// NewRestarts makes Restarts.
func NewRestarts(to Client) *Restarts { return &Restarts{to} }

// Restart restarts a workload, if it is still the same one. What an earlier restart wrote and this one does not is taken back. Without force: a value of
// somebody else is not overruled.
func (r *Restarts) Restart(ctx context.Context, namespace string, step restart.Step) error {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	annotations := map[string]any{v1alpha1.AnnotationRestarted: step.Mark}
	for key, value := range step.Workload.Annotations {
		annotations[key] = value
	}
	if len(step.Workload.Annotations) > 0 {
		annotations[v1alpha1.AnnotationBorrowed] = strings.Join(slices.Sorted(maps.Keys(step.Workload.Annotations)), ",")
	}
	marked := map[string]any{"metadata": map[string]any{"annotations": annotations}}
	object := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"template": marked}}}
	object.SetAPIVersion("apps/v1")
	object.SetKind(step.Workload.Kind)
	object.SetNamespace(namespace)
	object.SetName(step.Workload.Name)
	object.SetUID(step.Workload.UID)
	if err := r.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(object), client.FieldOwner(RestartFieldManager)); err != nil {
		return fmt.Errorf("restarting %s of namespace %s: %w", step.Workload, namespace, err)
	}
	written(step.Workload.Kind, "restart")
	return nil
}
