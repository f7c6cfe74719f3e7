package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/builtin"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/manifest"
)

// A command reads a namespace in one go: these keep client-go from spreading it over seconds.
const (
	queriesPerSecond = 50
	queryBurst       = 300
)

// clusterReader reads namespaces from a cluster.
type clusterReader struct {
	client    client.Client
	discovery discovery.DiscoveryInterface
	// kinds that Kubemate generates and the cluster serves.
	kinds []schema.GroupVersionKind
	into  *manifest.Objects
}

// readCluster reads the namespaces, and lays the custom resources of the files over them.
func (o *planOptions) readCluster(ctx context.Context, drivers builtin.Drivers) (planInput, error) {
	defaultNamespace, _, err := o.cluster.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return planInput{}, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	files, err := o.readFiles(defaultNamespace)
	if err != nil {
		return planInput{}, err
	}
	reader, err := o.connect()
	if err != nil {
		return planInput{}, err
	}
	served, err := load.Served(reader.discovery, drivers.Kinds())
	if err != nil {
		return planInput{}, err
	}
	for _, kind := range drivers.Kinds() {
		if served[kind] {
			reader.kinds = append(reader.kinds, kind)
		}
	}
	names, err := o.namespaces(ctx, reader, files, defaultNamespace)
	if err != nil {
		return planInput{}, err
	}
	for _, name := range names {
		if err := reader.namespace(ctx, name); err != nil {
			return planInput{}, err
		}
	}
	if err := reader.operatorNamespace(ctx, o.operator, names); err != nil {
		return planInput{}, err
	}
	if err := reader.profilesElsewhere(ctx, names); err != nil {
		return planInput{}, err
	}
	if err := reader.injector(ctx, drivers.Injector(), names); err != nil {
		return planInput{}, err
	}
	if err := reader.takeovers(ctx, drivers, names); err != nil {
		return planInput{}, err
	}
	reader.into.Overlay(files, metav1.Now())
	return planInput{objects: reader.into, drivers: drivers, served: served, names: names}, nil
}

func (o *planOptions) connect() (*clusterReader, error) {
	config, err := o.cluster.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	config.QPS, config.Burst = queriesPerSecond, queryBurst
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, discoveryv1.AddToScheme, networkingv1.AddToScheme, v1alpha1.AddToScheme, builtin.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	reader := &clusterReader{into: manifest.New()}
	if reader.client, err = client.New(config, client.Options{Scheme: scheme}); err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	if reader.discovery, err = discovery.NewDiscoveryClientForConfig(config); err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	return reader, nil
}

// namespaces are those to plan: all, those of the files, or the current one.
func (o *planOptions) namespaces(ctx context.Context, reader *clusterReader, files *manifest.Objects, current string) ([]string, error) {
	if !o.allNamespaces {
		if names := files.Names(); len(names) > 0 {
			return names, nil
		}
		return []string{current}, nil
	}
	names := map[string]bool{}
	for _, name := range files.Names() {
		names[name] = true
	}
	for _, list := range []client.ObjectList{
		&v1alpha1.CanaryReleaseList{}, &v1alpha1.MeshPolicyList{}, &v1alpha1.IngressProfileList{}, &v1alpha1.EgressProfileList{},
	} {
		if err := reader.each(ctx, list, func(object client.Object) { names[object.GetNamespace()] = true }); err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(names)), nil
}

// kindServer is a kind of Linkerd's that guards pods.
const kindServer = "Server"

// namespace reads all that a plan of one namespace looks at.
func (r *clusterReader) namespace(ctx context.Context, name string) error {
	var namespace corev1.Namespace
	if err := r.client.Get(ctx, client.ObjectKey{Name: name}, &namespace); err != nil {
		return fmt.Errorf("reading namespace %s: %w", name, err)
	}
	r.into.Add(&namespace)
	for _, list := range []client.ObjectList{
		&v1alpha1.CanaryReleaseList{}, &v1alpha1.MeshPolicyList{}, &v1alpha1.IngressProfileList{}, &v1alpha1.EgressProfileList{},
		&corev1.ServiceList{}, &appsv1.DeploymentList{}, &appsv1.StatefulSetList{}, &appsv1.DaemonSetList{}, &discoveryv1.EndpointSliceList{},
		&networkingv1.NetworkPolicyList{},
	} {
		if err := r.each(ctx, list, r.into.Add, client.InNamespace(name)); err != nil {
			return err
		}
	}
	for _, kind := range r.kinds {
		if kind == corev1.SchemeGroupVersion.WithKind("Service") || kind == networkingv1.SchemeGroupVersion.WithKind("NetworkPolicy") {
			continue // read already
		}
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(kind.GroupVersion().WithKind(kind.Kind + "List"))
		options := []client.ListOption{client.InNamespace(name)}
		if kind.Kind != kindServer { // those of others matter, too
			options = append(options, client.MatchingLabels{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy})
		}
		if err := r.each(ctx, list, r.into.Add, options...); err != nil {
			return err
		}
	}
	return nil
}

// typed lists objects of a kind as their type.
func (r *clusterReader) typed(ctx context.Context, kind schema.GroupVersionKind, do func(client.Object), options ...client.ListOption) error {
	made, err := r.client.Scheme().New(kind.GroupVersion().WithKind(kind.Kind + "List"))
	if err != nil {
		return fmt.Errorf("making a list of %s: %w", kind, err)
	}
	list, ok := made.(client.ObjectList)
	if !ok {
		return fmt.Errorf("making a list of %s: %T is no list", kind, made)
	}
	return r.each(ctx, list, do, options...)
}

// each lists objects and hands them over one by one. What the cluster does not serve is an empty list.
func (r *clusterReader) each(ctx context.Context, list client.ObjectList, do func(client.Object), options ...client.ListOption) error {
	err := r.client.List(ctx, list, options...)
	if meta.IsNoMatchError(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading from the cluster: %w", err)
	}
	return meta.EachListItem(list, func(item runtime.Object) error {
		object, ok := item.(client.Object)
		if !ok {
			return fmt.Errorf("reading from the cluster: %T is no object", item)
		}
		if kinds, _, err := r.client.Scheme().ObjectKinds(item); err == nil && len(kinds) == 1 {
			object.GetObjectKind().SetGroupVersionKind(kinds[0])
		}
		do(object)
		return nil
	})
}
