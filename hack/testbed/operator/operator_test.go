package operator

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/internal/config"
)

var root = filepath.Join("..", "..", "..")

func TestCompletedConfigurationIsAccepted(t *testing.T) {
	text, err := complete("injection:\n  enabled: true\nleaderElection: {leaseDuration: 20s}\n", "127.0.0.1:1", "127.0.0.1:2")
	if err != nil {
		t.Fatal(err)
	}
	read, err := config.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if !read.Injection.Enabled || read.LeaderElection.LeaseDuration.Seconds() != 20 {
		t.Errorf("what was given is lost: %s", text)
	}
	if read.LeaderElection.Namespace != Namespace || read.Metrics.BindAddress != "127.0.0.1:1" || read.Health.BindAddress != "127.0.0.1:2" {
		t.Errorf("what a pod would bring along is missing: %s", text)
	}
}

// TestRolesAreTheCharts compares the rules that Install applies with the parts from which the chart puts its ClusterRole together.
func TestRolesAreTheCharts(t *testing.T) {
	var chart, applied []map[string]any
	for _, part := range []string{"base", "mesh", "edge", "injection", "own"} {
		var rules []map[string]any
		read(t, filepath.Join(root, "charts", "kubemate", "files", "rules", part+".yaml"), &rules)
		chart = append(chart, rules...)
	}
	for _, file := range []string{"role.yaml", "injection.yaml"} {
		for _, document := range documents(t, filepath.Join(root, "config", "rbac", file)) {
			var role struct{ Rules []map[string]any }
			if err := yaml.Unmarshal(document, &role); err != nil {
				t.Fatal(err)
			}
			applied = append(applied, role.Rules...)
		}
	}
	if got, want := lines(t, applied), lines(t, chart); !slices.Equal(got, want) {
		t.Errorf("the roles of config/rbac are not the chart's:\n%s\nchart:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestClassicServesTheOldServerOnly(t *testing.T) {
	folder := t.TempDir()
	paths, err := meshDefinitions(root, folder, Classic)
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) != len(served[Classic]) {
		t.Errorf("unexpected: %q", paths)
	}
	var definition struct {
		Spec struct{ Versions []struct{ Name string } }
	}
	read(t, filepath.Join(folder, "policy.linkerd.io_servers.yaml"), &definition)
	if versions := definition.Spec.Versions; len(versions) != 1 || versions[0].Name != "v1beta1" {
		t.Errorf("serves %v", versions)
	}
	if _, err := meshDefinitions(root, folder, "Nonsense"); err == nil {
		t.Error("a generation that does not exist is taken")
	}
}
