package load

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/census"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/restart"
)

// View is one namespace: what is wanted of it and what stands there.
type View struct {
	compose.Snapshot
	Live Live
	// Pods of the namespace, with what new ones would get. Nil: they are not counted.
	Pods *census.Pods
	// Sets make the pods.
	Sets restart.Sets
}

// Live is what stands in a namespace of what Kubemate wrote.
type Live struct {
	// Objects that were generated, of all kinds that can be read.
	Objects []client.Object
	// Borrowers are objects that users own and that carry annotations of Kubemate.
	Borrowers []client.Object
}

// Drivers are the names of the drivers that emitted the standing objects.
func (l Live) Drivers() map[string]bool {
	names := map[string]bool{}
	for _, object := range l.Objects {
		names[object.GetLabels()[v1alpha1.LabelDriver]] = true
	}
	return names
}

// Empty says whether nothing is wanted of the namespace and nothing of Kubemate stands in it.
func (v *View) Empty() bool {
	return len(v.Releases)+len(v.Policies)+len(v.Profiles)+len(v.Egresses)+len(v.Live.Objects)+len(v.Live.Borrowers) == 0
}

// Namespace reads a namespace. Nil: there is none, or it is being deleted.
func (r *Reader) Namespace(ctx context.Context, name string) (*View, error) {
	var namespace corev1.Namespace
	if err := r.cache.Get(ctx, client.ObjectKey{Name: name}, &namespace); err != nil {
		if client.IgnoreNotFound(err) == nil {
			return nil, nil
		}
		return nil, fmt.Errorf("reading namespace %s: %w", name, err)
	}
	if !namespace.DeletionTimestamp.IsZero() {
		return nil, nil
	}
	killSwitch, err := r.KillSwitch(ctx, name)
	if err != nil {
		return nil, err
	}
	view := &View{Snapshot: compose.Snapshot{
		Namespace: name, Gateways: r.config.Gateways, Reservations: r.config.Reservations, KillSwitch: killSwitch, InjectionAllowed: r.config.InjectionAllowed,
		RestartsAllowed: r.config.RestartsAllowed, MeshNamespace: r.config.MeshNamespace, OperatorNamespace: r.config.OperatorNamespace,
		ClusterNetworks: r.config.ClusterNetworks, Reachable: r.config.Reachable,
	}}
	if err := r.intents(ctx, view); err != nil {
		return nil, err
	}
	if err := r.live(ctx, view, &namespace); err != nil {
		return nil, err
	}
	if view.Empty() {
		return view, nil
	}
	if err := r.surroundings(ctx, view); err != nil {
		return nil, err
	}
	return view, r.pods(ctx, view, &namespace)
}

// intents reads the custom resources.
func (r *Reader) intents(ctx context.Context, view *View) error {
	var releases v1alpha1.CanaryReleaseList
	var policies v1alpha1.MeshPolicyList
	var profiles v1alpha1.IngressProfileList
	var egresses v1alpha1.EgressProfileList
	for _, list := range []client.ObjectList{&releases, &policies, &profiles, &egresses} {
		if err := r.cache.List(ctx, list, client.InNamespace(view.Namespace)); err != nil {
			return fmt.Errorf("listing the custom resources of namespace %s: %w", view.Namespace, err)
		}
	}
	view.Releases = standing(releases.Items)
	view.Policies = standing(policies.Items)
	view.Profiles = standing(profiles.Items)
	view.Egresses = standing(egresses.Items)
	if err := r.claims(ctx, view); err != nil {
		return err
	}
	return r.strangers(ctx, view)
}

// live reads what Kubemate wrote.
func (r *Reader) live(ctx context.Context, view *View, namespace *corev1.Namespace) error {
	objects, err := r.Group(ctx, view.Namespace, everyGroup)
	if err != nil {
		return err
	}
	view.Live.Objects = objects
	view.Retained = Retained(objects)
	if Borrows(namespace) {
		namespace.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
		view.Live.Borrowers = append(view.Live.Borrowers, namespace)
	}
	var services corev1.ServiceList
	if err := r.cache.List(ctx, &services, client.InNamespace(view.Namespace), client.MatchingFields{indexBorrowed: everyGroup}); err != nil {
		return fmt.Errorf("listing the Services of namespace %s that carry annotations: %w", view.Namespace, err)
	}
	for i := range services.Items {
		services.Items[i].SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Service"))
		view.Live.Borrowers = append(view.Live.Borrowers, &services.Items[i])
	}
	return nil
}

// surroundings reads what the intents are about.
func (r *Reader) surroundings(ctx context.Context, view *View) error {
	var services corev1.ServiceList
	var slices discoveryv1.EndpointSliceList
	for _, list := range []client.ObjectList{&services, &slices} {
		if err := r.cache.List(ctx, list, client.InNamespace(view.Namespace)); err != nil {
			return fmt.Errorf("listing what the custom resources of namespace %s are about: %w", view.Namespace, err)
		}
	}
	view.LeafSelectors = map[string]map[string]string{}
	for i := range services.Items {
		service := &services.Items[i]
		if Ours(service) {
			view.LeafSelectors[service.Name] = service.Spec.Selector
			continue
		}
		view.Services = append(view.Services, service)
	}
	view.Guarding = Guarding(view.Live.Objects, view.Services)
	foreign, err := r.Group(ctx, view.Namespace, foreignGuards)
	if err != nil {
		return err
	}
	view.ForeignGuards = ForeignGuards(foreign)
	captures, err := r.Group(ctx, view.Namespace, foreignCaptures)
	if err != nil {
		return err
	}
	view.ForeignCaptures = ForeignCaptures(captures)
	if err := r.workloads(ctx, view); err != nil {
		return err
	}
	view.Endpoints = CountEndpoints(slices.Items)
	for _, read := range []func(context.Context, *View) error{r.takeovers, r.beforeInjection, r.gatewayAddresses} {
		if err := read(ctx, view); err != nil {
			return err
		}
	}
	return nil
}

// workloads reads what makes pods.
func (r *Reader) workloads(ctx context.Context, view *View) error {
	var deployments appsv1.DeploymentList
	var stateful appsv1.StatefulSetList
	var daemons appsv1.DaemonSetList
	for _, list := range []client.ObjectList{&deployments, &stateful, &daemons} {
		if err := r.cache.List(ctx, list, client.InNamespace(view.Namespace)); err != nil {
			return fmt.Errorf("listing what makes the pods of namespace %s: %w", view.Namespace, err)
		}
	}
	view.Deployments, view.StatefulSets, view.DaemonSets = pointers(deployments.Items), pointers(stateful.Items), pointers(daemons.Items)
	view.Sets = restart.Sets{Deployments: view.Deployments, StatefulSets: view.StatefulSets, DaemonSets: view.DaemonSets}
	return nil
}

// pointers to the items of a list.
func pointers[T any](items []T) []*T {
	all := make([]*T, len(items))
	for i := range items {
		all[i] = &items[i]
	}
	return all
}

// standing leaves out what is being deleted.
func standing[T any, P interface {
	*T
	client.Object
}](items []T) []P {
	kept := make([]P, 0, len(items))
	for i := range items {
		if item := P(&items[i]); item.GetDeletionTimestamp().IsZero() {
			kept = append(kept, item)
		}
	}
	return kept
}
