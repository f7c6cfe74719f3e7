package traefik_test

import (
	"testing"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/driver/traefik"
	"github.com/kubemate/kubemate/internal/model"
)

func TestTraefikKeepsTheContract(t *testing.T) {
	d := traefik.New()
	drivertest.Contract(t, unlabelled{d}, drivertest.StandardEdge(d.Features())...)
}

// unlabelled takes the gateway's label off: it is the one label of Kubemate that a driver sets itself, which the contract suite does not know.
type unlabelled struct{ driver.EdgeDriver }

func (u unlabelled) Render(ns model.Namespace) (driver.Output, error) {
	out, err := u.EdgeDriver.Render(ns)
	for _, object := range out.Objects {
		labels := object.GetLabels()
		delete(labels, v1alpha1.LabelGateway)
		object.SetLabels(labels)
	}
	return out, err
}
