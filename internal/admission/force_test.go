package admission

import (
	"strings"
	"testing"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

var settings = Settings{Operator: "system:serviceaccount:mesh:operator", ReasonRequired: true, ApproverGroups: []string{"release-approvers", "张三组"}}

var installed = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// live is what an API server makes of the shipped policies.
func live(t *testing.T) (shipped, stored Pair) {
	t.Helper()
	shipped, err := Actions(settings)
	if err != nil {
		t.Fatal(err)
	}
	stored = Pair{shipped.Policy.DeepCopyObject().(client.Object), shipped.Binding.DeepCopyObject().(client.Object)}
	for _, object := range []client.Object{stored.Policy, stored.Binding} {
		object.SetCreationTimestamp(metav1.NewTime(installed))
		object.SetGeneration(1)
		object.SetLabels(map[string]string{"app.kubernetes.io/name": "kubemate"})
	}
	return shipped, stored
}

func TestSettingsStandInThePolicy(t *testing.T) {
	shipped, _ := live(t)
	got := map[string]string{}
	for _, variable := range shipped.Policy.(*admissionregistrationv1.ValidatingAdmissionPolicy).Spec.Variables {
		got[variable.Name] = variable.Expression
	}
	for name, want := range map[string]string{
		"OPERATOR": "'system:serviceaccount:mesh:operator'", "REASON_REQUIRED": "true", "APPROVER_GROUPS": "['release-approvers', '张三组']",
	} {
		if got[name] != want {
			t.Errorf("%s is %s, not %s", name, got[name], want)
		}
	}
}

func TestSamePolicyIsInForce(t *testing.T) {
	shipped, stored := live(t)
	force := Judge(shipped, stored)
	if !force.Holds() {
		t.Fatalf("not in force: %s", force.Lacking)
	}
	if force.Covers(installed.Add(takesHold)) {
		t.Error("an object that was created while the policy took hold counts as seen")
	}
	if !force.Covers(installed.Add(takesHold + time.Second)) {
		t.Error("an object that was created later does not count as seen")
	}
}

func TestAnythingElseIsNotInForce(t *testing.T) {
	for name, test := range map[string]struct {
		change  func(policy *admissionregistrationv1.ValidatingAdmissionPolicy, binding *admissionregistrationv1.ValidatingAdmissionPolicyBinding, pair *Pair)
		lacking string
	}{
		"no policy": {func(_ *admissionregistrationv1.ValidatingAdmissionPolicy, _ *admissionregistrationv1.ValidatingAdmissionPolicyBinding, pair *Pair) {
			pair.Policy = nil
		}, "ValidatingAdmissionPolicy releaseactions.kubemate.io is missing"},
		"no binding": {func(_ *admissionregistrationv1.ValidatingAdmissionPolicy, _ *admissionregistrationv1.ValidatingAdmissionPolicyBinding, pair *Pair) {
			pair.Binding = nil
		}, "ValidatingAdmissionPolicyBinding releaseactions.kubemate.io is missing"},
		"a policy that is being deleted": {func(policy *admissionregistrationv1.ValidatingAdmissionPolicy, _ *admissionregistrationv1.ValidatingAdmissionPolicyBinding, _ *Pair) {
			policy.DeletionTimestamp = &metav1.Time{Time: installed}
		}, "is missing"},
		"a policy that lets failures pass": {func(policy *admissionregistrationv1.ValidatingAdmissionPolicy, _ *admissionregistrationv1.ValidatingAdmissionPolicyBinding, _ *Pair) {
			ignore := admissionregistrationv1.Ignore
			policy.Spec.FailurePolicy = &ignore
		}, "is not the one that this version of Kubemate ships for its configuration"},
		"a policy without one of its rules": {func(policy *admissionregistrationv1.ValidatingAdmissionPolicy, _ *admissionregistrationv1.ValidatingAdmissionPolicyBinding, _ *Pair) {
			policy.Spec.Validations = policy.Spec.Validations[1:]
		}, "is not the one"},
		"a policy that skips some users": {func(policy *admissionregistrationv1.ValidatingAdmissionPolicy, _ *admissionregistrationv1.ValidatingAdmissionPolicyBinding, _ *Pair) {
			policy.Spec.MatchConditions = []admissionregistrationv1.MatchCondition{{Name: "some", Expression: "false"}}
		}, "is not the one"},
		"a policy for other approvers": {func(policy *admissionregistrationv1.ValidatingAdmissionPolicy, _ *admissionregistrationv1.ValidatingAdmissionPolicyBinding, _ *Pair) {
			policy.Spec.Variables[2].Expression = "['everybody']"
		}, "is not the one"},
		"a binding that only warns": {func(_ *admissionregistrationv1.ValidatingAdmissionPolicy, binding *admissionregistrationv1.ValidatingAdmissionPolicyBinding, _ *Pair) {
			binding.Spec.ValidationActions = []admissionregistrationv1.ValidationAction{admissionregistrationv1.Warn}
		}, "PolicyBinding releaseactions.kubemate.io is not the one"},
		"a binding for some namespaces": {func(_ *admissionregistrationv1.ValidatingAdmissionPolicy, binding *admissionregistrationv1.ValidatingAdmissionPolicyBinding, _ *Pair) {
			binding.Spec.MatchResources = &admissionregistrationv1.MatchResources{NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"a": "b"}}}
		}, "PolicyBinding releaseactions.kubemate.io is not the one"},
		"a policy that hides when it changed": {func(policy *admissionregistrationv1.ValidatingAdmissionPolicy, _ *admissionregistrationv1.ValidatingAdmissionPolicyBinding, _ *Pair) {
			policy.Generation = 2
		}, "does not say when it was changed last"},
	} {
		t.Run(name, func(t *testing.T) {
			shipped, stored := live(t)
			test.change(stored.Policy.(*admissionregistrationv1.ValidatingAdmissionPolicy), stored.Binding.(*admissionregistrationv1.ValidatingAdmissionPolicyBinding), &stored)
			force := Judge(shipped, stored)
			if force.Holds() || force.Covers(installed.Add(time.Hour)) {
				t.Fatal("in force")
			}
			if !strings.Contains(force.Lacking, test.lacking) {
				t.Errorf("the reason does not say %q: %s", test.lacking, force.Lacking)
			}
		})
	}
}

func TestPolicyThatWasWeakenedForAWhileCoversWhatCameAfter(t *testing.T) {
	shipped, stored := live(t)
	restored := installed.Add(time.Hour)
	policy := stored.Policy
	policy.SetGeneration(3)
	policy.SetManagedFields([]metav1.ManagedFieldsEntry{
		{Manager: "helm", Time: &metav1.Time{Time: installed}},
		{Manager: "kubectl", Time: &metav1.Time{Time: restored}},
		{Manager: "kube-controller-manager", Subresource: "status", Time: &metav1.Time{Time: restored.Add(time.Hour)}},
	})
	force := Judge(shipped, stored)
	if force.Covers(restored) || !force.Covers(restored.Add(takesHold+time.Second)) {
		t.Errorf("the policy counts as in force since %s, not since its last change", force.Since)
	}
}

func TestFourEyesArePolicyAndBindingOfOneName(t *testing.T) {
	shipped, err := FourEyes()
	if err != nil {
		t.Fatal(err)
	}
	if got := Judge(shipped, Pair{}).Lacking; !strings.Contains(got, "MutatingAdmissionPolicy canaryreleases.kubemate.io is missing") || !strings.Contains(got, "1.36") {
		t.Errorf("the reason does not name policy and version: %s", got)
	}
	for _, object := range []client.Object{shipped.Policy, shipped.Binding} {
		object.SetGeneration(1)
		object.SetCreationTimestamp(metav1.NewTime(installed))
	}
	if force := Judge(shipped, shipped); !force.Holds() {
		t.Error(force.Lacking)
	}
}
