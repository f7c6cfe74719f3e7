package cli

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/builtin"
	"github.com/kubemate/kubemate/internal/load"
)

// operatorNamespace reads the Namespace that has the kill switch of the cluster. Who may not look there is told that it is not known.
func (r *clusterReader) operatorNamespace(ctx context.Context, name string, planned []string) error {
	var namespace corev1.Namespace
	err := r.client.Get(ctx, client.ObjectKey{Name: name}, &namespace)
	switch {
	case err == nil:
		r.into.Add(&namespace)
	case apierrors.IsForbidden(err):
		for _, one := range planned {
			r.into.Assume(one, "the kill switch of the cluster is off: you may not read the namespace "+name)
		}
	case !apierrors.IsNotFound(err):
		return fmt.Errorf("reading the kill switch of the cluster: %w", err)
	}
	return nil
}

// injector looks whether the webhook is there by which pods get proxies. Who may not look is told that it is taken to be.
func (r *clusterReader) injector(ctx context.Context, name string, planned []string) error {
	if name == "" {
		return nil
	}
	err := r.client.Get(ctx, client.ObjectKey{Name: name}, load.NewInjector())
	switch {
	case apierrors.IsForbidden(err):
		for _, one := range planned {
			r.into.Assume(one, "the mesh's injector is installed: you may not read the MutatingWebhookConfiguration "+name)
		}
	case apierrors.IsNotFound(err):
		r.into.MissingInjector = name
	case err != nil:
		return fmt.Errorf("looking for the injector of the mesh: %w", err)
	}
	return nil
}

// profilesElsewhere reads who else claims hosts. Who may not look there is told that hosts of other namespaces are not known.
func (r *clusterReader) profilesElsewhere(ctx context.Context, planned []string) error {
	err := r.each(ctx, &v1alpha1.IngressProfileList{}, func(profile client.Object) {
		if !slices.Contains(planned, profile.GetNamespace()) {
			r.into.Add(profile)
		}
	})
	if err == nil {
		err = r.each(ctx, &v1alpha1.HostClaimList{}, r.into.Add)
	}
	if !apierrors.IsForbidden(err) {
		return err
	}
	for _, name := range planned {
		r.into.Assume(name, "no IngressProfile of another namespace has these hosts: you may not list these, or the HostClaims")
	}
	return nil
}

// takeovers reads which Services objects of others take away from what is planned. Those elsewhere are for callers there; who may not look there is told that
// they are not known.
func (r *clusterReader) takeovers(ctx context.Context, drivers builtin.Drivers, planned []string) error {
	for _, kind := range drivers.TakingKinds() {
		if !slices.Contains(r.kinds, kind) {
			continue
		}
		note := func(object client.Object) {
			if taken, takes := drivers.TakesOver(object); takes && !load.Ours(object) {
				r.into.Takeovers = append(r.into.Takeovers, taken)
			}
		}
		err := r.typed(ctx, kind, note)
		if !apierrors.IsForbidden(err) {
			if err != nil {
				return err
			}
			continue
		}
		for _, name := range planned {
			if err := r.typed(ctx, kind, note, client.InNamespace(name)); err != nil {
				return err
			}
			r.into.Assume(name, "no "+kind.Kind+" of another namespace takes over a Service of this one: you may not list those")
		}
	}
	return nil
}
