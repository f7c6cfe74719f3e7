package manifest

import (
	"fmt"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// Read reads sources. Objects that name no namespace are put into the default one. What cannot be read is a problem, and the rest is read.
func Read(definitions *Definitions, defaultNamespace string, sources ...Source) *Objects {
	r := reader{definitions: definitions, defaultNamespace: defaultNamespace, out: New()}
	for _, source := range sources {
		for _, document := range source.documents() {
			object, err := document.decode()
			if err != nil {
				position, message := document.complain(err)
				r.out.Problems = append(r.out.Problems, Problem{
					Problem: model.Problem{Reason: v1alpha1.ReasonInvalid, Message: message}, Position: position,
				})
				continue
			}
			if object != nil {
				r.read(place{document: document}, &unstructured.Unstructured{Object: object})
			}
		}
	}
	return r.out
}

// place is where an object stands: a document, and for items of a List the path within it.
type place struct {
	document document
	path     string
}

func (p place) locate(path string) Position {
	if p.document.file == "" {
		return Position{}
	}
	return p.document.locate(strings.Trim(p.path+"."+path, "."))
}

type reader struct {
	definitions      *Definitions
	defaultNamespace string
	out              *Objects
}

func (r *reader) problem(at place, origin model.Origin, message string) {
	r.out.Problems = append(r.out.Problems, Problem{
		Problem:  model.Problem{Origin: origin, Reason: v1alpha1.ReasonInvalid, Message: message},
		Position: at.locate(origin.Path),
	})
}

// read reads one object, or the items of a List.
func (r *reader) read(at place, object *unstructured.Unstructured) {
	if object.IsList() && strings.HasSuffix(object.GetKind(), "List") {
		r.readList(at, object)
		return
	}
	kind := object.GroupVersionKind()
	origin := model.Origin{Kind: kind.Kind, Name: object.GetName()}
	if kind.Kind == "" || kind.Version == "" || object.GetName() == "" {
		r.problem(at, origin, "the document is no Kubernetes object: it needs apiVersion, kind and metadata.name")
		return
	}
	if object.GetNamespace() == "" && kind.GroupKind() != (schema.GroupKind{Kind: "Namespace"}) {
		object.SetNamespace(r.defaultNamespace)
	}
	typed := newTyped(kind)
	switch {
	case kind.Group == v1alpha1.GroupName && !r.valid(at, origin, object):
		return
	case typed == nil:
		r.out.Add(object)
		return
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, typed); err != nil {
		r.problem(at, origin, "reading the object: "+err.Error())
		return
	}
	typed.GetObjectKind().SetGroupVersionKind(kind)
	r.keep(at, origin, typed)
}

func (r *reader) readList(at place, list *unstructured.Unstructured) {
	items, _, err := unstructured.NestedSlice(list.Object, "items")
	if err != nil {
		r.problem(at, model.Origin{Kind: list.GetKind()}, "reading the list: "+err.Error())
		return
	}
	for i, item := range items {
		inside := place{document: at.document, path: strings.Trim(at.path+".items["+strconv.Itoa(i)+"]", ".")}
		object, ok := item.(map[string]any)
		if !ok {
			r.problem(inside, model.Origin{Kind: list.GetKind()}, fmt.Sprintf("the item is no object but a %T", item))
			continue
		}
		r.read(inside, &unstructured.Unstructured{Object: object})
	}
}

// keep adds an object, unless one of the same kind and name was read before.
func (r *reader) keep(at place, origin model.Origin, object client.Object) {
	namespace := object.GetNamespace()
	if _, ok := object.(*corev1.Namespace); ok {
		namespace = object.GetName()
	}
	written := r.out.namespace(namespace).written
	if first, twice := written[origin.String()]; twice {
		r.problem(at, origin, "stands twice in these files, first at "+first.locate("").String()+"; remove one")
		return
	}
	written[origin.String()] = at
	r.out.Add(object)
}

// valid checks a custom resource of Kubemate, and completes it with the defaults of its definition.
func (r *reader) valid(at place, origin model.Origin, object *unstructured.Unstructured) bool {
	kind := object.GroupVersionKind()
	definition := r.definitions.byKind[kind.Kind+" "+kind.Version]
	if definition == nil {
		r.problem(at, model.Origin{Kind: origin.Kind, Name: origin.Name, Path: "apiVersion"}, "there is no kind "+kind.Kind+" of version "+kind.GroupVersion().String()+
			"; this program knows "+v1alpha1.GroupVersion.String())
		return false
	}
	namespace := object.GetNamespace()
	complaints := definition.check(object)
	for _, c := range complaints {
		r.problem(at, model.Origin{Kind: origin.Kind, Name: origin.Name, Path: c.path}, c.message)
		r.out.Problems[len(r.out.Problems)-1].Namespace = namespace
	}
	return len(complaints) == 0
}

// newTyped makes an empty object of a kind that Kubemate looks at. Nil: it does not.
func newTyped(kind schema.GroupVersionKind) client.Object {
	switch kind {
	case v1alpha1.GroupVersion.WithKind(v1alpha1.KindCanaryRelease):
		return &v1alpha1.CanaryRelease{}
	case v1alpha1.GroupVersion.WithKind(v1alpha1.KindMeshPolicy):
		return &v1alpha1.MeshPolicy{}
	case v1alpha1.GroupVersion.WithKind(v1alpha1.KindIngressProfile):
		return &v1alpha1.IngressProfile{}
	case v1alpha1.GroupVersion.WithKind(v1alpha1.KindEgressProfile):
		return &v1alpha1.EgressProfile{}
	case v1alpha1.GroupVersion.WithKind(v1alpha1.KindHostClaim):
		return &v1alpha1.HostClaim{}
	case corev1.SchemeGroupVersion.WithKind("Service"):
		return &corev1.Service{}
	case corev1.SchemeGroupVersion.WithKind("Namespace"):
		return &corev1.Namespace{}
	case appsv1.SchemeGroupVersion.WithKind("Deployment"):
		return &appsv1.Deployment{}
	case appsv1.SchemeGroupVersion.WithKind("StatefulSet"):
		return &appsv1.StatefulSet{}
	case appsv1.SchemeGroupVersion.WithKind("DaemonSet"):
		return &appsv1.DaemonSet{}
	case networkingv1.SchemeGroupVersion.WithKind("NetworkPolicy"):
		return &networkingv1.NetworkPolicy{}
	case discoveryv1.SchemeGroupVersion.WithKind("EndpointSlice"):
		return &discoveryv1.EndpointSlice{}
	}
	return nil
}
