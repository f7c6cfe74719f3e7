package release

import (
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// Intent is what people want of a release.
type Intent struct {
	// UID of the CanaryRelease.
	UID string
	// Generation of its spec.
	Generation int64
	// Spec is never changed.
	Spec *v1alpha1.CanaryReleaseSpec
	// HandsOff says that the object is marked kubemate.io/reconcile: disabled. Only the kill switch passes.
	HandsOff bool
}

// Observation is what is known of the cluster.
type Observation struct {
	// Replicas of the variants, by name. A missing one has no pods.
	Replicas map[v1alpha1.VariantName]Replicas
	// Revision is the decision that SettledAt speaks of.
	Revision int64
	// SettledAt is when all data planes, of mesh and edge, had followed the revision: when it was programmed for the first time, and the longest
	// settle time of the drivers later. It may lie ahead. Zero: the revision is not programmed everywhere yet.
	SettledAt time.Time
	// Held says why the release is not accepted at this generation: what it last programmed stays, so nothing is raised. Empty: it is accepted, or
	// nobody has judged yet.
	Held string
	// Judged is the result of the analysis that an earlier Decision asked for. Nil: none yet. One that is not asked for is ignored.
	Judged *Judged
	// Actions are ReleaseActions that name the release and that the admission policy vouches for, in any order. Those that were decided on
	// before may be among them.
	Actions []Action
	// KillSwitch is what the kill switch is on. Empty: it is off.
	KillSwitch v1alpha1.KillSwitchScope
}

// Replicas counts the pods of a variant.
type Replicas struct {
	// Ready get requests when they have a share.
	Ready int32
	// Wanted is spec.replicas of the Deployment; for an existing Service, the number of its endpoints. 0: nobody means to keep pods there.
	Wanted int32
}

// empty says that a variant neither has pods nor is meant to.
func (r Replicas) empty() bool { return r.Ready == 0 && r.Wanted == 0 }

// Action is what a person does to a release.
type Action struct {
	UID  string
	Verb v1alpha1.ReleaseVerb
	// Step counted from 1, of Approve and Promote.
	Step  int32
	Actor string
	// ReleaseUID and Generation are of the release that the person has seen.
	ReleaseUID string
	Generation int64
	// Reason that was given. May be empty.
	Reason string
	// At is when the action was created.
	At time.Time
}

// Judged is the result of one analysis, of the Due that asked for it.
type Judged struct {
	Revision, Generation int64
	Step, Interval       int32
	// Until is where the interval ended.
	Until    time.Time
	Verdicts []Verdict
	// Observed are the shares that the variants had in the interval, those that had none left out. Empty: not known.
	Observed []v1alpha1.ReleaseShare
}

// Verdict on one metric.
type Verdict struct {
	// Metric and CompareTo are as in the spec.
	Metric    string
	CompareTo v1alpha1.CompareTo
	Outcome   v1alpha1.Verdict
	// Value that was measured, Query that was asked, Message about what is wrong. Each may be empty.
	Value, Query, Message string
}
