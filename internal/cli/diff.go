package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/pmezard/go-difflib/difflib"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/internal/cli/paint"
)

// contextLines stand around each difference.
const contextLines = 3

// change is one object as it stands and as it is planned; nil where there is none.
type change struct {
	name             string
	present, planned map[string]any
}

// printDiff writes a unified diff of what stands and what is planned. Of a standing object it shows the fields that Kubemate writes.
func printDiff(out io.Writer, found *result) error {
	painter := paint.For(out)
	for i := range found.namespaces {
		changes, err := changesOf(&found.namespaces[i])
		if err != nil {
			return err
		}
		for _, one := range changes {
			text, err := one.diff()
			if err != nil {
				return err
			}
			if _, err := io.WriteString(out, paintDiff(painter, text)); err != nil {
				return err
			}
		}
	}
	return nil
}

// differs says whether anything stands otherwise than planned. A plan that cannot be compared differs: printing it has failed before.
func (r *result) differs() bool {
	for i := range r.namespaces {
		changes, err := changesOf(&r.namespaces[i])
		if err != nil || slices.ContainsFunc(changes, func(c change) bool { text, err := c.diff(); return err != nil || text != "" }) {
			return true
		}
	}
	return false
}

// diff is the unified diff. Empty: nothing changes.
func (c change) diff() (string, error) {
	present, err := textOf(c.present)
	if err != nil {
		return "", err
	}
	planned, err := textOf(c.planned)
	if err != nil {
		return "", err
	}
	name := func(side string, content map[string]any) string {
		if content == nil {
			return "/dev/null"
		}
		return side + "/" + c.name
	}
	return difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(present), B: difflib.SplitLines(planned),
		FromFile: name("present", c.present), ToFile: name("planned", c.planned), Context: contextLines,
	})
}

func textOf(content map[string]any) (string, error) {
	if content == nil {
		return "", nil
	}
	data, err := yaml.Marshal(content)
	return string(data), err
}

func paintDiff(painter paint.Painter, text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		body, end, _ := strings.Cut(line, "\n")
		switch {
		case strings.HasPrefix(body, "+"):
			body = painter(paint.Green, body)
		case strings.HasPrefix(body, "-"):
			body = painter(paint.Red, body)
		}
		out.WriteString(body + end + "\n")
	}
	return out.String()
}
