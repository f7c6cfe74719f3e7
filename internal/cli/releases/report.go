package releases

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/cli/paint"
)

// report tells all about a release, as a tree.
type report struct {
	release *v1alpha1.CanaryRelease
	// state is what was decided. Never nil: without a decision it is empty.
	state *v1alpha1.ReleaseStatus
	now   time.Time
	// marks of lines.
	marks glyphs
	// history is how many of the last transitions are told.
	history int
}

func newReport(release *v1alpha1.CanaryRelease, now time.Time, marks glyphs, history int) report {
	r := report{release: release, state: release.Status.Release, now: now, marks: marks, history: history}
	if r.state == nil {
		r.state = &v1alpha1.ReleaseStatus{Phase: phaseOf(release)}
	}
	return r
}

// tree is the whole.
func (r report) tree() node {
	status := &r.release.Status
	root := line("CanaryRelease " + r.release.Namespace + "/" + r.release.Name)
	if r.state.Phase != "" {
		root.cells = append(root.cells, cell{text: string(r.state.Phase), color: phaseColor(r.state.Phase)})
	}
	if status.Step != "" {
		root.cells = append(root.cells, cell{text: "step " + status.Step})
	}
	if !r.state.Since.IsZero() {
		root.cells = append(root.cells, cell{text: "for " + r.age(r.state.Since.Time)})
	}
	if r.stale() {
		root.children = append(root.children, node{cells: []cell{{text: "Beware"}, {text: r.staleText(), color: paint.Yellow}}})
	}
	for _, word := range [][2]string{{"Now", status.Explanation}, {"Next", status.Next}, {"Service", r.service()}} {
		if word[1] != "" {
			root.children = append(root.children, line(word[0], word[1]))
		}
	}
	for _, section := range []func() (node, bool){r.variants, r.matches, r.rollout, r.analysis, r.conditions, r.problems, r.actions, r.transitions} {
		if found, ok := section(); ok {
			root.children = append(root.children, found)
		}
	}
	return root
}

// stale says whether the status is about another spec, because the operator does not run or has just not looked.
func (r report) stale() bool { return r.release.Status.ObservedGeneration != r.release.Generation }

func (r report) staleText() string {
	text := fmt.Sprintf("the operator has not looked at generation %d yet", r.release.Generation)
	if seen := r.release.Status.ObservedGeneration; seen > 0 {
		return text + fmt.Sprintf(": what follows is about generation %d", seen)
	}
	return text
}

func phaseColor(phase v1alpha1.ReleasePhase) paint.Color {
	switch phase {
	case v1alpha1.PhaseSucceeded:
		return paint.Green
	case v1alpha1.PhaseRolledBack, v1alpha1.PhaseStopped:
		return paint.Red
	case v1alpha1.PhaseAwaitingApproval, v1alpha1.PhasePaused, v1alpha1.PhaseSuspended:
		return paint.Yellow
	case v1alpha1.PhaseManual, v1alpha1.PhaseProgressing, v1alpha1.PhaseRetargeting:
	}
	return ""
}

func (r report) service() string {
	text := string(r.release.Spec.Service.Name)
	if ports := r.release.Spec.Service.Ports; len(ports) > 0 {
		words := make([]string, len(ports))
		for i, port := range ports {
			words[i] = strconv.Itoa(int(port))
		}
		text += ", port " + strings.Join(words, ", ")
	}
	return text
}

func (r report) variants() (node, bool) {
	section := line("Variants")
	for _, variant := range r.release.Status.Variants {
		ready := cell{text: fmt.Sprintf("%d ready", variant.ReadyReplicas)}
		if !variant.Ready {
			ready.color = paint.Red
		}
		programmed := cell{text: shareText("programmed", variant.Programmed)}
		if variant.Programmed != variant.Wanted {
			programmed.color = paint.Yellow
		}
		cells := []cell{{text: string(variant.Name)}, {text: r.role(variant.Name)}, {text: shareText("wanted", variant.Wanted)}, programmed}
		if observed := r.observed(variant.Name); observed != "" {
			cells = append(cells, cell{text: observed})
		}
		section.children = append(section.children, node{cells: append(cells, ready, cell{text: variant.Service, color: paint.Dim})})
	}
	return section, len(section.children) > 0
}

// observed is the share that a variant had in the last interval of the present step. Empty: nobody counts for this release now.
func (r report) observed(name v1alpha1.VariantName) string {
	switch {
	case r.state.Step == nil || r.release.Spec.Rollout == nil || r.release.Spec.Rollout.Analysis == nil:
		return ""
	case r.state.Analysis == nil || len(r.state.Analysis.Observed) == 0:
		return shareText("observed", "")
	}
	tenths := int32(0)
	for _, one := range r.state.Analysis.Observed {
		if one.Variant == name {
			tenths = one.Share
		}
	}
	return shareText("observed", strconv.FormatFloat(float64(tenths)/10, 'f', -1, 64))
}

// role is what a variant is besides one of several.
func (r report) role(name v1alpha1.VariantName) string {
	switch {
	case name == r.release.Status.Stable:
		return "stable"
	case r.release.Spec.Rollout != nil && name == r.release.Spec.Rollout.To:
		return "target"
	}
	return ""
}

func shareText(word, share string) string {
	if share == "" {
		return word + " -"
	}
	return word + " " + share + "%"
}

func (r report) matches() (node, bool) {
	section := line("Matches")
	for i, match := range r.release.Spec.Matches {
		holds := cell{text: "holds"}
		if !r.holds(match.To) {
			holds = cell{text: "does not hold", color: paint.Yellow}
		}
		section.children = append(section.children, node{cells: []cell{
			{text: fmt.Sprintf("%d. to %s", i+1, match.To)}, holds, {text: alternatives(match.Any)},
		}})
	}
	return section, len(section.children) > 0
}

func (r report) holds(to v1alpha1.VariantName) bool {
	switch r.state.Matches.Hold {
	case v1alpha1.MatchesNone:
		return false
	case v1alpha1.MatchesExcept:
		for _, name := range r.state.Matches.Except {
			if name == to {
				return false
			}
		}
	case v1alpha1.MatchesAll:
	}
	return true
}

// age is how long ago something was, briefly.
func (r report) age(at time.Time) string { return duration.HumanDuration(r.now.Sub(at)) }

// clock writes an instant.
func clock(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05Z") }
