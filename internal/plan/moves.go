package plan

import (
	"cmp"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// Hiding is a standing object of ours, of another generation of the mesh, that keeps callers from going by what the plan has for a Service.
type Hiding struct {
	Kind schema.GroupKind
	Name string
}

func (h Hiding) compare(other Hiding) int {
	return cmp.Or(cmp.Compare(h.Kind.Group, other.Kind.Group), cmp.Compare(h.Kind.Kind, other.Kind.Kind), cmp.Compare(h.Name, other.Name))
}

// Move notes which standing objects hide routes of the plan, because another generation of the mesh wrote them, and tells those who want the routes.
func (p *Plan) Move(standing []client.Object, drivers Drivers) {
	mesh, yields := drivers.Mesh.(driver.Yielding)
	if !yields {
		return
	}
	for _, object := range standing {
		if object.GetLabels()[v1alpha1.LabelDriver] == drivers.Mesh.Name() {
			continue
		}
		taken, takes := mesh.TakesOver(object)
		service := p.service(taken.Service)
		if !takes || taken.Namespace != p.Namespace || service == nil || len(service.Routes) == 0 {
			continue
		}
		p.Hiding = append(p.Hiding, Hiding{object.GetObjectKind().GroupVersionKind().GroupKind(), object.GetName()})
		for _, origin := range routing(service) {
			p.Problems = append(p.Problems, model.Problem{Origin: origin, Reason: v1alpha1.ReasonMoving, Advisory: true, Message: explainMove(object, drivers.Mesh)})
		}
	}
	if len(p.Hiding) == 0 {
		return
	}
	slices.SortFunc(p.Hiding, Hiding.compare)
	p.Hiding = slices.Compact(p.Hiding)
	p.Problems.Sort()
	p.Problems = slices.Compact(p.Problems)
}

func explainMove(object client.Object, to driver.MeshDriver) string {
	return "moves from the driver " + object.GetLabels()[v1alpha1.LabelDriver] + " to " + to.Name() + ": " + object.GetObjectKind().GroupVersionKind().Kind + " " +
		object.GetName() + " stands until the mesh has accepted the routes in its place; callers that send requests without a pause go by neither from then on until they are restarted"
}
