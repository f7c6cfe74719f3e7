package traefik_test

import (
	"testing"

	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/driver/traefik"
)

func TestTraefikKeepsTheContract(t *testing.T) {
	d := traefik.New()
	drivertest.Contract(t, d, drivertest.StandardEdge(d.Features())...)
}
