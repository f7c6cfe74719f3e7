package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/kubemate/kubemate/internal/cli/paint"
	"github.com/kubemate/kubemate/internal/manifest"
)

// report writes what people should read: assumptions, what is waited for, problems. One line each.
func report(out io.Writer, found *result) error {
	text := reporter{paint: paint.For(out), several: len(found.namespaces) > 1}
	for i := range found.namespaces {
		text.namespace(&found.namespaces[i])
	}
	for _, kind := range slices.Sorted(maps.Keys(found.objects.Ignored)) {
		text.line("", text.paint(paint.Dim, fmt.Sprintf("ignored: %s (%d): Kubemate does not look at them", kind, found.objects.Ignored[kind])))
	}
	for _, problem := range found.problems {
		text.problem(problem)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

type reporter struct {
	strings.Builder
	paint paint.Painter
	// several says whether lines must name their namespace.
	several bool
}

func (r *reporter) namespace(n *namespaceResult) {
	for _, sentence := range n.Assumptions {
		r.line(n.Snapshot.Namespace, r.paint(paint.Dim, "assumed: "+sentence))
	}
	for _, origin := range n.waiting() {
		r.line(n.Snapshot.Namespace, r.paint(paint.Yellow, "waiting: ")+origin.String()+": "+n.plan.Waiting[origin].Message+" ("+n.plan.Waiting[origin].Reason+")")
	}
	for _, service := range n.plan.HeldSplits {
		r.line(n.Snapshot.Namespace, r.paint(paint.Yellow, "held: ")+"the split of Service "+service+" stays as it stands")
	}
	for _, service := range n.plan.Stopped {
		r.line(n.Snapshot.Namespace, r.paint(paint.Yellow, "kill switch: ")+"the split of Service "+service+" goes to stable although its release is held")
	}
	for _, problem := range n.problems {
		r.problem(problem)
	}
}

// problem writes KIND/NAME PATH: MESSAGE (REASON), and where the line stands.
func (r *reporter) problem(p manifest.Problem) {
	subject := p.Position.String()
	if p.Origin.Kind != "" {
		subject = p.Origin.String()
	}
	if p.Origin.Path != "" {
		subject += " " + p.Origin.Path
	}
	color := paint.Red
	if p.Advisory {
		color = paint.Yellow
	}
	line := r.paint(color, subject) + ": " + strings.ReplaceAll(p.Message, "\n", " ") + " (" + p.Reason + ")"
	if at := p.Position.String(); at != "" && p.Origin.Kind != "" {
		line += r.paint(paint.Dim, " at "+at)
	}
	r.line(p.Namespace, line)
}

func (r *reporter) line(namespace, text string) {
	if r.several && namespace != "" {
		text = "namespace " + namespace + ": " + text
	}
	r.WriteString(text + "\n")
}
