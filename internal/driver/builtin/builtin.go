// Package builtin is the only importer of concrete drivers: it registers their types, lists the kinds that they write and chooses among
// them. A new mesh is a new driver folder and a few lines here.
package builtin

import (
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/certmanager"
	"github.com/kubemate/kubemate/internal/driver/kube"
	"github.com/kubemate/kubemate/internal/driver/linkerd"
	"github.com/kubemate/kubemate/internal/driver/traefik"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// Drivers are the drivers that the configuration enables.
type Drivers struct {
	kube driver.Driver
	// meshes are all generations, so that what one of them left behind is pruned; allowed are those that may write.
	meshes, allowed []generation
	edge            driver.EdgeDriver
	certificates    driver.Driver

	meshSettle, edgeSettle time.Duration
}

// generation is a mesh driver, and the kind by which it is known that the cluster serves what it writes.
type generation struct {
	driver driver.MeshDriver
	sign   []schema.GroupVersionKind
	// reduced writes no more than what the cluster serves, which may lack a kind that only newer versions have. Nil: all versions have all.
	reduced func(served map[schema.GroupVersionKind]bool) driver.MeshDriver
}

// writing is the driver for a cluster.
func (g generation) writing(served map[schema.GroupVersionKind]bool) driver.MeshDriver {
	if g.reduced == nil {
		return g.driver
	}
	return g.reduced(served)
}

// New takes the drivers that the configuration enables.
func New(cfg config.OperatorConfig) Drivers {
	drivers := Drivers{kube: kube.Driver(network(cfg)), meshSettle: cfg.Mesh.Settle.Duration, edgeSettle: cfg.Edge.Settle.Duration}
	if cfg.Mesh.Driver != config.None {
		drivers.meshes, drivers.allowed = generations(cfg)
	}
	if cfg.Edge.Driver != config.None {
		drivers.edge, drivers.certificates = traefik.New(), certmanager.New()
	}
	return drivers
}

// network is what the cluster itself needs of isolated pods. Where no mesh is driven, nothing but the NetworkPolicies guards them, and no port of a
// proxy is left open.
func network(cfg config.OperatorConfig) kube.Config {
	if cfg.Mesh.Driver == config.None {
		return kube.Config{}
	}
	out := kube.Config{ProxyPort: int32(cfg.Network.ProxyPort), MetricsNamespaces: cfg.Network.Metrics.Namespaces, MeshedLabel: linkerd.LabelMeshed}
	for _, port := range cfg.Network.Metrics.Ports {
		out.MetricsPorts = append(out.MetricsPorts, int32(port))
	}
	return out
}

// AddToScheme registers the types of all drivers.
func AddToScheme(scheme *runtime.Scheme) error {
	for name, add := range map[string]func(*runtime.Scheme) error{
		"linkerd": linkerd.AddToScheme, "traefik": traefik.AddToScheme, "cert-manager": certmanager.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			return fmt.Errorf("registering the types of the driver %s: %w", name, err)
		}
	}
	return nil
}

// Kinds are all kinds that the enabled drivers may write, in write order, each once.
func (d Drivers) Kinds() []schema.GroupVersionKind {
	all := []driver.Driver{d.kube}
	for _, mesh := range d.meshes {
		all = append(all, mesh.driver)
	}
	if d.edge != nil {
		all = append(all, d.certificates, d.edge)
	}
	var kinds []schema.GroupVersionKind
	seen := map[schema.GroupVersionKind]bool{}
	for _, one := range all {
		for _, kind := range one.Kinds() {
			if !seen[kind] {
				seen[kind] = true
				kinds = append(kinds, kind)
			}
		}
	}
	return kinds
}

// PodAnnotations are the annotations of pods by which the meshes tell how a pod stands to them, sorted.
func (d Drivers) PodAnnotations() []string {
	var all []string
	for _, mesh := range d.meshes {
		if reader, reads := mesh.driver.(driver.PodReader); reads {
			all = append(all, reader.PodAnnotations()...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Injector is the name of the MutatingWebhookConfiguration by which pods get the mesh's proxies. Empty: no mesh is driven.
func (d Drivers) Injector() string {
	for _, mesh := range d.allowed {
		if injecting, injects := mesh.driver.(driver.Injecting); injects {
			return injecting.ProxyNeeds().Injector // of all generations
		}
	}
	return ""
}

// TakingKinds are the kinds of objects that may take a Service away from what a mesh's driver writes, each once.
func (d Drivers) TakingKinds() []schema.GroupVersionKind {
	var kinds []schema.GroupVersionKind
	for _, mesh := range d.meshes {
		if yielding, yields := mesh.driver.(driver.Yielding); yields && !slices.Contains(kinds, yielding.TakingKind()) {
			kinds = append(kinds, yielding.TakingKind())
		}
	}
	return kinds
}

// TakesOver says which Service an object takes away from what a mesh's driver writes. False: none.
func (d Drivers) TakesOver(object client.Object) (model.Takeover, bool) {
	for _, mesh := range d.meshes {
		if yielding, yields := mesh.driver.(driver.Yielding); yields {
			if taken, takes := yielding.TakesOver(object); takes {
				return taken, true
			}
		}
	}
	return model.Takeover{}, false
}

// Select chooses the drivers of one namespace: by what the cluster serves, and for the mesh by what already stands in the namespace, because
// clients keep to the vocabulary that they met first.
func (d Drivers) Select(served map[schema.GroupVersionKind]bool, standing map[string]bool) plan.Drivers {
	chosen := plan.Drivers{Kube: d.kube, Mesh: d.mesh(served, standing), MeshSettle: d.meshSettle, EdgeSettle: d.edgeSettle}
	if d.edge != nil && serves(served, d.edge.Kinds()) {
		chosen.Edge = d.edge
	}
	if d.edge != nil && serves(served, d.certificates.Kinds()) {
		chosen.Certificates = d.certificates
	}
	return chosen
}

// Reports understands what gateways report of themselves. Nil: there are none.
func (d Drivers) Reports() driver.GatewayReports {
	reports, _ := d.edge.(driver.GatewayReports)
	return reports
}

// Routes understands routes that others wrote for the gateways. Nil: there are none.
func (d Drivers) Routes() driver.RouteReader {
	routes, _ := d.edge.(driver.RouteReader)
	return routes
}

func (d Drivers) mesh(served map[schema.GroupVersionKind]bool, standing map[string]bool) driver.MeshDriver {
	for _, mesh := range d.allowed {
		if standing[mesh.driver.Name()] {
			return mesh.writing(served)
		}
	}
	for _, mesh := range d.allowed {
		if serves(served, mesh.sign) {
			return mesh.writing(served)
		}
	}
	return nil
}

// serves says whether one of the kinds is served.
func serves(served map[schema.GroupVersionKind]bool, kinds []schema.GroupVersionKind) bool {
	for _, kind := range kinds {
		if served[kind] {
			return true
		}
	}
	return false
}
