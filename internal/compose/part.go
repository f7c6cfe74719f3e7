package compose

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/internal/model"
)

// part is what is wanted of one Service before it becomes one routing table.
type part struct {
	service *corev1.Service
	ports   []model.Port
	// workloads are those whose pods the Service selects, once somebody has asked for them.
	workloads []*workload
	// table is the release's routing table. Nil: none, or not yet.
	table *table
	// draft is the table of a release some of whose variants are not ready, as if they were. Nil: all are.
	draft      *table
	leaves     []model.Leaf
	opaque     *model.OpaquePorts
	resilience *resilience
	access     []model.Access
	// common is what the namespace's access rules say of the Service's pods, whichever Service's access has it.
	common  []model.Access
	network *network
}

// table is a release's routing table for some ports.
type table struct {
	routes   []model.Route
	backends []model.Backend
	ports    []int32
	retain   model.Retain
}

// originsOf lists who wants something of a Service. What a namespace's policy wants of all is held by the others, if there are any.
func (c *composer) originsOf(p *part) []model.Origin {
	svc := model.Service{Leaves: p.leaves, Access: p.access}
	if p.table != nil {
		svc.Routes = p.table.routes
	}
	origins := svc.Origins()
	if p.resilience != nil && (p.resilience != c.resilience || len(origins) == 0) {
		origins = append(origins, p.resilience.origin)
	}
	return origins
}

// finish makes one Service of its parts and a table, nil for none. False: nothing is wanted of it.
func (c *composer) finish(p *part, t *table) (model.Service, bool) {
	svc := model.Service{
		Name: p.service.Name, Selector: p.service.Spec.Selector, Ports: p.ports,
		Leaves: p.leaves, Opaque: p.opaque, Access: p.access,
	}
	if p.opaque != nil && c.rejected[p.opaque.Origin.Object()] {
		svc.Opaque = nil
	}
	if t != nil {
		svc.Routes, svc.Backends, svc.RoutedPorts = t.routes, t.backends, t.ports
		svc.Retain = &t.retain
	}
	if p.resilience != nil {
		c.add(p.resilience.apply(&svc)...)
	}
	return svc, len(svc.Leaves) > 0 || len(svc.Routes) > 0 || svc.Access != nil || svc.Breaker != nil || svc.Opaque != nil
}
