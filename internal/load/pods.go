package load

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/census"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
)

// SeesPods says whether the operator may see pods.
func (r *Reader) SeesPods() bool { return r.config.InjectionAllowed }

// Counts says whether the pods of a namespace are counted: a policy asks for something that new pods get, and the operator may see pods.
func (r *Reader) Counts(ctx context.Context, namespace string) (bool, error) {
	if !r.SeesPods() {
		return false, nil
	}
	var policies v1alpha1.MeshPolicyList
	if err := r.cache.List(ctx, &policies, client.InNamespace(namespace)); err != nil {
		return false, fmt.Errorf("listing the MeshPolicies of namespace %s: %w", namespace, err)
	}
	for i := range policies.Items {
		if spec := &policies.Items[i].Spec; compose.AnnotatesNamespace(spec) || compose.AnnotatesTemplates(spec) {
			return true, nil
		}
	}
	return false, nil
}

// pods reads the pods of a namespace, and what new ones would get. Nil: they are not counted.
func (r *Reader) pods(ctx context.Context, view *View, namespace *corev1.Namespace) error {
	counted, err := r.Counts(ctx, view.Namespace)
	if err != nil || !counted {
		return err
	}
	var pods corev1.PodList
	if err := r.cache.List(ctx, &pods, client.InNamespace(view.Namespace)); err != nil {
		return fmt.Errorf("listing the pods of namespace %s: %w", view.Namespace, err)
	}
	view.Pods = &census.Pods{
		Templates: view.Sets.Templates(),
		Around:    model.Surroundings{Namespace: view.Namespace, Labels: namespace.Labels, Annotations: namespace.Annotations},
	}
	for i := range pods.Items {
		view.Pods.All = append(view.Pods.All, &pods.Items[i])
	}
	return nil
}
