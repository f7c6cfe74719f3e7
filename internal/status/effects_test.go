package status

import (
	"reflect"
	"testing"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/plan"
)

func TestAPolicySaysWhoseWordCountsForItsTarget(t *testing.T) {
	statuses := New(Input{Plan: plan.Plan{Governance: []compose.Governance{
		{Aspect: v1alpha1.AspectAccess, Namespace: "common", Services: map[string]string{"web": "web", "users": "strict"}, Common: 7},
		{Aspect: v1alpha1.AspectNetwork, Services: map[string]string{"users": "strict"}},
		{Aspect: v1alpha1.AspectResilience, Namespace: "patient", Services: map[string]string{}, Common: 9},
		{Aspect: v1alpha1.AspectOpaquePorts, Services: map[string]string{}},
	}}})
	seven, none, nine := int32(7), int32(0), int32(9)
	for target, want := range map[v1alpha1.ServiceName][]v1alpha1.PolicyEffect{
		"": {
			{Aspect: v1alpha1.AspectAccess, Policy: "common", Services: &seven, Others: []v1alpha1.ServicePolicy{{Service: "users", Policy: "strict"}, {Service: "web", Policy: "web"}}},
			{Aspect: v1alpha1.AspectNetwork, Services: &none, Others: []v1alpha1.ServicePolicy{{Service: "users", Policy: "strict"}}},
			{Aspect: v1alpha1.AspectResilience, Policy: "patient", Services: &nine},
		},
		"users": {
			{Aspect: v1alpha1.AspectAccess, Policy: "strict"}, {Aspect: v1alpha1.AspectNetwork, Policy: "strict"}, {Aspect: v1alpha1.AspectResilience, Policy: "patient"},
		},
		"orders": {{Aspect: v1alpha1.AspectAccess, Policy: "common"}, {Aspect: v1alpha1.AspectResilience, Policy: "patient"}},
	} {
		policy := &v1alpha1.MeshPolicy{Spec: v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}}}
		if target != "" {
			policy.Spec.Target = v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &target}
		}
		if got := statuses.Policy(policy).Effects; !reflect.DeepEqual(got, want) {
			t.Errorf("for %q: %+v, not %+v", target, got, want)
		}
	}
}

func TestTheListOfOtherPoliciesIsBounded(t *testing.T) {
	services := map[string]string{}
	for first := 'a'; first <= 'z'; first++ {
		for second := 'a'; second <= 'z'; second++ {
			services[string(first)+string(second)] = "own"
		}
	}
	got := others(&compose.Governance{Services: services})
	if len(got) != maxOthers || got[maxOthers-1].Service != "cl" {
		t.Errorf("%d, last %v", len(got), got[len(got)-1])
	}
}
