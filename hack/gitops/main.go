// Command gitops writes the part of Argo CD's configuration that is about Kubemate's kinds from its Lua scripts: make manifests.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

const (
	folder = "config/gitops/argocd"
	notice = `# What Argo CD has to know of Kubemate's kinds: when they are healthy, and how people act on a release. Merge it into the ConfigMap argocd-cm:
#   kubectl patch configmap argocd-cm -n argocd --patch-file argocd-cm.yaml
# Written by make manifests from the scripts in lua. Do not edit.
`
)

// verbs by the names that Argo CD's users see.
var verbs = []v1alpha1.ReleaseVerb{
	v1alpha1.VerbApprove, v1alpha1.VerbPromote, v1alpha1.VerbPause, v1alpha1.VerbResume, v1alpha1.VerbAbort, v1alpha1.VerbRetry,
}

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "gitops:", err)
		os.Exit(1)
	}
}

func write() error {
	scripts := map[string]string{}
	for _, name := range []string{"health-release", "health", "health-action", "discovery", "action"} {
		content, err := os.ReadFile(filepath.Join(folder, "lua", name+".lua"))
		if err != nil {
			return err
		}
		scripts[name] = string(content)
	}
	actions, err := yaml.Marshal(customization(scripts))
	if err != nil {
		return err
	}
	health := func(kind string) string { return "resource.customizations.health." + v1alpha1.GroupName + "_" + kind }
	patch, err := yaml.Marshal(map[string]any{"data": map[string]string{
		health(v1alpha1.KindCanaryRelease):  scripts["health-release"],
		health(v1alpha1.KindMeshPolicy):     scripts["health"],
		health(v1alpha1.KindIngressProfile): scripts["health"],
		health(v1alpha1.KindEgressProfile):  scripts["health"],
		health(v1alpha1.KindReleaseAction):  scripts["health-action"],
		"resource.customizations.actions." + v1alpha1.GroupName + "_" + v1alpha1.KindCanaryRelease: string(actions),
	}})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "argocd-cm.yaml"), append([]byte(notice), patch...), 0o644)
}

// customization are the actions on a release, in the words of Argo CD.
func customization(scripts map[string]string) map[string]any {
	var definitions []map[string]string
	for _, verb := range verbs {
		name := strings.ToLower(string(verb))
		script := strings.NewReplacer("@VERB@", string(verb), "@NAME@", name).Replace(scripts["action"])
		definitions = append(definitions, map[string]string{"name": name, "action.lua": script})
	}
	return map[string]any{"discovery.lua": scripts["discovery"], "definitions": definitions}
}
