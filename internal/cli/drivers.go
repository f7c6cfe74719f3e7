package cli

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver/builtin"
	"github.com/kubemate/kubemate/internal/plan"
)

// Values of --driver.
const (
	driverAuto    = ""
	driverPolicy  = "linkerd-policy"
	driverClassic = "linkerd-classic"
	driverNone    = "none"
)

// chooseDriver lets a flag overrule the configuration's mesh driver.
func chooseDriver(cfg *config.OperatorConfig, flag string) error {
	switch flag {
	case driverAuto:
	case driverPolicy:
		cfg.Mesh.Driver, cfg.Mesh.Linkerd.Generation = config.Linkerd, config.GenerationPolicy
	case driverClassic:
		cfg.Mesh.Driver, cfg.Mesh.Linkerd.Generation = config.Linkerd, config.GenerationClassic
	case driverNone:
		cfg.Mesh.Driver = config.None
	default:
		return fmt.Errorf("--driver %s: there is no such driver; choose %s, %s or %s", flag, driverPolicy, driverClassic, driverNone)
	}
	return nil
}

// selectDrivers chooses the drivers of a namespace as the manager does, by what is served and by what stands there already.
func selectDrivers(drivers builtin.Drivers, served map[schema.GroupVersionKind]bool, standing []client.Object) plan.Drivers {
	names := map[string]bool{}
	for _, object := range standing {
		names[object.GetLabels()[v1alpha1.LabelDriver]] = true
	}
	return drivers.Select(served, names)
}

// servesEverything is what a cluster serves that nobody looked at.
func servesEverything(drivers builtin.Drivers) map[schema.GroupVersionKind]bool {
	served := map[schema.GroupVersionKind]bool{}
	for _, kind := range drivers.Kinds() {
		served[kind] = true
	}
	return served
}
