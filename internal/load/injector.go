package load

import (
	"context"
	"fmt"
	"slices"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// foreignNetworks are found under indexGroup: NetworkPolicies of others.
const foreignNetworks = "!network"

// NewInjector is an empty MutatingWebhookConfiguration, of which the metadata of one, by its name, is watched.
func NewInjector() *metav1.PartialObjectMetadata {
	metadata := &metav1.PartialObjectMetadata{}
	metadata.SetGroupVersionKind(admissionregistrationv1.SchemeGroupVersion.WithKind("MutatingWebhookConfiguration"))
	return metadata
}

// Injector is the name of the MutatingWebhookConfiguration that is watched. Empty: none is, the operator has nothing to do with injection.
func (r *Reader) Injector() string {
	if !r.config.InjectionAllowed {
		return ""
	}
	return r.config.Injector
}

// Injected are the namespaces whose policies say whether pods get proxies.
func (r *Reader) Injected(ctx context.Context) ([]string, error) {
	var policies v1alpha1.MeshPolicyList
	if err := r.cache.List(ctx, &policies); err != nil {
		return nil, fmt.Errorf("listing the MeshPolicies of the cluster: %w", err)
	}
	var namespaces []string
	for i := range policies.Items {
		if policies.Items[i].Spec.Injection != nil {
			namespaces = append(namespaces, policies.Items[i].Namespace)
		}
	}
	slices.Sort(namespaces)
	return slices.Compact(namespaces), nil
}

// beforeInjection reads what may go wrong once pods have proxies, where a policy asks for them.
func (r *Reader) beforeInjection(ctx context.Context, view *View) error {
	if r.Injector() == "" || !slices.ContainsFunc(view.Policies, func(policy *v1alpha1.MeshPolicy) bool { return policy.Spec.Injection != nil }) {
		return nil
	}
	err := r.cache.Get(ctx, client.ObjectKey{Name: r.Injector()}, NewInjector())
	switch {
	case apierrors.IsNotFound(err):
		view.MissingInjector = r.Injector()
	case err != nil:
		return fmt.Errorf("reading MutatingWebhookConfiguration %s: %w", r.Injector(), err)
	}
	objects, err := r.Group(ctx, view.Namespace, foreignNetworks)
	if err != nil {
		return err
	}
	view.NetworkPolicies = ForeignNetworks(objects)
	return nil
}

// ForeignNetworks are the NetworkPolicies of others among objects.
func ForeignNetworks(objects []client.Object) []*networkingv1.NetworkPolicy {
	var found []*networkingv1.NetworkPolicy
	for _, object := range objects {
		if policy, ok := object.(*networkingv1.NetworkPolicy); ok && !Ours(policy) {
			found = append(found, policy)
		}
	}
	return found
}
