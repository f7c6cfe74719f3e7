package compose

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// Objects that no API server with the present definitions admits: written before they were, or past them.
func TestAPanicWithholdsOneObject(t *testing.T) {
	const broken = "broken"
	access := func(service string) *v1alpha1.MeshPolicy {
		name := v1alpha1.ServiceName(service)
		return &v1alpha1.MeshPolicy{ObjectMeta: metav1.ObjectMeta{Name: service}, Spec: v1alpha1.MeshPolicySpec{
			Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &name}, Access: &v1alpha1.Access{},
		}}
	}
	for name, test := range map[string]struct {
		breaks func(*Snapshot)
		held   model.Origin
	}{
		"a release whose variant is neither a Deployment nor a Service": {func(s *Snapshot) {
			s.Releases = append(s.Releases, &v1alpha1.CanaryRelease{ObjectMeta: metav1.ObjectMeta{Name: broken}, Spec: v1alpha1.CanaryReleaseSpec{
				Service: v1alpha1.ReleaseService{Name: "orders"}, Variants: []v1alpha1.Variant{{Name: "v1"}, {Name: "v2"}}, Stable: "v1",
			}})
		}, model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: broken}},
		"a policy for a Service without its name": {func(s *Snapshot) {
			s.Policies = append(s.Policies, &v1alpha1.MeshPolicy{ObjectMeta: metav1.ObjectMeta{Name: broken}, Spec: v1alpha1.MeshPolicySpec{
				Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService}, Access: &v1alpha1.Access{},
			}})
		}, model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: broken}},
		"a profile whose path is neither exact nor a prefix": {func(s *Snapshot) {
			s.Profiles = append(s.Profiles, &v1alpha1.IngressProfile{ObjectMeta: metav1.ObjectMeta{Name: broken}, Spec: v1alpha1.IngressProfileSpec{
				Hosts:  []v1alpha1.Host{"shop.example"},
				Routes: []v1alpha1.IngressRoute{{Match: &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{}}, To: v1alpha1.IngressBackend{Service: "orders", Port: 8080}}},
			}})
		}, model.Origin{Kind: v1alpha1.KindIngressProfile, Name: broken}},
	} {
		t.Run(name, func(t *testing.T) {
			snapshot := Snapshot{Namespace: "shop", Services: []*corev1.Service{namedService("orders"), namedService("users")}, Policies: []*v1alpha1.MeshPolicy{access("users")}}
			test.breaks(&snapshot)
			result := Namespace(snapshot, nil)
			checkHeld(t, result, test.held)
			if !slices.ContainsFunc(result.Model.Services, func(s model.Service) bool { return s.Name == "users" && s.Access != nil }) {
				t.Errorf("the neighbour is not composed: %+v", result.Model.Services)
			}
		})
	}
}

func TestAPanicWithholdsOneService(t *testing.T) {
	snapshot := Snapshot{Namespace: "shop", Services: []*corev1.Service{namedService("orders"), namedService("users")}}
	c := newComposer(snapshot, nil)
	release, policy := model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: "orders"}, model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "namespace"}
	c.resilience = &resilience{origin: policy, rules: []resilienceRule{{timeout: 1}}}
	for i := range c.parts {
		c.parts[i].resilience = c.resilience
	}
	c.byName["orders"].table = &table{routes: []model.Route{{Origins: []model.Origin{release}}}}
	c.byName["orders"].service = nil // whatever the bug is
	result := c.result()
	checkHeld(t, result, release)
	if len(result.Model.Services) != 1 || result.Model.Services[0].Name != "users" {
		t.Errorf("the neighbour is not composed: %+v", result.Model.Services)
	}
}

// checkHeld checks that one object is held for an internal error, and no other.
func checkHeld(t *testing.T, result Result, want model.Origin) {
	t.Helper()
	if len(result.Problems) != 1 || result.Problems[0].Origin.Object() != want || result.Problems[0].Reason != v1alpha1.ReasonInternalError || result.Problems[0].Advisory {
		t.Errorf("problems: %v, want one of %s", result.Problems, want)
	}
}

func TestTheKillSwitchPassesThroughAPanic(t *testing.T) {
	snapshot := Snapshot{
		Namespace: "shop", Services: []*corev1.Service{namedService("orders")}, KillSwitch: "on",
		Retained: map[string]model.Retain{"orders": {Service: "orders", StableLeaf: "orders-v1-leaf"}},
		Releases: []*v1alpha1.CanaryRelease{{ObjectMeta: metav1.ObjectMeta{Name: "orders"}, Spec: v1alpha1.CanaryReleaseSpec{
			Service: v1alpha1.ReleaseService{Name: "orders"}, Variants: []v1alpha1.Variant{{Name: "v1"}, {Name: "v2"}}, Stable: "v1",
		}}},
	}
	result := Namespace(snapshot, nil)
	checkHeld(t, result, model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: "orders"})
	if !slices.Equal(result.Stopped, []string{"orders"}) {
		t.Errorf("stopped: %v", result.Stopped)
	}
}
