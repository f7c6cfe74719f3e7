package compose

import (
	"reflect"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

func TestInWhichPodTemplatesNothingChanges(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	applied := func(change func(*v1alpha1.MeshPolicy)) *v1alpha1.MeshPolicy {
		users, level, yes := v1alpha1.ServiceName("users"), "warn", true
		policy := &v1alpha1.MeshPolicy{ObjectMeta: metav1.ObjectMeta{Name: "users"}, Spec: v1alpha1.MeshPolicySpec{
			Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &users}, Proxy: &v1alpha1.Proxy{LogLevel: &level}, ApplyToWorkloads: &yes,
		}}
		change(policy)
		return policy
	}
	expiring := func(at time.Time) func(*v1alpha1.MeshPolicy) {
		return func(p *v1alpha1.MeshPolicy) {
			ends := metav1.NewTime(at)
			p.Spec.Bypass = &v1alpha1.Bypass{OutboundPorts: []v1alpha1.PortRange{{Port: 8500}}, Expires: &ends}
		}
	}
	users, web := model.Workload{Kind: "Deployment", Name: "users"}, model.Workload{Kind: "Deployment", Name: "web"}
	for name, one := range map[string]struct {
		policy *v1alpha1.MeshPolicy
		want   []model.Workload
	}{
		"none, while all is well": {applied(func(*v1alpha1.MeshPolicy) {}), nil},
		"those of a policy that is not accepted": {
			applied(func(p *v1alpha1.MeshPolicy) {
				p.Spec.Access = &v1alpha1.Access{Rules: []v1alpha1.AccessRule{nonsense()}}
			}), []model.Workload{users},
		},
		"those of a policy that is suspended": {
			applied(func(p *v1alpha1.MeshPolicy) {
				p.Annotations = map[string]string{v1alpha1.AnnotationReconcile: v1alpha1.ReconcileDisabled}
			}), []model.Workload{users},
		},
		"those of a bypass that has expired":         {applied(expiring(now)), []model.Workload{users}},
		"none of one that has not":                   {applied(expiring(now.Add(time.Second))), nil},
		"all, where nobody knows which they are":     {applied(func(p *v1alpha1.MeshPolicy) { *p.Spec.Target.Name = "gone" }), []model.Workload{users, web}},
		"none of a policy whose annotations Git has": {applied(func(p *v1alpha1.MeshPolicy) { p.Spec.ApplyToWorkloads = nil; expiring(now)(p) }), nil},
		"none of a policy that has nothing for there": {applied(func(p *v1alpha1.MeshPolicy) {
			p.Spec.Proxy = nil
			p.Spec.Access = &v1alpha1.Access{Rules: []v1alpha1.AccessRule{nonsense()}}
		}), nil},
	} {
		got := Namespace(Snapshot{
			Namespace: "shop", Services: []*corev1.Service{namedService("users"), namedService("web")}, Policies: []*v1alpha1.MeshPolicy{one.policy},
			Deployments: []*appsv1.Deployment{deploymentOf("web", map[string]string{"app": "web"}), deploymentOf("users", map[string]string{"app": "users"})},
			Now:         now, RestartsAllowed: true,
		}, nil).KeptTemplates
		if !reflect.DeepEqual(got, one.want) && len(got)+len(one.want) > 0 {
			t.Errorf("%s: %v, want %v", name, got, one.want)
		}
	}
}
