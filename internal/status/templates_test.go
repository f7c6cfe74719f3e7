package status

import (
	"fmt"
	"reflect"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

func TestPodTemplatesAreComparedWithWhatPoliciesWantThere(t *testing.T) {
	first, second := model.Workload{Kind: "Deployment", Name: "orders-v1"}, model.Workload{Kind: "StatefulSet", Name: "orders"}
	older := plan.Template{
		Template: model.Template{Workloads: []model.Workload{first}, Origin: model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "older"}}, Annotations: map[string]string{"shared": "old"},
	}
	mine := plan.Template{
		Template:    model.Template{Workloads: []model.Workload{first, second}, Origin: model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "mesh"}},
		Annotations: map[string]string{"inject": "enabled", "shared": "new"},
	}
	for name, one := range map[string]struct {
		templates []plan.Template
		standing  map[model.Workload]map[string]string
		lacking   []v1alpha1.WorkloadName
	}{
		"nothing stands": {[]plan.Template{mine}, nil, []v1alpha1.WorkloadName{{Kind: "Deployment", Name: "orders-v1"}, {Kind: "StatefulSet", Name: "orders"}}},
		"all stand, beside others": {[]plan.Template{mine}, map[model.Workload]map[string]string{
			first: {"inject": "enabled", "shared": "new", "more": "x"}, second: {"inject": "enabled", "shared": "new"},
		}, nil},
		"another value stands in one": {[]plan.Template{mine}, map[model.Workload]map[string]string{
			first: {"inject": "enabled", "shared": "new"}, second: {"inject": "disabled", "shared": "new"},
		}, []v1alpha1.WorkloadName{{Kind: "StatefulSet", Name: "orders"}}},
		"where an older policy speaks its value counts": {[]plan.Template{older, mine}, map[model.Workload]map[string]string{
			first: {"inject": "enabled", "shared": "old"}, second: {"inject": "enabled", "shared": "new"},
		}, nil},
	} {
		in := stored(90, 10)
		in.Plan.Templates, in.Templates = one.templates, one.standing
		got := New(in).Policy(serviceProxy()).PodTemplates
		want := &v1alpha1.PodTemplates{Annotations: mine.Annotations, Total: 2, Lacking: int32(len(one.lacking)), Workloads: one.lacking}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if got := New(stored(90, 10)).Policy(serviceProxy()).PodTemplates; got != nil {
		t.Errorf("a policy that is not accepted has pod templates %+v", got)
	}
}

func TestNoMoreLackingWorkloadsAreNamedThanTheSchemaAllows(t *testing.T) {
	mine := plan.Template{Template: model.Template{Origin: model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "mesh"}}, Annotations: map[string]string{"a": "b"}}
	for i := range 40 {
		mine.Workloads = append(mine.Workloads, model.Workload{Kind: "Deployment", Name: fmt.Sprintf("orders-%02d", i)})
	}
	in := stored(90, 10)
	in.Plan.Templates = []plan.Template{mine}
	if got := New(in).Policy(serviceProxy()).PodTemplates; got.Lacking != 40 || len(got.Workloads) != maxLacking {
		t.Errorf("%d lack, %d are named", got.Lacking, len(got.Workloads))
	}
}

// serviceProxy is a policy about the proxies of a Service's pods.
func serviceProxy() *v1alpha1.MeshPolicy {
	service := v1alpha1.ServiceName("orders")
	return &v1alpha1.MeshPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "mesh"}, Spec: v1alpha1.MeshPolicySpec{
		Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &service}, Proxy: &v1alpha1.Proxy{},
	}}
}
