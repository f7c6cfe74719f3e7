package apply

import (
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// group is one group of a plan, or what is left of one that is in the plan no more.
type group struct {
	digested
	key    string
	claims []model.HostClaim
	// heldBack names a standing object that should change and is held. Empty: none.
	heldBack string
	// from is the group of the plan that it was made from. Nothing changes it.
	from plan.Group
}

// digested is what a group wants, with what it takes to compare it.
type digested struct {
	objects []wanted
	loans   []loan
	version string
	// origins of all that the group wants.
	origins []model.Origin
}

// newGroup digests a group, unless it is one that was digested earlier, and from which nothing was withdrawn then.
func newGroup(of plan.Group, earlier *group) (*group, error) {
	made := &group{key: of.Key, claims: of.Claims, from: of}
	if earlier != nil && shared(of.Objects, earlier.from.Objects) && shared(of.Borrowed, earlier.from.Borrowed) && len(earlier.loans) == len(of.Borrowed) {
		made.digested = earlier.digested
		return made, nil
	}
	var err error
	made.digested, err = digest(of)
	return made, err
}

// shared says whether two lists are one: a plan shares its groups with an earlier one when nothing of them has changed.
func shared[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func digest(of plan.Group) (digested, error) {
	var made digested
	for _, object := range of.Objects {
		one, err := newWanted(object)
		if err != nil {
			return made, err
		}
		made.objects = append(made.objects, one)
		made.origins = append(made.origins, object.Origins...)
	}
	for _, borrowed := range of.Borrowed {
		one, err := newLoan(borrowed)
		if err != nil {
			return made, err
		}
		made.loans = append(made.loans, one)
		made.origins = append(made.origins, borrowed.Origins...)
	}
	made.origins = model.SortOrigins(made.origins)
	made.loans = slices.Clip(made.loans) // whoever appends to one submission's must not write into another's
	var err error
	made.version, err = version(made.objects, of.Borrowed)
	return made, err
}

func (g *group) withdraw(borrower client.Object) {
	g.loans = append(g.loans, withdrawal(borrower))
	g.version += "+" + refOf(borrower).String()
}

// note finds out whether the group waits for something that is held.
func (g *group) note(s *submission, standing map[identity]client.Object) {
	for _, object := range g.objects {
		if object.object.Follows {
			continue
		}
		live := standing[identity{object.kind, object.ref}]
		if live != nil && live.GetAnnotations()[v1alpha1.AnnotationApplied] != object.digest && s.plan.HoldsBack(load.Origins(live), load.Retain(live)) {
			g.heldBack = object.ref.String() + " stays as it is because it also comes from " + plan.EncodeOrigins(load.Origins(live)) +
				", of which one is not accepted or has no healthy backend"
			return
		}
	}
}

// guards says whether the group has a guard of a kind, in whatever version: generations of a mesh write different ones.
func (g *group) guards(kind schema.GroupKind) bool {
	return slices.ContainsFunc(g.objects, func(w wanted) bool { return w.object.Guards && w.ref.Kind == kind })
}

// concerns says whether the group has something to do with one of the origins.
func (d digested) concerns(origins []model.Origin) bool {
	return slices.ContainsFunc(origins, func(o model.Origin) bool { return slices.Contains(d.origins, o) })
}
