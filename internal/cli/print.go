package cli

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/plan"
)

// Values of --output.
const (
	outputYAML = "yaml"
	outputJSON = "json"
	outputDiff = "diff"
)

// printer writes a result for standard output.
type printer func(io.Writer, *result) error

func printerFor(output string) (printer, error) {
	printers := map[string]printer{outputYAML: printYAML, outputJSON: printJSON, outputDiff: printDiff}
	found, ok := printers[output]
	if !ok {
		return nil, fmt.Errorf("-o %s: there is no such output; choose %s, %s or %s", output, outputYAML, outputJSON, outputDiff)
	}
	return found, nil
}

// printYAML writes the objects as a stream that kubectl can read.
func printYAML(out io.Writer, found *result) error {
	var text bytes.Buffer
	for i := range found.namespaces {
		one := &found.namespaces[i]
		for _, object := range one.written() {
			content, err := contentOf(object)
			if err != nil {
				return err
			}
			if err := writeDocument(&text, content); err != nil {
				return err
			}
		}
		for _, borrowed := range one.borrowed() {
			text.WriteString("---\n# Laid over an object that stays its owner's.\n")
			if err := writeYAML(&text, borrowedContent(borrowed)); err != nil {
				return err
			}
		}
		for i := range one.plan.Templates {
			if err := writeTemplate(&text, &one.plan.Templates[i]); err != nil {
				return err
			}
		}
	}
	_, err := out.Write(text.Bytes())
	return err
}

// writeTemplate writes what pod templates need as a comment: no object that kubectl could apply holds nothing else of a workload.
func writeTemplate(text *bytes.Buffer, template *plan.Template) error {
	who := "give them to the templates in Git"
	if template.Apply {
		who = "they are written there with a restart"
	}
	workloads := make([]string, 0, len(template.Workloads))
	for _, one := range template.Workloads {
		workloads = append(workloads, one.String())
	}
	if len(workloads) == 0 {
		workloads = []string{"no workload is known"}
	}
	annotations, err := yaml.Marshal(template.Annotations)
	if err != nil {
		return err
	}
	fmt.Fprintf(text, "---\n# Annotations that %s needs in the pod templates of Service %s (%s); %s:\n", template.Origin.Object(), template.Service, strings.Join(workloads, ", "), who)
	for line := range strings.Lines(string(annotations)) {
		text.WriteString("#   " + line)
	}
	return nil
}

func writeDocument(text *bytes.Buffer, content map[string]any) error {
	text.WriteString("---\n")
	return writeYAML(text, content)
}

func writeYAML(text *bytes.Buffer, content map[string]any) error {
	data, err := yaml.Marshal(content)
	if err != nil {
		return err
	}
	text.Write(data)
	return nil
}

// contentOf is an object as it is written: without status, and without a time that it does not have. The plan's own object is left alone: of an
// unstructured one the converter gives the very map.
func contentOf(object driver.Object) (map[string]any, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object.DeepCopyObject())
	if err != nil {
		return nil, fmt.Errorf("converting %s %s: %w", object.GetObjectKind().GroupVersionKind().Kind, object.GetName(), err)
	}
	delete(content, "status")
	if metadata, ok := content["metadata"].(map[string]any); ok && metadata["creationTimestamp"] == nil {
		delete(metadata, "creationTimestamp")
	}
	return content, nil
}

// borrowedContent is what is laid over an object, with the annotation by which it is found again.
func borrowedContent(borrowed driver.Borrowed) map[string]any {
	annotations := map[string]any{v1alpha1.AnnotationBorrowed: strings.Join(slices.Sorted(maps.Keys(borrowed.Annotations)), ",")}
	for key, value := range borrowed.Annotations {
		annotations[key] = value
	}
	metadata := map[string]any{"name": borrowed.Name, "annotations": annotations}
	if borrowed.Namespace != "" {
		metadata["namespace"] = borrowed.Namespace
	}
	return map[string]any{"apiVersion": borrowed.Kind.GroupVersion().String(), "kind": borrowed.Kind.Kind, "metadata": metadata}
}
