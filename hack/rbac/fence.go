package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/hack/rbac/rules"
)

// policy is an admission policy and its binding, as the chart has them: they are written once, there. suffix ends their name.
func policy(file, suffix string) ([]any, error) {
	path := filepath.Join("charts", "kubemate", "templates", file)
	template, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	plain := strings.NewReplacer(
		`{{ $name }}`, rules.Name+"-"+suffix,
		`{{- include "kubemate.labels" . | nindent 4 }}`, "app.kubernetes.io/name: "+rules.Name,
		`{{ printf "system:serviceaccount:%s:%s" .Release.Namespace (include "kubemate.serviceAccount" .) | squote }}`,
		"'system:serviceaccount:"+rules.Namespace+":"+rules.Name+"'",
		`{{ printf "[%s]" (join ", " $groups) }}`, "[]",
		`{{ printf "[%s]" (join ", " $namespaces) }}`, "[]",
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
