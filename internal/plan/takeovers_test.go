package plan_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/kube"
	"github.com/kubemate/kubemate/internal/driver/linkerd"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// facts/linkerd.md, 9.1: a ServiceProfile of somebody else silently hides what is said of a Service.
func TestWhoeverWantsRoutesIsToldThatSomebodyElseHasTheService(t *testing.T) {
	service := func(name string) *corev1.Service {
		return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.ServiceSpec{
			ClusterIP: "10.0.0.1", Selector: map[string]string{"app": name}, Ports: []corev1.ServicePort{{Port: 8080}},
		}}
	}
	policy := func(name string, spec v1alpha1.MeshPolicySpec) *v1alpha1.MeshPolicy {
		spec.Target = v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: ptr.To(v1alpha1.ServiceName("orders"))}
		return &v1alpha1.MeshPolicy{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: spec}
	}
	seconds := v1alpha1.Duration("5s")
	snapshot := compose.Snapshot{
		Namespace: "shop", Services: []*corev1.Service{service("orders"), service("users")},
		Policies: []*v1alpha1.MeshPolicy{
			policy("timeouts", v1alpha1.MeshPolicySpec{Resilience: &v1alpha1.Resilience{Timeout: &seconds, CircuitBreaker: &v1alpha1.CircuitBreaker{}}}),
			policy("callers", v1alpha1.MeshPolicySpec{Access: &v1alpha1.Access{}}),
		},
		Takeovers: []model.Takeover{
			{Namespace: "shop", Service: "orders", Object: "ServiceProfile a of namespace shop"},
			{Namespace: "shop", Service: "orders", Callers: "web", Object: "ServiceProfile b of namespace web"},
			{Namespace: "shop", Service: "users", Object: "ServiceProfile c of namespace shop"},
		},
	}
	for mesh, want := range map[driver.MeshDriver]int{linkerd.Policy(linkerd.Config{}): 2, linkerd.Classic(linkerd.Config{}): 0} {
		var told []string
		for _, problem := range plan.Namespace(snapshot, plan.Drivers{Kube: kube.Driver(kube.Config{}), Mesh: mesh}).Problems {
			if problem.Reason == v1alpha1.ReasonTakenOver {
				told = append(told, problem.Origin.Name+": "+problem.Message)
				if !problem.Advisory || problem.Origin.Name != "timeouts" {
					t.Errorf("%s: %+v", mesh.Name(), problem)
				}
			}
		}
		if len(told) != want {
			t.Errorf("%s: told %d of %d: %v", mesh.Name(), len(told), want, told)
		}
		for _, words := range []string{"the ServiceProfile a of namespace shop", "all callers of Service orders go", "callers of Service orders in namespace web"} {
			if want > 0 && !strings.Contains(strings.Join(told, "\n"), words) {
				t.Errorf("nobody is told of %s: %v", words, told)
			}
		}
	}
}
