package linkerd

import (
	"testing"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/drivertest"
)

func TestDriversKeepTheContract(t *testing.T) {
	for name, d := range map[string]driver.MeshDriver{
		"policy":                    Policy(Config{}),
		"policy with gateway group": Policy(Config{RouteGroup: RouteGroupGateway}),
		"classic":                   Classic(Config{}),
	} {
		t.Run(name, func(t *testing.T) {
			drivertest.Contract(t, d, drivertest.StandardMesh(d.Features())...)
		})
	}
}
