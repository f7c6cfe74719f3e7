package traefik_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
	"github.com/kubemate/kubemate/internal/driver/traefik"
	"github.com/kubemate/kubemate/internal/model"
)

func TestGoldens(t *testing.T) {
	for _, c := range goldens {
		t.Run(c.name, func(t *testing.T) {
			file := strings.NewReplacer(" ", "-", ",", "", "/", "").Replace(c.name) + ".yaml"
			golden.Check(t, filepath.Join("testdata", file), drivertest.YAML(rendered(t, c.edge)))
		})
	}
}

func rendered(t testing.TB, edges ...model.Edge) driver.Output {
	t.Helper()
	out, err := traefik.New().Render(model.Namespace{Name: "bank", Edges: edges})
	if err != nil {
		t.Fatalf("Render: %v", err)
	}
	return out
}
