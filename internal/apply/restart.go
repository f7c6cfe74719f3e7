package apply

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/restart"
)

// RestartFieldManager is the field manager of marks in pod templates.
const RestartFieldManager = "kubemate-restart"

// Restarts restarts workloads by a mark in their pod template. The same mark again restarts nothing.
type Restarts struct{ client Client }

// NewRestarts makes Restarts.
func NewRestarts(to Client) *Restarts { return &Restarts{to} }

// Restart restarts a workload, if it is still the same one.
func (r *Restarts) Restart(ctx context.Context, namespace string, step restart.Step) error {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	marked := map[string]any{"metadata": map[string]any{"annotations": map[string]any{v1alpha1.AnnotationRestarted: step.Mark}}}
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
