package plan_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
	"github.com/kubemate/kubemate/internal/manifest"
	"github.com/kubemate/kubemate/internal/plan"
)

// generations are the mesh drivers that every case is planned with.
var generations = []config.Generation{config.GenerationPolicy, config.GenerationClassic}

// TestGolden plans every folder of testdata that holds an input.yaml. A new case is YAML only: write the input, run with -update, read what
// came out.
//
//	input.yaml                what the namespace holds, beside testdata/base.yaml; an object of the input replaces the base's
//	config.yaml               optional: the operator's configuration; without it all defaults, and injection is allowed
//	model.yaml                the intent before any driver was asked
//	objects.DRIVER.yaml       what the driver would write
//	problems.yaml             what people are told, for each driver
//
// noon is the time of all cases.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*/input.yaml")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no cases found: %v", err)
	}
	for _, input := range inputs {
		folder := filepath.Dir(input)
		t.Run(filepath.Base(folder), func(t *testing.T) { goldenCase(t, folder) })
	}
}

func goldenCase(t *testing.T, folder string) {
	cfg := readConfig(t, folder)
	told := map[string]any{}
	for _, generation := range generations {
		cfg.Mesh.Linkerd.Generation = generation
		drivers := driversFor(cfg)
		models, objects, problems := map[string]any{}, new(strings.Builder), map[string]any{}
		for _, namespace := range readNamespaces(t, cfg, folder) {
			planned := plan.Namespace(namespace.Snapshot, drivers)
			models[namespace.Snapshot.Namespace] = plainValue(compose.Namespace(namespace.Snapshot, nil).Model)
			writeObjects(t, objects, planned)
			if what := toldOf(planned); what != nil {
				problems[namespace.Snapshot.Namespace] = what
			}
		}
		golden.Check(t, filepath.Join(folder, "model.yaml"), toYAML(t, models))
		golden.Check(t, filepath.Join(folder, "objects."+drivers.Mesh.Name()+".yaml"), objects.String())
		if len(problems) > 0 {
			told[drivers.Mesh.Name()] = problems
		}
	}
	golden.Check(t, filepath.Join(folder, "problems.yaml"), toYAML(t, told))
}

// definitions are compiled once: it takes longer than all cases.
var definitions = sync.OnceValues(manifest.ReadDefinitions)

// readNamespaces reads a case's input over the base.
func readNamespaces(t *testing.T, cfg config.OperatorConfig, folder string) []manifest.Namespace {
	t.Helper()
	known, err := definitions()
	if err != nil {
		t.Fatal(err)
	}
	const base = "testdata/base.yaml"
	objects := manifest.Read(known, "shop", source(t, filepath.Join(folder, "input.yaml")), source(t, base))
	for _, problem := range objects.Problems {
		if problem.Position.File != base || !strings.Contains(problem.Message, "twice") { // the first of two objects counts, so the input's
			t.Fatalf("%s: %v", problem.Position, problem.Problem)
		}
	}
	return objects.Snapshots(settingsOf(cfg))
}

func source(t *testing.T, name string) manifest.Source {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return manifest.Source{Name: name, Data: data}
}

func readConfig(t *testing.T, folder string) config.OperatorConfig {
	t.Helper()
	path := filepath.Join(folder, "config.yaml")
	if _, err := os.Stat(path); err != nil {
		cfg, err := config.Parse([]byte("injection: {enabled: true}"))
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	cfg, err := config.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// toldOf is what a plan tells people. Nil: nothing.
func toldOf(planned plan.Plan) map[string]any {
	told := map[string]any{}
	var problems []any
	for _, problem := range planned.Problems {
		problems = append(problems, plainValue(problem))
	}
	waiting := map[string]any{}
	for origin, why := range planned.Waiting {
		waiting[origin.String()] = plainValue(why)
	}
	var held []any
	for _, origin := range planned.Held {
		held = append(held, origin.String())
	}
	for name, list := range map[string][]any{"problems": problems, "held": held} {
		if len(list) > 0 {
			told[name] = list
		}
	}
	if len(waiting) > 0 {
		told["waiting"] = waiting
	}
	if len(planned.HeldSplits) > 0 {
		told["heldSplits"] = planned.HeldSplits
	}
	if len(planned.Stopped) > 0 {
		told["stopped"] = planned.Stopped
	}
	if len(told) == 0 {
		return nil
	}
	return told
}

func toYAML(t *testing.T, value any) string {
	t.Helper()
	data, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
