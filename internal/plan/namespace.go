package plan

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/preflight"
)

// Namespace plans a namespace. What the drivers cannot express is found by asking them; then the namespace is composed again without the
// refused objects, so that one bad object neither blocks its neighbours nor leaves half of itself behind.
func Namespace(snapshot compose.Snapshot, drivers Drivers) Plan {
	return new(Memory).plan(snapshot, drivers)
}

func (m *Memory) plan(snapshot compose.Snapshot, drivers Drivers) Plan {
	refused := map[model.Origin]bool{}
	var found model.Problems
	for {
		composed := compose.Namespace(snapshot, refused)
		rendered := render(composed.Model, drivers, &m.wanted)
		rendered.problems = append(rendered.problems, rehearse(composed, drivers, &m.drafts)...)
		fresh := refuse(refused, rendered.problems)
		found = append(found, fresh...)
		if len(fresh) > 0 {
			continue // at most once per custom resource: refused only grows
		}
		rendered.problems = append(rendered.problems, takenOver(snapshot, composed.Model.Services, drivers.Mesh)...)
		if mesh, injects := drivers.Mesh.(driver.Injecting); injects {
			rendered.problems = append(rendered.problems, preflight.Check(snapshot, &composed.Model, mesh.ProxyNeeds())...)
		}
		return finish(composed, rendered, found)
	}
}

// refuse notes the objects of the problems that refuse, and returns the problems of those that were not refused before.
func refuse(refused map[model.Origin]bool, problems model.Problems) model.Problems {
	var fresh model.Problems
	before := make(map[model.Origin]bool, len(refused))
	for origin := range refused {
		before[origin] = true
	}
	for _, problem := range problems {
		object := problem.Origin.Object()
		if problem.Advisory || before[object] {
			continue
		}
		refused[object] = true
		fresh = append(fresh, problem)
	}
	return fresh
}

func finish(composed compose.Result, rendered rendering, found model.Problems) Plan {
	problems := slices.Concat(composed.Problems, rendered.problems, found)
	problems.Sort()
	problems = slices.Compact(problems)
	for i := range rendered.groups {
		if profile, ok := strings.CutPrefix(rendered.groups[i].Key, GroupProfilePrefix); ok {
			rendered.groups[i].Claims = composed.Claims[profile]
		}
	}
	return Plan{
		Namespace: composed.Model.Name, Model: composed.Model, Templates: rendered.templates, KeptTemplates: composed.KeptTemplates, Groups: rendered.groups, Problems: problems,
		Held: held(problems, composed.Freed), HeldSplits: composed.HeldSplits, Stopped: composed.Stopped, Undecided: composed.Undecided,
		Waiting: awaitCarriers(composed, rendered.groups), Freed: composed.Freed, Governance: composed.Governance, Due: composed.Due,
	}
}

// held lists the objects that keep what they last programmed.
func held(problems model.Problems, freed []model.Origin) []model.Origin {
	var origins []model.Origin
	for _, problem := range problems {
		if !problem.Advisory && !among(freed, problem.Origin.Object()) {
			origins = append(origins, problem.Origin)
		}
	}
	return model.SortOrigins(origins)
}

// Refuses says whether a custom resource is not accepted.
func (p Plan) Refuses(origin model.Origin) bool { return among(p.Held, origin) }

// Holds says whether the plan leaves a standing object alone: one that comes from a held custom resource, or carries a held split. The
// origins and retain are the object's own, as its annotations say; retain is nil when it carries no split.
func (p Plan) Holds(origins []model.Origin, retain *model.Retain) bool {
	for _, origin := range origins {
		if among(p.Vanished, origin) || among(p.Undecided, origin) && !p.frees(origins) {
			return true
		}
	}
	return p.HoldsBack(origins, retain)
}

// HoldsBack is Holds without the objects of vanished and undecided custom resources: what it is true of is worth telling the owners of
// whatever shares the object. A held policy does not hold a split that the plan still wants: what the policy adds to it is advisory and drops out
// (architecture.md, 3), so that a bad timeout never stands in the way of a rollback. Nor does a held release hold a split that the kill switch
// stops.
func (p Plan) HoldsBack(origins []model.Origin, retain *model.Retain) bool {
	follows := retain != nil && p.wantsSplit(retain.Service)
	if p.frees(origins) {
		return false
	}
	stopped := retain != nil && slices.Contains(p.Stopped, retain.Service)
	for _, origin := range origins {
		if follows && origin.Kind == v1alpha1.KindMeshPolicy || stopped && origin.Kind == v1alpha1.KindCanaryRelease {
			continue
		}
		if among(p.Held, origin) {
			return true
		}
	}
	if retain == nil {
		return false
	}
	_, found := slices.BinarySearch(p.HeldSplits, retain.Service)
	return found
}

// frees says whether an object comes from a profile that lost a host.
func (p Plan) frees(origins []model.Origin) bool {
	return slices.ContainsFunc(origins, func(origin model.Origin) bool { return among(p.Freed, origin) })
}

// wantsSplit says whether the plan splits a Service.
func (p Plan) wantsSplit(service string) bool {
	return p.split(service) != nil
}

// among finds an origin in a sorted list.
func among(origins []model.Origin, one model.Origin) bool {
	_, found := slices.BinarySearchFunc(origins, one, model.Origin.Compare)
	return found
}

// noDriver is the problem of an intent for which there is no driver.
func noDriver(origin model.Origin, side string) model.Problem {
	return model.Problem{
		Origin: origin, Reason: v1alpha1.ReasonUnsupported,
		Message: "no " + side + " that Kubemate can drive is installed, or the operator's configuration switches it off; install one, or remove this object",
	}
}

// noCertificates is the problem of an edge that asks for a certificate where nobody gets one.
func noCertificates(origin model.Origin) model.Problem {
	origin.Path = "spec.tls.certificate"
	return model.Problem{
		Origin: origin, Reason: v1alpha1.ReasonUnsupported,
		Message: "cert-manager, which gets certificates, is not installed in the cluster; install it, or name a Secret with a certificate in spec.tls.secretName",
	}
}

// sortObjects puts a group's objects into write order: by kind as the drivers say, then by name; those that are late come last.
func sortObjects(objects []driver.Object, order map[schema.GroupKind]int) {
	ranks := make([]int, 0, len(objects))
	for i := range objects { // asked once each: an object parses its apiVersion to answer
		rank := order[objects[i].GetObjectKind().GroupVersionKind().GroupKind()]
		if objects[i].Late {
			rank += len(order)
		}
		ranks = append(ranks, rank)
	}
	sort.Sort(&writeOrder{objects, ranks})
}

// writeOrder sorts objects and their ranks together.
type writeOrder struct {
	objects []driver.Object
	ranks   []int
}

func (w *writeOrder) Len() int { return len(w.objects) }

func (w *writeOrder) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(w.ranks[i], w.ranks[j]), cmp.Compare(w.objects[i].GetName(), w.objects[j].GetName())) < 0
}

func (w *writeOrder) Swap(i, j int) {
	w.objects[i], w.objects[j] = w.objects[j], w.objects[i]
	w.ranks[i], w.ranks[j] = w.ranks[j], w.ranks[i]
}
