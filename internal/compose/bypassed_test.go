package compose

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// open is a policy that lets calls to a port of a Service's pods go past their proxies.
func open(name, service string, port v1alpha1.PortNumber) *v1alpha1.MeshPolicy {
	policy := accessPolicy(name, service)
	policy.Spec.Access = nil
	policy.Spec.Bypass = &v1alpha1.Bypass{InboundPorts: []v1alpha1.PortRange{{Port: port}}}
	return policy
}

func TestAccessRulesForPortsPastProxies(t *testing.T) {
	asleep := open("asleep", "users", 8080)
	asleep.Annotations = map[string]string{v1alpha1.AnnotationReconcile: v1alpha1.ReconcileDisabled}
	refused := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "refused"}
	type policies = []*v1alpha1.MeshPolicy
	for name, test := range map[string]struct {
		policies policies
		problem  string
	}{
		"are refused": {
			policies{open("open", "users", 8080)}, "reach port 8080",
		},
		"are refused also when the second port of the Service is one": {
			policies{open("open", "users", 9000)}, "reach port 9000",
		},
		"are accepted when other ports are open": {
			policies{open("open", "users", 9999)}, "",
		},
		"are accepted when the port of other Services' pods is open": {
			policies{open("open", "web", 8080)}, "",
		},
		"are accepted while the policy that opens them is switched off": {
			policies{asleep}, "",
		},
		"are accepted while the policy that opens them is not": {
			policies{open("refused", "users", 8080)}, "",
		},
		"are refused for the policy of the two that counts, the older": {
			policies{open("older", "users", 8080), open("younger", "users", 9999)}, "reach port 8080",
		},
		"are accepted for the other": {
			policies{open("older", "users", 9999), open("younger", "users", 8080)}, "",
		},
		"are refused whatever else is about a Service that is not there": {
			policies{open("a", "nowhere", 8080), open("open", "users", 8080)}, "reach port 8080",
		},
		"are refused where two policies are about two Services, each for its own": {
			policies{open("a", "web", 8080), open("b", "users", 8080)}, "MeshPolicy/b lets calls reach port 8080",
		},
	} {
		t.Run(name, func(t *testing.T) {
			users := namedService("users")
			users.Spec.Ports = []corev1.ServicePort{{Name: "http", Port: 8080}, {Name: "admin", Port: 9000}}
			result := Namespace(Snapshot{
				Namespace: "shop", Services: []*corev1.Service{users, namedService("web")},
				Policies: append(test.policies, accessPolicy("zz-own", "users", allow(fromNamespace("friends")))),
			}, map[model.Origin]bool{refused: true})
			var found string
			for _, problem := range result.Problems {
				if problem.Origin.Name == "zz-own" && !problem.Advisory {
					found += problem.Message
				}
			}
			if (found != "") != (test.problem != "") || !strings.Contains(found, test.problem) {
				t.Errorf("the problem is %q, want %q", found, test.problem)
			}
		})
	}
}

func TestTheNamespacesRulesGuardWhatOthersShareWithPodsThatHaveNoProxy(t *testing.T) {
	disabled := v1alpha1.InjectionDisabled
	bare := accessPolicy("bare", "batch")
	bare.Spec.Access, bare.Spec.Injection = nil, &disabled
	all, batch := namedService("all"), namedService("batch")
	all.Spec.Selector, batch.Spec.Selector = map[string]string{"app": "jobs"}, map[string]string{"app": "jobs", "kind": "batch"}
	for _, service := range []*corev1.Service{all, batch} {
		service.Spec.Ports[0].TargetPort = intstr.FromInt32(8080)
	}
	result := Namespace(Snapshot{
		Namespace: "shop", Services: []*corev1.Service{all, batch},
		Deployments: []*appsv1.Deployment{
			deploymentOf("web", map[string]string{"app": "jobs", "kind": "web"}, "app", "kind"),
			deploymentOf("batch", map[string]string{"app": "jobs", "kind": "batch"}, "app", "kind"),
		},
		Policies: []*v1alpha1.MeshPolicy{bare, accessPolicy("common", "", allow(fromNamespace("friends")))},
	}, nil)
	got := governors(result)
	if got["all"] != "common" || got["batch"] != "" {
		t.Errorf("guarded are %v, want the pods of all, of which some have a proxy, and not those of batch: %v", got, result.Problems)
	}
}
