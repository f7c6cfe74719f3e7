package release

import (
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// kubemate is who decides when no person does.
const kubemate = "kubemate"

// Bounds of the schema.
const (
	maxHistory       = 24
	maxMessage       = 1024
	maxActionMessage = 512
	maxMetricMessage = 512
	maxValue         = 64
	maxQuery         = 4096
)

// note writes a transition into the history. From is where requests went before; nil when they stay.
func (m *machine) note(by, reason, message string, from []v1alpha1.ReleaseShare) {
	line := v1alpha1.ReleaseTransition{
		At: m.time(), By: by, Reason: reason, Message: shorten(message, maxMessage), Phase: m.state.Phase, Generation: m.intent.Generation,
	}
	if m.state.Step != nil {
		line.Step = m.state.Step.Number
	}
	if to := m.current(); from != nil && !slices.Equal(from, to) {
		line.From, line.To = splitText(from), splitText(to)
	}
	m.transitions = append(m.transitions, line)
	m.state.History = append(m.state.History, line)
	if more := len(m.state.History) - maxHistory; more > 0 {
		m.state.History = slices.Delete(m.state.History, 0, more)
	}
}

// because adds the reason that a person gave.
func because(message, reason string) string {
	if reason == "" {
		return message
	}
	return message + ": " + reason
}

// shorten keeps a text within the bound of the schema, which counts characters.
func shorten(text string, bound int) string {
	if runes := []rune(text); len(runes) > bound {
		return string(runes[:bound-1]) + "…"
	}
	return text
}

func microTime(t time.Time) metav1.MicroTime {
	return metav1.NewMicroTime(t.UTC().Truncate(time.Microsecond))
}
