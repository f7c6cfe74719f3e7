package admission

import (
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// takesHold is how long after a change of a policy some API server may still follow the one before: each looks for changes once a second, and
// creation times are whole seconds.
const takesHold = 5 * time.Second

// Force says whether a policy is in force, and since when.
type Force struct {
	// Lacking says what is not as it should be and what to do. Empty: the policy is in force.
	Lacking string
	// Since is when it last changed, a margin included. What was created after that, the policy has seen.
	Since time.Time
}

// Holds says whether the policy is in force now.
func (f Force) Holds() bool { return f.Lacking == "" }

// Covers says whether the policy has seen the creation of an object.
func (f Force) Covers(created time.Time) bool { return f.Holds() && created.After(f.Since) }

// Judge compares a policy and its binding, as the API server has them now, with those that are shipped. Anything else than the same is not in
// force: what a change of them lets through cannot be known.
func Judge(shipped, live Pair) Force {
	name := shipped.Policy.GetName()
	switch {
	case missing(live.Policy):
		return Force{Lacking: kind(shipped.Policy) + " " + name + " is missing: install Kubemate's chart with admissionPolicies.install, on " + servedFrom(shipped.Policy)}
	case missing(live.Binding):
		return Force{Lacking: kind(shipped.Binding) + " " + name + " is missing, so its policy has no effect: install Kubemate's chart with admissionPolicies.install"}
	case !equality.Semantic.DeepEqual(spec(shipped.Policy), spec(live.Policy)):
		return Force{Lacking: kind(shipped.Policy) + " " + name + " is not the one that this version of Kubemate ships for its configuration: install it again"}
	case !equality.Semantic.DeepEqual(spec(shipped.Binding), spec(live.Binding)):
		return Force{Lacking: kind(shipped.Binding) + " " + name + " is not the one that this version of Kubemate ships: install it again"}
	}
	policy, known := changed(live.Policy)
	binding, knownToo := changed(live.Binding)
	if !known || !knownToo {
		return Force{Lacking: kind(shipped.Policy) + " " + name + " or its binding does not say when it was changed last (metadata.managedFields): " +
			"delete both and install them again"}
	}
	since := policy
	if binding.After(since) {
		since = binding
	}
	return Force{Since: since.Add(takesHold)}
}

func missing(object client.Object) bool {
	return object == nil || !object.GetDeletionTimestamp().IsZero()
}

// changed is when the spec of an object last changed, or later: the first generation is as old as the object; after that every write to what is
// not status counts.
func changed(object client.Object) (at time.Time, known bool) {
	at = object.GetCreationTimestamp().Time
	known = object.GetGeneration() == 1
	if known {
		return at, true
	}
	for _, entry := range object.GetManagedFields() {
		if entry.Subresource != "" || entry.Time == nil {
			continue
		}
		known = true
		if entry.Time.After(at) {
			at = entry.Time.Time
		}
	}
	return at, known
}

// servedFrom is the version of Kubernetes that began to serve the kind of a policy.
func servedFrom(policy client.Object) string {
	if _, mutating := policy.(*admissionregistrationv1.MutatingAdmissionPolicy); mutating {
		return "Kubernetes 1.36 or later"
	}
	return "Kubernetes 1.30 or later"
}

func spec(object client.Object) any {
	switch object := object.(type) {
	case *admissionregistrationv1.ValidatingAdmissionPolicy:
		return object.Spec
	case *admissionregistrationv1.ValidatingAdmissionPolicyBinding:
		return object.Spec
	case *admissionregistrationv1.MutatingAdmissionPolicy:
		return object.Spec
	case *admissionregistrationv1.MutatingAdmissionPolicyBinding:
		return object.Spec
	}
	return nil
}

func kind(object client.Object) string { return object.GetObjectKind().GroupVersionKind().Kind }
