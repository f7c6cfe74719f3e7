package drivertest_test

import (
	"testing"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/drivertest"
)

func TestFakesKeepTheContract(t *testing.T) {
	t.Run("mesh", func(t *testing.T) {
		var d driver.MeshDriver = drivertest.FakeMesh()
		drivertest.Contract(t, d, drivertest.StandardMesh(d.Features())...)
	})
	t.Run("edge", func(t *testing.T) {
		var d driver.EdgeDriver = drivertest.FakeEdge()
		drivertest.Contract(t, d, drivertest.StandardEdge(d.Features())...)
	})
}
