package cli

import (
	"encoding/json"
	"io"

	"github.com/kubemate/kubemate/internal/manifest"
)

// The document of -o json: fields are added to it, none is renamed within a version.
type (
	planDocument struct {
		APIVersion string              `json:"apiVersion"`
		Kind       string              `json:"kind"`
		Namespaces []namespaceDocument `json:"namespaces"`
		// Problems of documents that belong to no namespace's plan.
		Problems []problemDocument `json:"problems"`
	}
	namespaceDocument struct {
		Name     string           `json:"name"`
		Objects  []map[string]any `json:"objects"`
		Borrowed []map[string]any `json:"borrowed"`
		// PodTemplates are the annotations that pod templates need.
		PodTemplates []templateDocument `json:"podTemplates"`
		Problems     []problemDocument  `json:"problems"`
		Waiting      []problemDocument  `json:"waiting"`
		Assumptions  []string           `json:"assumptions"`
		Held         []string           `json:"held"`
		HeldSplits   []string           `json:"heldSplits"`
	}
	templateDocument struct {
		Service     string            `json:"service"`
		Workloads   []string          `json:"workloads"`
		Annotations map[string]string `json:"annotations"`
		// Applied: Kubemate writes them, with a restart. False: somebody else has to.
		Applied bool   `json:"applied"`
		Policy  string `json:"policy"`
	}
	problemDocument struct {
		Namespace string `json:"namespace,omitempty"`
		Kind      string `json:"kind,omitempty"`
		Name      string `json:"name,omitempty"`
		Path      string `json:"path,omitempty"`
		Reason    string `json:"reason"`
		Message   string `json:"message"`
		Advisory  bool   `json:"advisory,omitempty"`
		File      string `json:"file,omitempty"`
		Line      int    `json:"line,omitempty"`
	}
)

func printJSON(out io.Writer, found *result) error {
	document := planDocument{APIVersion: "cli.kubemate.io/v1alpha1", Kind: "Plan", Namespaces: []namespaceDocument{}, Problems: problemDocuments(found.problems)}
	for i := range found.namespaces {
		one, err := newNamespaceDocument(&found.namespaces[i])
		if err != nil {
			return err
		}
		document.Namespaces = append(document.Namespaces, one)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}

func newNamespaceDocument(found *namespaceResult) (namespaceDocument, error) {
	document := namespaceDocument{
		Name: found.Snapshot.Namespace, Objects: []map[string]any{}, Borrowed: []map[string]any{}, PodTemplates: templateDocuments(found), Problems: problemDocuments(found.problems),
		Waiting: []problemDocument{}, Assumptions: append([]string{}, found.Assumptions...), Held: []string{}, HeldSplits: append([]string{}, found.plan.HeldSplits...),
	}
	for _, object := range found.written() {
		content, err := contentOf(object)
		if err != nil {
			return document, err
		}
		document.Objects = append(document.Objects, content)
	}
	for _, borrowed := range found.borrowed() {
		document.Borrowed = append(document.Borrowed, borrowedContent(borrowed))
	}
	for _, origin := range found.waiting() {
		waiting := found.plan.Waiting[origin]
		document.Waiting = append(document.Waiting, problemDocument{Kind: origin.Kind, Name: origin.Name, Reason: waiting.Reason, Message: waiting.Message})
	}
	for _, origin := range found.plan.Held {
		document.Held = append(document.Held, origin.String())
	}
	return document, nil
}

func templateDocuments(found *namespaceResult) []templateDocument {
	documents := make([]templateDocument, 0, len(found.plan.Templates))
	for i := range found.plan.Templates {
		template := &found.plan.Templates[i]
		one := templateDocument{
			Service: template.Service, Workloads: []string{}, Annotations: template.Annotations, Applied: template.Apply, Policy: template.Origin.Object().Name,
		}
		for _, workload := range template.Workloads {
			one.Workloads = append(one.Workloads, workload.String())
		}
		documents = append(documents, one)
	}
	return documents
}

func problemDocuments(problems []manifest.Problem) []problemDocument {
	documents := make([]problemDocument, 0, len(problems))
	for _, p := range problems {
		documents = append(documents, problemDocument{
			Namespace: p.Namespace, Kind: p.Origin.Kind, Name: p.Origin.Name, Path: p.Origin.Path,
			Reason: p.Reason, Message: p.Message, Advisory: p.Advisory, File: p.Position.File, Line: p.Position.Line,
		})
	}
	return documents
}
