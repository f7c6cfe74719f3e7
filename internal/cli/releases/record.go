package releases

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/internal/cli/paint"
)

// lastActions is how many of the last decided actions are told.
const lastActions = 3

func (r report) conditions() (node, bool) {
	section := line("Conditions")
	for _, condition := range r.release.Status.Conditions {
		mark := cell{text: r.marks.done, color: paint.Green}
		message := ""
		if condition.Status != metav1.ConditionTrue {
			mark, message = cell{text: r.marks.bad, color: paint.Red}, condition.Message
		}
		if message == r.release.Status.Explanation {
			message = "" // said already
		}
		section.children = append(section.children, node{cells: []cell{mark, {text: condition.Type}, {text: condition.Reason}, {text: message}}})
	}
	return section, len(section.children) > 0
}

func (r report) problems() (node, bool) {
	section := line("Problems")
	for _, problem := range r.release.Status.Problems {
		section.children = append(section.children, node{cells: []cell{{text: problem.Reason, color: paint.Red}, {text: problem.Path}, {text: problem.Message}}})
	}
	return section, len(section.children) > 0
}

// actions tells the last that were decided on, the youngest first.
func (r report) actions() (node, bool) {
	section := line("Actions")
	for i := len(r.state.Actions) - 1; i >= 0 && len(section.children) < lastActions; i-- {
		action := &r.state.Actions[i]
		outcome := cell{text: "applied", color: paint.Green}
		if !action.Applied {
			outcome = cell{text: "refused", color: paint.Red}
		}
		section.children = append(section.children, node{cells: []cell{{text: clock(action.At.Time)}, outcome, {text: action.Message}}})
	}
	return section, len(section.children) > 0
}

// transitions tells the last, the youngest first.
func (r report) transitions() (node, bool) {
	section := line("History")
	for i := len(r.state.History) - 1; i >= 0 && len(section.children) < r.history; i-- {
		transition := &r.state.History[i]
		split := transition.To
		if transition.From != "" && transition.From != transition.To {
			split = transition.From + " -> " + transition.To
		}
		section.children = append(section.children, node{cells: []cell{
			{text: clock(transition.At.Time)}, {text: transition.Reason}, {text: transition.By}, {text: split}, {text: transition.Message},
		}})
	}
	return section, len(section.children) > 0
}
