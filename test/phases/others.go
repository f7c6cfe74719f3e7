package phases

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/plan"
	"github.com/kubemate/kubemate/internal/status"
)

// Other is an object of another kind than CanaryRelease.
type Other struct {
	// Name of what became of it, in words with hyphens.
	Name   string
	Object client.Object
}

// fate is what becomes of a policy or a profile.
type fate struct {
	name string
	// target is the Service that it names.
	target v1alpha1.ServiceName
	// handsOff marks it kubemate.io/reconcile: disabled.
	handsOff bool
	result   apply.Result
}

var fates = []fate{
	{name: "stored", target: "orders", result: apply.Result{State: apply.Done}},
	{name: "being-written", target: "orders", result: apply.Result{State: apply.Pending, Reason: v1alpha1.ReasonPending, Message: "writing"}},
	{name: "write-refused", target: "orders", result: apply.Result{State: apply.Failed, Reason: v1alpha1.ReasonWriteFailed, Message: "exceeded quota"}},
	{name: "refused", target: "nowhere", result: apply.Result{State: apply.Done}},
	{name: "hands-off", target: "orders", handsOff: true, result: apply.Result{State: apply.Done}},
}

// Others are MeshPolicies and IngressProfiles after everything that can become of them, and ReleaseActions with every answer. The objects are the
// caller's.
func Others() ([]Other, error) {
	others := []Other{{"not-looked-at", newPolicy("orders")}, {"not-looked-at", newProfile("orders")}}
	for _, one := range fates {
		policy, profile := newPolicy(one.target), newProfile(one.target)
		if one.handsOff {
			policy.Annotations = map[string]string{v1alpha1.AnnotationReconcile: v1alpha1.ReconcileDisabled}
			profile.Annotations = policy.Annotations
		}
		s, err := newStory()
		if err != nil {
			return nil, err
		}
		told := s.tell(policy, profile, one.result)
		policy.Status, profile.Status = told.Policy(policy), told.Profile(profile)
		others = append(others, Other{one.name, policy}, Other{one.name, profile})
	}
	return append(others, answered()...), nil
}

// tell plans the policy and the profile, and lets every write end with the result.
func (s *story) tell(policy *v1alpha1.MeshPolicy, profile *v1alpha1.IngressProfile, result apply.Result) *status.Namespace {
	snapshot := s.snapshot()
	snapshot.Releases = nil
	snapshot.Policies, snapshot.Profiles, snapshot.Gateways = []*v1alpha1.MeshPolicy{policy}, []*v1alpha1.IngressProfile{profile}, s.gateways
	snapshot.Endpoints["orders"] = compose.Endpoints{Ready: replicas, Total: replicas}
	planned := plan.Namespace(snapshot, s.drivers)
	results := map[string]apply.Result{}
	for _, group := range planned.Groups {
		result.Since = s.now
		results[group.Key] = result
	}
	return status.New(status.Input{Plan: planned, Results: results, Endpoints: snapshot.Endpoints, Now: s.now})
}

func newPolicy(target v1alpha1.ServiceName) *v1alpha1.MeshPolicy {
	timeout := v1alpha1.Duration("2s")
	policy := &v1alpha1.MeshPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "orders", Generation: 1}}
	policy.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindMeshPolicy))
	policy.Spec.Target = v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &target}
	policy.Spec.Resilience = &v1alpha1.Resilience{Timeout: &timeout}
	policy.Status.ObservedGeneration = -1
	return policy
}

func newProfile(target v1alpha1.ServiceName) *v1alpha1.IngressProfile {
	profile := &v1alpha1.IngressProfile{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "shop", Generation: 1}}
	profile.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindIngressProfile))
	profile.Spec.Hosts = []v1alpha1.Host{"shop.example"}
	profile.Spec.Routes = []v1alpha1.IngressRoute{{To: v1alpha1.IngressBackend{Service: target, Port: 8080}}}
	profile.Status.ObservedGeneration = -1
	return profile
}

// answered are actions with the answers that the operator writes.
func answered() []Other {
	at := metav1.NewTime(Noon.Add(time.Second))
	var others []Other
	for _, answer := range []struct {
		name string
		v1alpha1.ReleaseActionStatus
	}{
		{"unanswered", v1alpha1.ReleaseActionStatus{ObservedGeneration: -1}},
		{"applied", v1alpha1.ReleaseActionStatus{ObservedGeneration: 1, Phase: v1alpha1.ActionApplied, Message: "everything goes to stable", At: &at}},
		{"refused", v1alpha1.ReleaseActionStatus{ObservedGeneration: 1, Phase: v1alpha1.ActionRefused, Message: "no rollout is under way", At: &at}},
		{"ignored", v1alpha1.ReleaseActionStatus{ObservedGeneration: 1, Phase: v1alpha1.ActionIgnored, Message: "the release orders is gone", At: &at}},
	} {
		action := &v1alpha1.ReleaseAction{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "orders-abort-1", Generation: 1}}
		action.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindReleaseAction))
		action.Spec = v1alpha1.ReleaseActionSpec{Release: "orders", Generation: 1, Action: v1alpha1.VerbAbort, Actor: "alice"}
		action.Status = answer.ReleaseActionStatus
		others = append(others, Other{answer.name, action})
	}
	return others
}
