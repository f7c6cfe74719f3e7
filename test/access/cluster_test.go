package access

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1alpha2 "sigs.k8s.io/gateway-api/apis/v1alpha2"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/driver/linkerd"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/plan"
)

// cluster is an API server in memory whose cache never lags behind, and Linkerd's controller, which accepts routes when it likes. One write of
// a change may fail, and everybody who looks at each version is told.
type cluster struct {
	scheme *runtime.Scheme
	kinds  []schema.GroupVersionKind
	random *rand.Rand
	stored map[apply.Ref]client.Object
	// versions counts writes, writes those of the change at hand, of which the one of number failing fails, answered or not.
	versions, writes, failing int
	lost                      bool
	// silent says that Linkerd's controller has gone.
	silent bool
	// observe is told each version.
	observe func()
}

func newCluster(t *testing.T, random *rand.Rand, kinds []schema.GroupVersionKind) *cluster {
	t.Helper()
	c := &cluster{scheme: runtime.NewScheme(), kinds: kinds, random: random, stored: map[apply.Ref]client.Object{}, observe: func() {}}
	if err := errors.Join(linkerd.AddToScheme(c.scheme), corev1.AddToScheme(c.scheme), networkingv1.AddToScheme(c.scheme)); err != nil {
		t.Fatal(err)
	}
	return c
}

// fails says whether the write at hand fails, and whether it is done all the same.
func (c *cluster) fails() (failed, done bool) {
	c.writes++
	failed = c.writes == c.failing
	return failed, !failed || c.lost
}

var errFailed = errors.New("the answer of the API server is lost")

func (c *cluster) refOf(kind schema.GroupVersionKind, namespace, name string) apply.Ref {
	return apply.Ref{Kind: kind.GroupKind(), Namespace: namespace, Name: name}
}

// Apply creates or replaces.
func (c *cluster) Apply(_ context.Context, config runtime.ApplyConfiguration, _ ...client.ApplyOption) error {
	sent := &unstructured.Unstructured{Object: config.(interface{ UnstructuredContent() map[string]any }).UnstructuredContent()}
	failed, done := c.fails()
	if !done {
		return errFailed
	}
	ref := c.refOf(sent.GroupVersionKind(), sent.GetNamespace(), sent.GetName())
	before := c.stored[ref]
	if before == nil && sent.GetUID() != "" || before != nil && sent.GetResourceVersion() != before.GetResourceVersion() {
		return apierrors.NewConflict(schema.GroupResource{Resource: ref.Kind.Kind}, ref.Name, fmt.Errorf("not the one that was meant"))
	}
	c.versions++
	sent.SetResourceVersion(strconv.Itoa(c.versions))
	sent.SetUID(types.UID("uid-" + strconv.Itoa(c.versions)))
	sent.SetCreationTimestamp(metav1.NewTime(time.Now().Truncate(time.Second)))
	sent.SetManagedFields([]metav1.ManagedFieldsEntry{{Manager: load.FieldManager, Operation: metav1.ManagedFieldsOperationApply}})
	made, err := c.scheme.New(sent.GroupVersionKind())
	if err != nil {
		return err
	}
	typed := made.(client.Object)
	if before != nil {
		sent.SetUID(before.GetUID())
		sent.SetCreationTimestamp(before.GetCreationTimestamp())
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(sent.Object, typed); err != nil {
		return err
	}
	switch route := before.(type) {
	case *v1beta3.HTTPRoute:
		typed.(*v1beta3.HTTPRoute).Status = route.Status
	case *gatewayv1alpha2.TLSRoute:
		typed.(*gatewayv1alpha2.TLSRoute).Status = route.Status
	case *gatewayv1alpha2.TCPRoute:
		typed.(*gatewayv1alpha2.TCPRoute).Status = route.Status
	}
	c.stored[ref] = typed
	c.observe()
	if failed {
		return errFailed
	}
	return nil
}

// Patch is not needed by these tests.
func (c *cluster) Patch(context.Context, client.Object, client.Patch, ...client.PatchOption) error {
	return errors.New("unexpected patch")
}

// Delete deletes.
func (c *cluster) Delete(_ context.Context, object client.Object, _ ...client.DeleteOption) error {
	failed, done := c.fails()
	if done {
		delete(c.stored, c.refOf(object.GetObjectKind().GroupVersionKind(), object.GetNamespace(), object.GetName()))
		c.observe()
	}
	if failed {
		return errFailed
	}
	return nil
}

// Kinds are those of the drivers.
func (c *cluster) Kinds() []schema.GroupVersionKind { return c.kinds }

// Group lists the objects of a group.
func (c *cluster) Group(_ context.Context, namespace, group string) ([]client.Object, error) {
	var found []client.Object
	for _, kind := range c.kinds {
		for ref, object := range c.stored {
			if ref.Kind == kind.GroupKind() && ref.Namespace == namespace && object.GetLabels()[v1alpha1.LabelGroup] == group {
				found = append(found, c.view(kind, object))
			}
		}
	}
	return found, nil
}

// view is an object as a version of its kind shows it.
func (c *cluster) view(kind schema.GroupVersionKind, object client.Object) client.Object {
	if object.GetObjectKind().GroupVersionKind() == kind {
		return object
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		panic(err)
	}
	made, err := c.scheme.New(kind)
	if err != nil {
		panic(err)
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(content, made); err != nil {
		panic(err)
	}
	if server, ok := made.(*v1beta3.Server); ok && server.Spec.AccessPolicy == "" {
		server.Spec.AccessPolicy = "deny" // the default of the definition
	}
	made.GetObjectKind().SetGroupVersionKind(kind)
	return made.(client.Object)
}

// Get reads one object.
func (c *cluster) Get(_ context.Context, kind schema.GroupVersionKind, key client.ObjectKey) (client.Object, error) {
	if object := c.stored[c.refOf(kind, key.Namespace, key.Name)]; object != nil {
		return c.view(kind, object), nil
	}
	return nil, nil
}

func (c *cluster) objects() []client.Object {
	objects := make([]client.Object, 0, len(c.stored))
	for _, object := range c.stored {
		objects = append(objects, object)
	}
	return objects
}

// live is what a reader would find: each object in every version of its kind.
func (c *cluster) live() load.Live {
	var found []client.Object
	for _, kind := range c.kinds {
		for ref, object := range c.stored {
			if ref.Kind == kind.GroupKind() {
				found = append(found, c.view(kind, object))
			}
		}
	}
	return load.Live{Objects: found}
}

// acceptOut is accept of routes for TLS and TCP, whose EgressNetwork stands.
func (c *cluster) acceptOut() {
	for ref, object := range c.stored {
		var spec *gatewayv1.CommonRouteSpec
		var status *gatewayv1.RouteStatus
		changed := object.DeepCopyObject().(client.Object)
		switch route := changed.(type) {
		case *gatewayv1alpha2.TLSRoute:
			spec, status = &route.Spec.CommonRouteSpec, &route.Status.RouteStatus
		case *gatewayv1alpha2.TCPRoute:
			spec, status = &route.Spec.CommonRouteSpec, &route.Status.RouteStatus
		default:
			continue
		}
		parent := spec.ParentRefs[0]
		kind := schema.GroupKind{Group: string(*parent.Group), Kind: string(*parent.Kind)}
		if len(status.Parents) > 0 || c.random.IntN(2) == 0 || c.stored[apply.Ref{Kind: kind, Namespace: object.GetNamespace(), Name: string(parent.Name)}] == nil {
			continue
		}
		c.versions++
		changed.SetResourceVersion(strconv.Itoa(c.versions))
		status.Parents = []gatewayv1.RouteParentStatus{{
			ParentRef: parent, ControllerName: "linkerd.io/policy-controller", Conditions: []metav1.Condition{{Type: "Accepted", Status: metav1.ConditionTrue}},
		}}
		c.stored[ref] = changed
		c.observe()
	}
}

// accept lets Linkerd's controller look at some routes: it accepts those whose Server or EgressNetwork stands, or that are a Service's.
func (c *cluster) accept() {
	if c.silent {
		return
	}
	c.acceptOut()
	for ref, object := range c.stored {
		route, ok := object.(*v1beta3.HTTPRoute)
		if !ok || len(route.Status.Parents) > 0 || c.random.IntN(2) == 0 {
			continue
		}
		parent := route.Spec.ParentRefs[0]
		if parent.Kind != "Service" && c.stored[apply.Ref{Kind: schema.GroupKind{Group: parent.Group, Kind: parent.Kind}, Namespace: route.Namespace, Name: parent.Name}] == nil {
			continue
		}
		c.versions++
		accepted := route.DeepCopy()
		accepted.ResourceVersion = strconv.Itoa(c.versions)
		accepted.Status.Parents = []v1beta3.RouteParentStatus{{
			ParentRef:      v1beta3.StatusParentRef{Group: parent.Group, Kind: parent.Kind, Namespace: route.Namespace, Name: parent.Name},
			ControllerName: "linkerd.io/policy-controller", Conditions: []metav1.Condition{{Type: "Accepted", Status: metav1.ConditionTrue}},
		}}
		c.stored[ref] = accepted
		c.observe()
	}
}

// keys of a plan's groups.
func keysOf(planned plan.Plan) []string {
	var keys []string
	for _, group := range planned.Groups {
		keys = append(keys, group.Key)
	}
	return keys
}
