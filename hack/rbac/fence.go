package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/hack/rbac/rules"
)

// fence is the admission policy that confines the power over Namespaces, as the chart has it: it is written once, there.
func fence() ([]any, error) {
	path := filepath.Join("charts", "kubemate", "templates", "injection.yaml")
	template, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	plain := strings.NewReplacer(
		`{{ $name }}`, rules.Name+"-namespaces",
		`{{- include "kubemate.labels" . | nindent 4 }}`, "app.kubernetes.io/name: "+rules.Name,
		`{{ printf "system:serviceaccount:%s:%s" .Release.Namespace (include "kubemate.serviceAccount" .) | squote }}`,
		"'system:serviceaccount:"+rules.Namespace+":"+rules.Name+"'",
	).Replace(withoutControls(string(template)))
	if strings.Contains(plain, "{{") {
		return nil, fmt.Errorf("%s holds an expression that hack/rbac does not know", path)
	}
	var documents []any
	for _, text := range strings.Split(plain, "\n---\n") {
		var document map[string]any
		if err := yaml.Unmarshal([]byte(text), &document); err != nil {
			return nil, fmt.Errorf("reading %s: %w", path, err)
		}
		documents = append(documents, document)
	}
	return documents, nil
}

// withoutControls drops the lines of a template that write nothing.
func withoutControls(template string) string {
	var kept strings.Builder
	for line := range strings.Lines(template) {
		if !strings.HasPrefix(line, "{{-") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
