package compose

import (
	"reflect"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	k8slabels "k8s.io/apimachinery/pkg/labels"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

func guardOf(selector string, port int32) Guard {
	pods, err := k8slabels.Parse(selector)
	if err != nil {
		panic(err)
	}
	return Guard{Name: "legacy", Pods: pods, Port: model.TargetPort{Number: port}}
}

func TestGuardsOfOthers(t *testing.T) {
	common, isolated := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "common"}, accessPolicy("isolated", "users")
	isolated.Spec.Access, isolated.Spec.Network = nil, &v1alpha1.Network{Isolate: true}
	for name, test := range map[string]struct {
		policy    *v1alpha1.MeshPolicy
		foreign   Guard
		workloads bool
		guarding  []model.Origin
		want      map[string]string
		reasons   []string
	}{
		"a policy for a Service is refused":          {accessPolicy("own", "users"), guardOf("app=users", 8080), true, nil, map[string]string{}, []string{v1alpha1.ReasonConflicted}},
		"also where no workload is known":            {accessPolicy("own", "users"), guardOf("app in (users)", 8080), false, nil, map[string]string{}, []string{v1alpha1.ReasonConflicted}},
		"another port is none of its business":       {accessPolicy("own", "users"), guardOf("app=users", 9090), true, nil, map[string]string{"users": "own"}, nil},
		"nor are other pods":                         {accessPolicy("own", "users"), guardOf("app=web", 8080), true, nil, map[string]string{"users": "own"}, nil},
		"the namespace's rules leave the port to it": {accessPolicy("common", ""), guardOf("app=users", 8080), true, nil, map[string]string{"web": "common"}, []string{v1alpha1.ReasonConflicted}},
		"also there": {accessPolicy("common", ""), guardOf("app=users", 8080), false, nil, map[string]string{"web": "common"}, []string{v1alpha1.ReasonConflicted}},
		"but do not give up what they guard already": {
			accessPolicy("common", ""), guardOf("app=users", 8080), true, []model.Origin{common}, map[string]string{"users": "common", "web": "common"}, []string{v1alpha1.ReasonConflicted},
		},
		"an isolated port is left to it": {isolated, guardOf("app=users", 8080), true, nil, map[string]string{}, []string{v1alpha1.ReasonPartiallySupported}},
	} {
		t.Run(name, func(t *testing.T) {
			snapshot := Snapshot{
				Namespace: "shop", Services: []*corev1.Service{namedService("users"), namedService("web")}, Policies: []*v1alpha1.MeshPolicy{test.policy},
				ForeignGuards: []Guard{test.foreign}, Guarding: map[string][]model.Origin{"users": test.guarding},
			}
			if test.workloads {
				snapshot.Deployments = []*appsv1.Deployment{deploymentOf("users", map[string]string{"app": "users"}, "app")}
			}
			result := Namespace(snapshot, nil)
			if got := governors(result); !reflect.DeepEqual(got, test.want) {
				t.Errorf("the access comes from %v, not from %v", got, test.want)
			}
			var reasons []string
			for _, problem := range result.Problems {
				reasons = append(reasons, problem.Reason)
			}
			if !reflect.DeepEqual(reasons, test.reasons) {
				t.Errorf("problems: %v", result.Problems)
			}
		})
	}
}
