package status

import (
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
)

// Release is the status of a CanaryRelease, without what the release controller writes. While the spec waits for a decision it is what it was:
// a status is never ahead of the decision.
func (n *Namespace) Release(release *v1alpha1.CanaryRelease) v1alpha1.CanaryReleaseStatus {
	if compose.Undecided(release) {
		return Own(release.Status)
	}
	origin := releaseOrigin(release)
	old := release.Status
	next := v1alpha1.CanaryReleaseStatus{Programmed: n.revision(release, origin)}
	n.explain(release, &next)
	next.CommonStatus = n.common(origin, release.Generation, old.CommonStatus, own{held: n.stopped(release), outlook: outlook(release.Status.Release, next.Explanation)})
	if n.refused(origin) {
		// Held: what stands is what was programmed last, and the spec that would explain it may be gone.
		next.Stable, next.Weights, next.Variants = old.Stable, old.Weights, old.Variants
		if n.stopped(release) != "" {
			next.Variants = n.atStable(release, origin)
			next.Weights = weights(next.Variants)
		}
	} else {
		next.Stable = compose.Stable(release)
		next.Variants = n.variants(release, origin)
		next.Weights = weights(next.Variants)
	}
	return next
}

// Own is the part of a release's status that the namespace controller writes.
func Own(status v1alpha1.CanaryReleaseStatus) v1alpha1.CanaryReleaseStatus {
	status.Release = nil
	return status
}

// outlook is how a rollout looks from outside when its objects are as they should be: what has to wait for people is ready, as far as waiting
// for Kubemate goes. Nil: there is no rollout, or it has succeeded.
func outlook(decision *v1alpha1.ReleaseStatus, explanation string) *metav1.Condition {
	if decision == nil {
		return nil
	}
	condition := &metav1.Condition{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: decision.Reason, Message: explanation}
	switch decision.Phase {
	case v1alpha1.PhaseManual, v1alpha1.PhaseSucceeded:
		return nil
	case v1alpha1.PhaseAwaitingApproval, v1alpha1.PhaseSuspended:
		condition.Status, condition.Reason = metav1.ConditionTrue, string(decision.Phase)
	case v1alpha1.PhasePaused:
		if decision.Reason == v1alpha1.ReasonPaused {
			condition.Status = metav1.ConditionTrue
		}
	case v1alpha1.PhaseRetargeting, v1alpha1.PhaseProgressing, v1alpha1.PhaseRolledBack, v1alpha1.PhaseStopped:
	}
	return condition
}

// revision is the decision that the generated objects carry: that of the release once all of them are stored, the one before until then. A
// decision that gives its target a share is in force only with the target in its place.
func (n *Namespace) revision(release *v1alpha1.CanaryRelease, origin model.Origin) *v1alpha1.ProgrammedRevision {
	decision, old := release.Status.Release, release.Status.Programmed
	if decision == nil || inForce(decision, old) {
		return old
	}
	service := n.services[string(release.Spec.Service.Name)]
	_, waits := n.Plan.Waiting[origin]
	if waits || n.refused(origin) || service == nil || !n.carried[service.Name] || n.worst(origin).State != apply.Done || replaced(service, decision) {
		return old
	}
	var since time.Time
	for _, key := range n.groups[origin] {
		if at := n.Results[key].Since; at.After(since) {
			since = at
		}
	}
	return &v1alpha1.ProgrammedRevision{Revision: decision.Revision, Since: metav1.NewMicroTime(since.Truncate(time.Microsecond))}
}

// replaced says whether stable answers in the target's place, because the target has no ready endpoints.
func replaced(service *model.Service, decision *v1alpha1.ReleaseStatus) bool {
	for _, share := range decision.Split {
		for _, backend := range service.Backends {
			if share.Variant == decision.To && backend.Variant == string(share.Variant) && !backend.Stable && !backend.Ready {
				return true
			}
		}
	}
	return false
}

// Settle is how long after the objects of a release are stored some data plane may still follow the old ones.
func (n *Namespace) Settle(release *v1alpha1.CanaryRelease) time.Duration {
	return n.settle[releaseOrigin(release)]
}

func (n *Namespace) variants(release *v1alpha1.CanaryRelease, origin model.Origin) []v1alpha1.VariantStatus {
	wanted := wantedShares(release)
	programmed := n.programmedShares(release, origin)
	variants := make([]v1alpha1.VariantStatus, len(release.Spec.Variants))
	for i, variant := range release.Spec.Variants {
		service := Backend(release, variant)
		ready := n.Endpoints[service].Ready
		variants[i] = v1alpha1.VariantStatus{
			Name: variant.Name, Service: service, Wanted: wanted[i], Programmed: programmed(variant.Name, service),
			Ready: ready > 0, ReadyReplicas: int32(ready),
		}
	}
	return variants
}

// Backend is the Service that answers for a variant of a release.
func Backend(release *v1alpha1.CanaryRelease, variant v1alpha1.Variant) string {
	if variant.Service != nil {
		return string(*variant.Service)
	}
	return compose.LeafName(release.Namespace, string(release.Spec.Service.Name), string(variant.Name))
}

// Held says why a release is not accepted. Empty: it is.
func (n *Namespace) Held(release *v1alpha1.CanaryRelease) string {
	origin := releaseOrigin(release)
	if !n.refused(origin) {
		return ""
	}
	return n.accepted(origin).Message
}

// wantedShares are the shares that were decided, or that the weights by hand ask for.
func wantedShares(release *v1alpha1.CanaryRelease) []string {
	weights := compose.Weights(release)
	var sum int64
	for _, weight := range weights {
		sum += int64(weight)
	}
	shares := make([]string, len(weights))
	for i, weight := range weights {
		shares[i] = percent(int64(weight), sum)
	}
	return shares
}

// programmedShares are the shares that the generated objects give: those of the plan when they are stored, those of the old status while
// they are not.
func (n *Namespace) programmedShares(release *v1alpha1.CanaryRelease, origin model.Origin) func(v1alpha1.VariantName, string) string {
	service := n.services[string(release.Spec.Service.Name)]
	if service == nil || service.Retain == nil || !n.carried[service.Name] {
		return func(v1alpha1.VariantName, string) string { return "" }
	}
	if n.worst(origin).State != apply.Done {
		return func(name v1alpha1.VariantName, _ string) string { return oldShare(release.Status, name) }
	}
	split := service.Routes[len(service.Routes)-1].Split
	var sum int64
	for _, share := range split {
		sum += int64(share.Weight)
	}
	return func(_ v1alpha1.VariantName, backend string) string {
		for _, share := range split {
			if share.Backend == backend {
				return percent(int64(share.Weight), sum)
			}
		}
		return "0"
	}
}

func oldShare(old v1alpha1.CanaryReleaseStatus, name v1alpha1.VariantName) string {
	for _, variant := range old.Variants {
		if variant.Name == name {
			return variant.Programmed
		}
	}
	return ""
}

// weights sums the programmed shares up for people: "v1 90%, v2 10%".
func weights(variants []v1alpha1.VariantStatus) string {
	var parts []string
	for _, variant := range variants {
		if variant.Programmed != "" && variant.Programmed != "0" {
			parts = append(parts, string(variant.Name)+" "+variant.Programmed+"%")
		}
	}
	return strings.Join(parts, ", ")
}

// percent writes a share with at most two decimals, rounded.
func percent(part, whole int64) string {
	hundredths := (part*10000 + whole/2) / whole
	text := strconv.FormatInt(hundredths/100, 10)
	if rest := hundredths % 100; rest > 0 {
		text += "." + strings.TrimRight(strconv.FormatInt(100+rest, 10)[1:], "0")
	}
	return text
}
