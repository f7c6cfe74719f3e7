package plan

import (
	"cmp"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// rendering is what the drivers made of a model.
type rendering struct {
	groups    []Group
	templates []Template
	problems  model.Problems
}

// renderer asks the drivers, one Service or Edge at a time, so that trouble with one stays with it.
type renderer struct {
	drivers    Drivers
	mesh, edge driver.Check
	// onServices write Services.
	onServices []side
	order      map[schema.GroupKind]int
	// before are the groups that were rendered last, after those of this time.
	before, after groups
	out           rendering
}

// render renders a model. What it remembers becomes what is rendered now.
func render(ns model.Namespace, drivers Drivers, memory *groups) rendering {
	r := renderer{
		drivers: drivers, order: map[schema.GroupKind]int{}, onServices: []side{{drivers.Kube, 0}},
		before: *memory, after: make(groups, len(ns.Services)+len(ns.Edges)+len(ns.Egresses)),
	}
	if drivers.Mesh != nil {
		r.mesh = driver.NewCheck(drivers.Mesh)
		r.onServices = append(r.onServices, side{drivers.Mesh, drivers.MeshSettle})
	}
	if drivers.Edge != nil {
		r.edge = driver.NewCheck(drivers.Edge)
	}
	for i, kind := range drivers.Kinds() {
		r.order[kind.GroupKind()] = i
	}
	r.out.groups = make([]Group, 0, len(ns.Services)+len(ns.Edges)+len(ns.Egresses)+1)
	r.namespace(ns)
	r.network(ns)
	r.outside(ns)
	for i := range ns.Templates {
		r.template(ns.Name, ns.Templates[i])
	}
	for i := range ns.Services {
		r.service(ns.Name, ns.Services[i])
	}
	for i := range ns.Edges {
		r.profile(ns.Name, ns.Edges[i])
	}
	for i := range ns.Egresses {
		r.egress(ns.Name, ns.Egresses[i])
	}
	slices.SortFunc(r.out.groups, func(a, b Group) int { return cmp.Compare(a.Key, b.Key) })
	*memory = r.after
	return r.out
}

// rehearse renders what is not in force yet, so that a release that the mesh cannot express is refused before anything of it is written.
func rehearse(composed compose.Result, drivers Drivers, memory *groups) model.Problems {
	if drivers.Mesh == nil || len(composed.Drafts) == 0 {
		return nil
	}
	return render(model.Namespace{Name: composed.Model.Name, Services: composed.Drafts}, drivers, memory).problems
}

// namespace renders what is wanted of the namespace as a whole.
func (r *renderer) namespace(ns model.Namespace) {
	one := model.Namespace{Name: ns.Name, Injection: ns.Injection, Pods: ns.Pods}
	origins := originsOf(one)
	if len(origins) == 0 {
		return
	}
	if r.drivers.Mesh == nil {
		for _, origin := range origins {
			r.problem(noDriver(origin, "mesh"))
		}
		return
	}
	if r.problem(r.mesh.Namespace(one)...) {
		return
	}
	one.Pods = r.mesh.WithholdPods(one.Pods)
	r.group(GroupNamespace, one, side{r.drivers.Mesh, 0})
}

// network renders whose packets reach the namespace's pods, which takes no mesh.
func (r *renderer) network(ns model.Namespace) {
	if len(ns.Isolations) > 0 {
		r.group(GroupNetwork, model.Namespace{Name: ns.Name, Isolations: ns.Isolations}, side{r.drivers.Kube, 0})
	}
}

// outside renders what the namespace's pods may call outside of the cluster: by the mesh, which tells hosts, and always together with what closes the way
// for packets that go past it.
func (r *renderer) outside(ns model.Namespace) {
	if ns.Outside == nil {
		return
	}
	if r.drivers.Mesh == nil {
		r.problem(noDriver(ns.Outside.Origin, "mesh"))
		return
	}
	if r.problem(r.mesh.Outside(*ns.Outside)...) {
		return
	}
	r.group(GroupOutside, model.Namespace{Name: ns.Name, Outside: ns.Outside}, side{r.drivers.Mesh, 0}, side{r.drivers.Kube, 0})
}

func (r *renderer) service(namespace string, svc model.Service) {
	if r.drivers.Mesh == nil {
		for _, origin := range svc.Origins() {
			if origin.Kind == v1alpha1.KindMeshPolicy {
				r.problem(noDriver(origin, "mesh"))
			}
		}
	} else {
		if r.problem(r.mesh.Service(svc)...) {
			return
		}
		svc = r.mesh.Withhold(svc)
	}
	one := model.Namespace{Name: namespace, Services: []model.Service{svc}}
	r.group(GroupServicePrefix+svc.Name, one, r.onServices...)
}

func (r *renderer) profile(namespace string, edge model.Edge) {
	if r.drivers.Edge == nil {
		r.problem(noDriver(edge.Origin, "gateway"))
		return
	}
	if r.problem(r.edge.Edge(edge)...) {
		return
	}
	sides := []side{{r.drivers.Edge, r.drivers.EdgeSettle}}
	if edge.TLS != nil && edge.TLS.Issuer != nil {
		if r.drivers.Certificates == nil {
			r.problem(noCertificates(edge.Origin))
			return
		}
		sides = append(sides, side{r.drivers.Certificates, 0})
	}
	one := model.Namespace{Name: namespace, Edges: []model.Edge{edge}}
	r.group(GroupProfilePrefix+edge.Name, one, sides...)
}

// egress renders a way out: the names of partners, the gateway's routes to them, and the end of the other ways.
func (r *renderer) egress(namespace string, egress model.Egress) {
	if r.drivers.Edge == nil {
		r.problem(noDriver(egress.Origin, "gateway"))
		return
	}
	if r.problem(r.edge.Egress(egress)...) {
		return
	}
	one := model.Namespace{Name: namespace, Egresses: []model.Egress{egress}}
	r.group(GroupEgressPrefix+egress.Name, one, side{r.drivers.Kube, 0}, side{r.drivers.Edge, 0})
}

// problem notes problems and says whether one of them refuses.
func (r *renderer) problem(problems ...model.Problem) bool {
	r.out.problems = append(r.out.problems, problems...)
	return slices.ContainsFunc(problems, func(p model.Problem) bool { return !p.Advisory })
}

// group renders one group, unless it was rendered from the same the last time. Without output there is no group: what stands of it is pruned.
func (r *renderer) group(key string, one model.Namespace, sides ...side) {
	done := r.before.of(key, one)
	if done == nil {
		group, ok := r.objects(key, one, sides)
		if !ok {
			return
		}
		done = &rendered{wanted: one, group: group}
	}
	r.after[key] = done
	if len(done.group.Objects)+len(done.group.Borrowed) > 0 {
		r.out.groups = append(r.out.groups, done.group)
	}
}
