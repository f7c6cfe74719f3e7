package status

import (
	"cmp"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/model"
)

// Bounds of the schema.
const (
	maxProblems = 32
	maxMessage  = 1024
)

// own is what a kind adds to the conditions that all share.
type own struct {
	// held is what has become of an object that is not accepted. Empty: what was programmed before stays as it is.
	held string
	// secrets says whether the Secrets are there that the object needs. Nil: it needs none.
	secrets *metav1.Condition
	// verified is what gateways say of the objects.
	verified Verified
	// outlook replaces the summary of an object that is accepted and programmed. Nil: it is ready.
	outlook *metav1.Condition
}

// common computes what the kinds share.
func (n *Namespace) common(origin model.Origin, generation int64, old v1alpha1.CommonStatus, adds own) v1alpha1.CommonStatus {
	accepted := n.accepted(origin)
	programmed := n.programmed(origin, generation, old, adds)
	ready := summary(accepted, programmed, adds.secrets)
	if ready.Status == metav1.ConditionTrue && adds.outlook != nil {
		ready = *adds.outlook
	}
	next := v1alpha1.CommonStatus{ObservedGeneration: generation, Problems: n.list(origin)}
	for _, condition := range old.Conditions {
		next.Conditions = append(next.Conditions, *condition.DeepCopy())
	}
	said := []metav1.Condition{accepted, programmed, ready}
	if adds.secrets != nil {
		said = append(said, *adds.secrets)
	} else {
		meta.RemoveStatusCondition(&next.Conditions, v1alpha1.ConditionSecretsReady)
	}
	for _, condition := range said {
		condition.ObservedGeneration = generation
		condition.LastTransitionTime = metav1.NewTime(n.Now.Truncate(1e9)) // the API keeps seconds
		condition.Message = shorten(condition.Message, maxMessage)
		meta.SetStatusCondition(&next.Conditions, condition)
	}
	return next
}

func (n *Namespace) accepted(origin model.Origin) metav1.Condition {
	condition := metav1.Condition{
		Type: v1alpha1.ConditionAccepted, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonAccepted, Message: "understood as a whole",
	}
	problems := n.problems[origin]
	if len(problems) == 0 {
		return condition
	}
	first := problems[0]
	for _, problem := range problems {
		if !problem.Advisory {
			first, condition.Status = problem, metav1.ConditionFalse
			break
		}
	}
	condition.Reason, condition.Message = first.Reason, first.Message
	if first.Origin.Path != "" {
		condition.Message = first.Origin.Path + ": " + first.Message
	}
	if more := len(problems) - 1; more > 0 {
		condition.Message += " (and " + strconv.Itoa(more) + " more, see status.problems)"
	}
	return condition
}

// programmed says how far the objects are. An object that is not accepted keeps what it last programmed, and so does the condition.
func (n *Namespace) programmed(origin model.Origin, generation int64, old v1alpha1.CommonStatus, adds own) metav1.Condition {
	condition := metav1.Condition{Type: v1alpha1.ConditionProgrammed, Status: metav1.ConditionFalse}
	if n.refused(origin) && !slices.Contains(n.Plan.Freed, origin) {
		condition.Reason, condition.Message = v1alpha1.ReasonHeld, cmp.Or(adds.held, "not accepted: what was programmed before stays as it is")
		if meta.IsStatusConditionTrue(old.Conditions, v1alpha1.ConditionProgrammed) {
			condition.Status = metav1.ConditionTrue
		}
		return condition
	}
	if worst := n.worst(origin); worst.State != apply.Done {
		condition.Reason, condition.Message = worst.Reason, worst.Message
		if worst.Reason == "" {
			condition.Reason, condition.Message = v1alpha1.ReasonPending, "generated objects are being written"
		}
		return condition
	}
	if waiting, waits := n.Plan.Waiting[origin]; waits {
		condition.Reason, condition.Message = waiting.Reason, waiting.Message
		return condition
	}
	if unserved := unserved(old, adds.verified, generation); unserved != "" {
		condition.Reason, condition.Message = v1alpha1.ReasonNotServed, unserved
		return condition
	}
	condition.Status, condition.Reason, condition.Message = metav1.ConditionTrue, v1alpha1.ReasonStored, "all generated objects are stored"
	return condition
}

// unserved says what gateways do not serve of what is stored. Empty: nothing is known to be. While a gateway does not answer, what it said of the
// same generation before still holds: after a change of leaders nobody has asked yet.
func unserved(old v1alpha1.CommonStatus, verified Verified, generation int64) string {
	before := meta.FindStatusCondition(old.Conditions, v1alpha1.ConditionProgrammed)
	if verified.Message == "" && verified.Unknown && before != nil && before.Reason == v1alpha1.ReasonNotServed && before.ObservedGeneration == generation {
		return before.Message
	}
	return verified.Message
}

// worst is the result that a person should look at first.
func (n *Namespace) worst(origin model.Origin) apply.Result {
	rank := map[apply.State]int{apply.Done: 0, apply.Pending: 1, apply.Held: 2, apply.Failed: 3}
	worst := apply.Result{State: apply.Done}
	for _, key := range n.groups[origin] {
		result, known := n.Results[key]
		if !known {
			result = apply.Result{State: apply.Pending}
		}
		if rank[result.State] > rank[worst.State] {
			worst = result
		}
	}
	return worst
}

func summary(accepted, programmed metav1.Condition, secrets *metav1.Condition) metav1.Condition {
	for _, condition := range []metav1.Condition{accepted, programmed} {
		if condition.Status != metav1.ConditionTrue {
			return metav1.Condition{
				Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: condition.Reason, Message: condition.Message,
			}
		}
	}
	if secrets != nil && secrets.Status == metav1.ConditionFalse {
		return metav1.Condition{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: secrets.Reason, Message: secrets.Message}
	}
	ready := metav1.Condition{
		Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonReady, Message: programmed.Message,
	}
	if accepted.Reason != v1alpha1.ReasonAccepted {
		ready.Message = accepted.Message
	}
	return ready
}

// list writes the problems out.
func (n *Namespace) list(origin model.Origin) []v1alpha1.ProblemStatus {
	var problems []v1alpha1.ProblemStatus
	for _, problem := range n.problems[origin] {
		if len(problems) == maxProblems {
			break
		}
		problems = append(problems, v1alpha1.ProblemStatus{
			Path: problem.Origin.Path, Reason: problem.Reason, Message: shorten(problem.Message, maxMessage),
		})
	}
	return problems
}

func shorten(message string, limit int) string {
	if runes := []rune(message); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return message
}
