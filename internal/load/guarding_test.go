package load

import (
	"reflect"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// server is something that guards.
type server struct {
	corev1.ConfigMap

	pods metav1.LabelSelector
	port intstr.IntOrString
}

func (s *server) Guarded() (metav1.LabelSelector, intstr.IntOrString) { return s.pods, s.port }

func TestTheCacheKeepsWhatForeignNetworkPoliciesSay(t *testing.T) {
	network := &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "callers", Labels: map[string]string{"a": "b"}, Annotations: map[string]string{"a": "secret"}},
		Spec:       networkingv1.NetworkPolicySpec{Ingress: make([]networkingv1.NetworkPolicyIngressRule, 1)},
	}
	kept := transformed(t, generated, network)
	if kept.Labels != nil || kept.Annotations != nil || len(kept.Spec.Ingress) != 1 || !reflect.DeepEqual(groupKeys(kept), []string{foreignNetworks}) {
		t.Errorf("%+v is kept under %v", kept, groupKeys(kept))
	}
	own := network.DeepCopy()
	own.Labels = map[string]string{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy}
	own.Annotations = map[string]string{v1alpha1.AnnotationOrigins: "MeshPolicy/users"}
	if found := ForeignNetworks([]client.Object{kept, own, &corev1.ConfigMap{}}); len(found) != 1 || found[0].Name != "callers" || Ours(found[0]) {
		t.Errorf("%v are of others", found)
	}
}

func TestGuardsAreFoundByTheServiceWhosePodsTheyGuard(t *testing.T) {
	long := strings.Repeat("x", 63)
	mark := func(object client.Object, service, origin string) client.Object {
		object.SetLabels(map[string]string{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy, v1alpha1.LabelGroup: plan.GroupLabel(plan.GroupServicePrefix + service)})
		if origin != "" {
			object.SetAnnotations(map[string]string{v1alpha1.AnnotationOrigins: origin})
		}
		return object
	}
	var services []*corev1.Service
	for _, name := range []string{"users", "web", long} {
		services = append(services, &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}})
	}
	got := Guarding([]client.Object{
		mark(&server{}, "users", "MeshPolicy/own"), mark(&server{}, "users", "MeshPolicy/common"), mark(&server{}, long, "MeshPolicy/long"),
		mark(&server{}, "web", ""), mark(&corev1.ConfigMap{}, "web", "MeshPolicy/routes"), mark(&server{}, "gone", "MeshPolicy/gone"),
	}, services)
	policy := func(name string) model.Origin { return model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: name} }
	if want := map[string][]model.Origin{"users": {policy("own"), policy("common")}, long: {policy("long")}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}

func TestGuardsOfOthersKeepWhatTheyGuard(t *testing.T) {
	foreign := &server{pods: metav1.LabelSelector{MatchLabels: map[string]string{"app": "users"}}, port: intstr.FromString("http")}
	foreign.Name, foreign.Labels, foreign.Annotations = "legacy", map[string]string{"a": "b"}, map[string]string{"a": "secret"}
	kept := transformed(t, generated, foreign)
	if kept.Labels != nil || kept.Annotations != nil || !reflect.DeepEqual(groupKeys(kept), []string{foreignGuards}) {
		t.Errorf("kept %+v under %v", kept, groupKeys(kept))
	}
	plain := &unstructured.Unstructured{Object: map[string]any{
		"metadata": map[string]any{"name": "plain"},
		"spec":     map[string]any{"podSelector": map[string]any{"matchLabels": map[string]any{"app": "users"}}, "port": int64(8080)},
	}}
	policy := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"podSelector": map[string]any{}}}}
	bad := &server{pods: metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: "Near"}}}}
	found := ForeignGuards([]client.Object{plain, kept, kept, policy, bad, &corev1.ConfigMap{}})
	if len(found) != 2 || found[0].Name != "legacy" || found[0].Port != (model.TargetPort{Name: "http"}) || found[1].Port != (model.TargetPort{Number: 8080}) {
		t.Fatalf("found %+v", found)
	}
	for _, one := range found {
		if !one.Pods.Matches(labels.Set{"app": "users"}) || one.Pods.Matches(labels.Set{"app": "web"}) {
			t.Errorf("%s selects %s", one.Name, one.Pods)
		}
	}
}
