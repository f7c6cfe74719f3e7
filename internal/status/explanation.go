package status

import (
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/release"
)

// Bounds of the schema.
const (
	maxNext        = 128
	maxExplanation = 2048
)

// explain fills in what people read first: the phase, the step, what happens next and when, and all that in one sentence.
func (n *Namespace) explain(of *v1alpha1.CanaryRelease, next *v1alpha1.CanaryReleaseStatus) {
	decision := of.Status.Release
	var settled time.Time
	hindrance := ""
	if inForce(decision, next.Programmed) {
		settled = next.Programmed.Since.Add(n.Settle(of))
	} else if decision != nil && decision.Revision > 0 {
		hindrance = n.hindrance(of)
	}
	words := release.Explain(&of.Spec, decision, settled)
	if hindrance != "" {
		words.Explanation += "; its split is not in force yet: " + hindrance
	}
	next.Phase, next.Step = words.Phase, words.Step
	next.Next, next.Explanation = shorten(words.Next, maxNext), shorten(words.Explanation, maxExplanation)
}

func inForce(decision *v1alpha1.ReleaseStatus, programmed *v1alpha1.ProgrammedRevision) bool {
	return decision != nil && programmed != nil && programmed.Revision == decision.Revision
}

// hindrance says why the objects of a release do not carry what was decided. Empty: they are being written.
func (n *Namespace) hindrance(of *v1alpha1.CanaryRelease) string {
	origin := releaseOrigin(of)
	if problems := n.problems[origin]; n.refused(origin) && len(problems) > 0 {
		return n.accepted(origin).Message
	}
	if worst := n.worst(origin); worst.Message != "" {
		return worst.Message
	}
	if waiting, waits := n.Plan.Waiting[origin]; waits {
		return waiting.Message
	}
	if service := n.services[string(of.Spec.Service.Name)]; service != nil && replaced(service, of.Status.Release) {
		return string(of.Status.Release.To) + " has no ready endpoints, so stable answers in its place"
	}
	return ""
}

func releaseOrigin(of *v1alpha1.CanaryRelease) model.Origin {
	return model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: of.Name}
}
