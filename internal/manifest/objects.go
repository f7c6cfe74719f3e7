package manifest

import (
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/model"
)

// Objects are what manifests hold, by namespace.
type Objects struct {
	// Problems of documents and of custom resources that the API server would refuse; those are left out of everything else.
	Problems []Problem
	// Ignored counts the objects that Kubemate does not look at, by kind.
	Ignored map[string]int
	// MissingInjector is the name of the MutatingWebhookConfiguration that is known not to be there. Empty: it is, or nobody has looked.
	MissingInjector string
	// Takeovers of Services by objects of others, in any order and of any namespace.
	Takeovers []model.Takeover

	namespaces map[string]*contents
}

// Problem is a problem of an object, and where to find the object.
type Problem struct {
	model.Problem
	// Namespace of the object. Empty: not known.
	Namespace string
	Position  Position
}

// contents are the objects of one namespace, by name.
type contents struct {
	// object is the Namespace itself. Nil: it is not there.
	object      *corev1.Namespace
	releases    map[string]*v1alpha1.CanaryRelease
	policies    map[string]*v1alpha1.MeshPolicy
	profiles    map[string]*v1alpha1.IngressProfile
	egresses    map[string]*v1alpha1.EgressProfile
	claims      map[string]*v1alpha1.HostClaim
	services    map[string]*corev1.Service
	deployments map[string]*appsv1.Deployment
	// statefulSets and daemonSets make pods, too.
	statefulSets map[string]*appsv1.StatefulSet
	daemonSets   map[string]*appsv1.DaemonSet
	slices       map[string]*discoveryv1.EndpointSlice
	networks     map[string]*networkingv1.NetworkPolicy
	// standing are objects that Kubemate generated earlier.
	standing []client.Object
	// foreign are objects of others that guard pods.
	foreign []client.Object
	// written are documents by "KIND/NAME", to find the line of a problem.
	written     map[string]place
	assumptions []string
}

// New makes an empty set of objects.
func New() *Objects {
	return &Objects{Ignored: map[string]int{}, namespaces: map[string]*contents{}}
}

// Names of the namespaces that hold anything, sorted.
func (o *Objects) Names() []string { return slices.Sorted(maps.Keys(o.namespaces)) }

// namespace finds or begins a namespace.
func (o *Objects) namespace(name string) *contents {
	if found := o.namespaces[name]; found != nil {
		return found
	}
	made := &contents{
		releases: map[string]*v1alpha1.CanaryRelease{}, policies: map[string]*v1alpha1.MeshPolicy{}, profiles: map[string]*v1alpha1.IngressProfile{},
		egresses: map[string]*v1alpha1.EgressProfile{}, claims: map[string]*v1alpha1.HostClaim{},
		services: map[string]*corev1.Service{}, deployments: map[string]*appsv1.Deployment{}, slices: map[string]*discoveryv1.EndpointSlice{},
		statefulSets: map[string]*appsv1.StatefulSet{}, daemonSets: map[string]*appsv1.DaemonSet{},
		networks: map[string]*networkingv1.NetworkPolicy{},
		written:  map[string]place{},
	}
	o.namespaces[name] = made
	return made
}

// Add puts an object to the others; one of the same kind and name is replaced. Kinds that Kubemate does not look at are counted.
func (o *Objects) Add(object client.Object) {
	if namespace, ok := object.(*corev1.Namespace); ok {
		o.namespace(namespace.Name).object = namespace
		return
	}
	if load.Ours(object) {
		held := o.namespace(object.GetNamespace())
		held.standing = append(held.standing, object)
		return
	}
	if _, foreign := load.ForeignGuard(object); foreign || load.ForeignCapture(object) {
		held := o.namespace(object.GetNamespace())
		held.foreign = append(held.foreign, object)
		return
	}
	if !o.addCustom(object) {
		o.addPlain(object)
	}
}

// addCustom adds a custom resource of Kubemate. False: it is none.
func (o *Objects) addCustom(object client.Object) bool {
	name := object.GetName()
	switch object := object.(type) {
	case *v1alpha1.CanaryRelease:
		o.namespace(object.Namespace).releases[name] = object
	case *v1alpha1.MeshPolicy:
		o.namespace(object.Namespace).policies[name] = object
	case *v1alpha1.IngressProfile:
		o.namespace(object.Namespace).profiles[name] = object
	case *v1alpha1.EgressProfile:
		o.namespace(object.Namespace).egresses[name] = object
	case *v1alpha1.HostClaim:
		o.namespace(object.Namespace).claims[name] = object
	default:
		return false
	}
	return true
}

// addPlain adds an object of Kubernetes itself.
func (o *Objects) addPlain(object client.Object) {
	name := object.GetName()
	switch object := object.(type) {
	case *corev1.Service:
		o.namespace(object.Namespace).services[name] = object
	case *appsv1.Deployment:
		o.namespace(object.Namespace).deployments[name] = object
	case *appsv1.StatefulSet:
		o.namespace(object.Namespace).statefulSets[name] = object
	case *appsv1.DaemonSet:
		o.namespace(object.Namespace).daemonSets[name] = object
	case *networkingv1.NetworkPolicy:
		o.namespace(object.Namespace).networks[name] = object
	case *discoveryv1.EndpointSlice:
		o.namespace(object.Namespace).slices[name] = object
	default:
		o.Ignored[object.GetObjectKind().GroupVersionKind().Kind]++
	}
}

// Locate completes a problem of a namespace's object with the place where the object is written.
func (o *Objects) Locate(namespace string, problem model.Problem) Problem {
	located := Problem{Problem: problem, Namespace: namespace}
	if held := o.namespaces[namespace]; held != nil {
		located.Position = held.written[problem.Origin.String()].locate(problem.Origin.Path)
	}
	return located
}

// sorted lists the values of a map by their keys.
func sorted[T any](byName map[string]T) []T {
	values := make([]T, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		values = append(values, byName[name])
	}
	return values
}
