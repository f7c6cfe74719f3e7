package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pmezard/go-difflib/difflib"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/load"
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
	paint := painterFor(out)
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
			if _, err := io.WriteString(out, paintDiff(paint, text)); err != nil {
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

// changesOf compares a namespace's objects, sorted by name. What is held does not change.
func changesOf(n *namespaceResult) ([]change, error) {
	byName := map[string]*change{}
	find := func(kind, name string) *change {
		key := n.Snapshot.Namespace + "/" + kind + "/" + name
		if byName[key] == nil {
			byName[key] = &change{name: key}
		}
		return byName[key]
	}
	held := map[string]bool{}
	for _, object := range n.Standing {
		kind := object.GetObjectKind().GroupVersionKind().GroupKind().String()
		if n.plan.Holds(load.Origins(object), load.Retain(object)) {
			held[kind+"/"+object.GetName()] = true
			continue
		}
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
		if err != nil {
			return nil, fmt.Errorf("converting %s %s: %w", kind, object.GetName(), err)
		}
		find(kind, object.GetName()).present = content
	}
	for _, object := range n.written() {
		kind := object.GetObjectKind().GroupVersionKind().GroupKind().String()
		if held[kind+"/"+object.GetName()] {
			continue
		}
		content, err := contentOf(object)
		if err != nil {
			return nil, err
		}
		find(kind, object.GetName()).planned = content
	}
	for _, borrowed := range n.borrowed() {
		one := find(borrowed.Kind.GroupKind().String(), borrowed.Name)
		one.planned, one.present = borrowedContent(borrowed), n.standingBorrowed(borrowed)
	}
	changes := make([]change, 0, len(byName))
	for _, one := range byName {
		one.present = ownFields(one.present, one.planned)
		changes = append(changes, *one)
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.name, b.name) })
	return changes, nil
}

// standingBorrowed is what stands of borrowed annotations on the Namespace. Nil: nothing.
func (n *namespaceResult) standingBorrowed(borrowed driver.Borrowed) map[string]any {
	if n.Object == nil || borrowed.Name != n.Object.Name {
		return nil
	}
	listed, ok := n.Object.Annotations[v1alpha1.AnnotationBorrowed]
	if !ok {
		return nil
	}
	standing := driver.Borrowed{Kind: borrowed.Kind, Namespace: borrowed.Namespace, Name: borrowed.Name, Annotations: map[string]string{}}
	for _, key := range strings.Split(listed, ",") {
		if value, ok := n.Object.Annotations[key]; ok {
			standing.Annotations[key] = value
		}
	}
	return borrowedContent(standing)
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

func paintDiff(paint painter, text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		body, end, _ := strings.Cut(line, "\n")
		switch {
		case strings.HasPrefix(body, "+"):
			body = paint(green, body)
		case strings.HasPrefix(body, "-"):
			body = paint(red, body)
		}
		out.WriteString(body + end + "\n")
	}
	return out.String()
}
