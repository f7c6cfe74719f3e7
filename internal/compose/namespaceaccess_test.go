package compose

import (
	"reflect"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// accessPolicy is a policy about the access to a Service or, without one, to the namespace.
func accessPolicy(name, service string, rules ...v1alpha1.AccessRule) *v1alpha1.MeshPolicy {
	policy := &v1alpha1.MeshPolicy{Spec: v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, Access: &v1alpha1.Access{Rules: rules}}}
	policy.Name = name
	if service != "" {
		target := v1alpha1.ServiceName(service)
		policy.Spec.Target = v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &target}
	}
	return policy
}

// nonsense is a rule that is not accepted.
func nonsense() v1alpha1.AccessRule { return allow(fromGateway()) }

// governors are the policies that the access of each Service comes from.
func governors(result Result) map[string]string {
	found := map[string]string{}
	for _, service := range result.Model.Services {
		for _, access := range service.Access {
			found[service.Name] = access.Origin.Name
		}
	}
	return found
}

func TestWhoseAccessRulesGuardAService(t *testing.T) {
	common, own := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "common"}, model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "own"}
	friends := allow(fromNamespace("friends"))
	for name, test := range map[string]struct {
		policies []*v1alpha1.MeshPolicy
		guarding []model.Origin
		want     map[string]string
		waits    bool
	}{
		"the namespace's, where there is no other": {
			policies: []*v1alpha1.MeshPolicy{accessPolicy("common", "", friends)}, want: map[string]string{"users": "common", "web": "common"},
		},
		"its own before the namespace's": {
			policies: []*v1alpha1.MeshPolicy{accessPolicy("common", ""), accessPolicy("own", "users", friends)}, want: map[string]string{"users": "own", "web": "common"},
		},
		"the namespace's, as long as its own was never accepted: a mistake opens nothing": {
			policies: []*v1alpha1.MeshPolicy{accessPolicy("common", ""), accessPolicy("own", "users", nonsense())},
			guarding: []model.Origin{common}, want: map[string]string{"users": "common", "web": "common"},
		},
		"what stands of its own, which is not accepted any more": {
			policies: []*v1alpha1.MeshPolicy{accessPolicy("common", ""), accessPolicy("own", "users", nonsense())},
			guarding: []model.Origin{own}, want: map[string]string{"web": "common"},
		},
		"its own, while the namespace's is not accepted and never guarded it": {
			policies: []*v1alpha1.MeshPolicy{accessPolicy("common", "", nonsense()), accessPolicy("own", "users", friends)}, want: map[string]string{"users": "own"},
		},
		"what stands of the namespace's, which is not accepted any more: its own waits": {
			policies: []*v1alpha1.MeshPolicy{accessPolicy("common", "", nonsense()), accessPolicy("own", "users", friends)},
			guarding: []model.Origin{common}, want: map[string]string{}, waits: true,
		},
		"the older of two for the namespace": {
			policies: []*v1alpha1.MeshPolicy{accessPolicy("a", "", friends), accessPolicy("b", "")}, want: map[string]string{"users": "a", "web": "a"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			result := Namespace(Snapshot{
				Namespace: "shop", Services: []*corev1.Service{namedService("users"), namedService("web")}, Policies: test.policies,
				Guarding: map[string][]model.Origin{"users": test.guarding},
			}, nil)
			if got := governors(result); !reflect.DeepEqual(got, test.want) {
				t.Errorf("the access comes from %v, not from %v: %v", got, test.want, result.Problems)
			}
			if _, waits := result.Waiting[own]; waits != test.waits {
				t.Errorf("waiting: %v", result.Waiting)
			}
		})
	}
}

func TestNoPodHasAPortGuardedTwice(t *testing.T) {
	first := namedService("first")
	second := namedService("second")
	second.Spec.Selector = map[string]string{"app": "first", "version": "v2"}
	deployments := []*appsv1.Deployment{
		deploymentOf("v1", map[string]string{"app": "first"}, "app"),
		deploymentOf("v2", map[string]string{"app": "first", "version": "v2"}, "app", "version"),
	}
	for name, test := range map[string]struct {
		policies []*v1alpha1.MeshPolicy
		want     map[string][]model.LabelValues
	}{
		"one Service guards the pods that several select": {
			policies: []*v1alpha1.MeshPolicy{accessPolicy("common", "")}, want: map[string][]model.LabelValues{"first": nil},
		},
		"pods with rules of their own are left out": {
			policies: []*v1alpha1.MeshPolicy{accessPolicy("common", ""), accessPolicy("own", "second")},
			want:     map[string][]model.LabelValues{"first": {{Key: "version", Values: []string{"v2"}}}, "second": nil},
		},
		"nothing is left over": {
			policies: []*v1alpha1.MeshPolicy{accessPolicy("common", ""), accessPolicy("own", "first")}, want: map[string][]model.LabelValues{"first": nil},
		},
	} {
		t.Run(name, func(t *testing.T) {
			result := Namespace(Snapshot{Namespace: "shop", Services: []*corev1.Service{first, second}, Deployments: deployments, Policies: test.policies}, nil)
			got := map[string][]model.LabelValues{}
			for _, service := range result.Model.Services {
				for _, access := range service.Access {
					got[service.Name] = access.Except
				}
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("%v, not %v: %v", got, test.want, result.Problems)
			}
		})
	}
}

func TestGovernanceCountsServices(t *testing.T) {
	headless, outside := namedService("headless"), namedService("outside")
	headless.Spec.ClusterIP, outside.Spec.Type = corev1.ClusterIPNone, corev1.ServiceTypeExternalName
	portless, bytes := namedService("without-selector"), namedService("bytes")
	portless.Spec.Selector = nil
	kafka := "kafka"
	bytes.Spec.Ports[0].AppProtocol = &kafka
	timeout := v1alpha1.Duration("5s")
	common := accessPolicy("common", "")
	common.Spec.Resilience = &v1alpha1.Resilience{Timeout: &timeout}
	common.Spec.Network, common.Spec.OpaquePorts = &v1alpha1.Network{Isolate: true}, []v1alpha1.PortRange{{Port: 3306}}
	result := Namespace(Snapshot{
		Namespace: "shop", InjectionAllowed: true,
		Services: []*corev1.Service{namedService("users"), namedService("web"), headless, outside, portless, bytes},
		Policies: []*v1alpha1.MeshPolicy{common, accessPolicy("own", "users")},
	}, nil)
	for aspect, want := range map[v1alpha1.PolicyAspect]Governance{
		v1alpha1.AspectAccess:      {Aspect: v1alpha1.AspectAccess, Namespace: "common", Services: map[string]string{"users": "own"}, Common: 3},
		v1alpha1.AspectResilience:  {Aspect: v1alpha1.AspectResilience, Namespace: "common", Services: map[string]string{}, Common: 3},
		v1alpha1.AspectNetwork:     {Aspect: v1alpha1.AspectNetwork, Namespace: "common", Services: map[string]string{}, Common: 5},
		v1alpha1.AspectOpaquePorts: {Aspect: v1alpha1.AspectOpaquePorts, Namespace: "common", Services: map[string]string{}, Common: 5},
	} {
		index := slices.IndexFunc(result.Governance, func(one Governance) bool { return one.Aspect == aspect })
		if got := result.Governance[index]; !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, not %+v", got, want)
		}
	}
}
