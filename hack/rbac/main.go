// Command rbac writes the operator's roles, derived from what its drivers write: make manifests.
//
// charts/kubemate/files/rules holds the rules in parts, which the chart puts together by its values; config/rbac holds the
// same for clusters without Helm, in the namespace kubemate-system.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/hack/rbac/rules"
)

const generated = "# Written by make manifests from what the drivers write. Do not edit.\n"

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "rbac:", err)
		os.Exit(1)
	}
}

func write() error {
	for _, part := range rules.Parts() {
		if err := writeFile(filepath.Join("charts", "kubemate", "files", "rules", part.Name+".yaml"), part.Rules); err != nil {
			return err
		}
	}
	if err := writeFile(filepath.Join("config", "rbac", "role.yaml"), everyday()...); err != nil {
		return err
	}
	for power, confined := range map[string]string{"injection": "namespaces", "restarts": "workloads"} {
		fence, err := policy(power+".yaml", confined)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join("config", "rbac", power+".yaml"), append(besides(power), fence...)...); err != nil {
			return err
		}
	}
	reservation, err := policy("routes.yaml", "routes")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join("config", "admission", "routes.yaml"), reservation...)
}

// everyday is what the operator needs with its default configuration.
func everyday() []any {
	base := rules.Join("base", "mesh", "edge")
	return []any{
		object("v1", "Namespace", "", rules.Namespace, nil),
		object("v1", "ServiceAccount", rules.Namespace, rules.Name, nil),
		object(rbacv1.SchemeGroupVersion.String(), "ClusterRole", "", rules.Name, map[string]any{"rules": base}),
		binding("ClusterRole", "", rules.Name),
		object(rbacv1.SchemeGroupVersion.String(), "Role", rules.Namespace, rules.Name+"-own", map[string]any{"rules": rules.Join("own")}),
		binding("Role", rules.Namespace, rules.Name+"-own"),
	}
}

// besides is what it needs more for a power that is off by default: injection (injection.enabled) or restarts (injection.restarts).
func besides(power string) []any {
	name := rules.Name + "-" + power
	return []any{
		object(rbacv1.SchemeGroupVersion.String(), "ClusterRole", "", name, map[string]any{"rules": rules.Join(power)}),
		binding("ClusterRole", "", name),
	}
}

func binding(kind, namespace, name string) map[string]any {
	return object(rbacv1.SchemeGroupVersion.String(), kind+"Binding", namespace, name, map[string]any{
		"roleRef":  map[string]any{"apiGroup": rbacv1.GroupName, "kind": kind, "name": name},
		"subjects": []any{map[string]any{"kind": "ServiceAccount", "name": rules.Name, "namespace": rules.Namespace}},
	})
}

func object(apiVersion, kind, namespace, name string, fields map[string]any) map[string]any {
	metadata := map[string]any{"name": name, "labels": map[string]any{"app.kubernetes.io/name": rules.Name}}
	if namespace != "" {
		metadata["namespace"] = namespace
	}
	made := map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": metadata}
	for key, value := range fields {
		made[key] = value
	}
	return made
}

func writeFile(path string, documents ...any) error {
	var content bytes.Buffer
	content.WriteString(generated)
	for i, document := range documents {
		text, err := yaml.Marshal(document)
		if err != nil {
			return fmt.Errorf("writing %s: %w", path, err)
		}
		if i > 0 {
			content.WriteString("---\n")
		}
		content.Write(text)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content.Bytes(), 0o644)
}
