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

// submission is a plan made ready to be compared: what every group of it must know of the whole.
type submission struct {
	plan plan.Plan
	// groups by the label that their objects carry.
	groups map[string]*group
	// wanted holds the objects of all groups: what moves from one group to another is not pruned by the first.
	wanted map[Ref]bool
	// needed are the names, and other texts, in what is held: what they refer to stays.
	needed map[string]bool
}

// group is one group of a plan, or what is left of one that is in the plan no more.
type group struct {
	key     string
	claims  []model.HostClaim
	objects []wanted
	loans   []loan
	version string
	// origins of all that the group wants.
	origins []model.Origin
	// heldBack names a standing object that should change and is held. Empty: none.
	heldBack string
}

// newSubmission digests a plan. Groups that stand in the cluster and are not in the plan become empty ones, so that they are pruned.
func newSubmission(p plan.Plan, live load.Live) (*submission, error) {
	s := &submission{plan: p, groups: make(map[string]*group, len(p.Groups)), wanted: map[Ref]bool{}}
	for i := range p.Groups {
		made, err := newGroup(p.Groups[i])
		if err != nil {
			return nil, err
		}
		s.groups[plan.GroupLabel(p.Groups[i].Key)] = made
		for _, object := range made.objects {
			s.wanted[object.ref] = true
		}
		for _, one := range made.loans {
			s.wanted[one.ref] = true
		}
	}
	var err error
	if s.needed, err = references(live.Objects, s.holds); err != nil {
		return nil, err
	}
	for _, object := range live.Objects {
		s.leftover(object.GetLabels()[v1alpha1.LabelGroup])
	}
	for _, borrower := range live.Borrowers {
		if ref := refOf(borrower); !s.wanted[ref] {
			s.leftover(plan.GroupLabel(borrowerGroup(ref))).withdraw(borrower)
		}
	}
	return s, nil
}

// borrowerGroup is the key of the group that lays annotations over an object: that of the namespace, or of one Service.
func borrowerGroup(ref Ref) string {
	if ref.Namespace == "" {
		return plan.GroupNamespace
	}
	return plan.GroupServicePrefix + ref.Name
}

func newGroup(of plan.Group) (*group, error) {
	made := &group{key: of.Key, claims: of.Claims}
	for _, object := range of.Objects {
		one, err := newWanted(object)
		if err != nil {
			return nil, err
		}
		made.objects = append(made.objects, one)
		made.origins = append(made.origins, object.Origins...)
	}
	for _, borrowed := range of.Borrowed {
		one, err := newLoan(borrowed)
		if err != nil {
			return nil, err
		}
		made.loans = append(made.loans, one)
		made.origins = append(made.origins, borrowed.Origins...)
	}
	made.origins = model.SortOrigins(made.origins)
	digest, err := version(made.objects, of.Borrowed)
	made.version = digest
	return made, err
}

// leftover finds a group, or begins an empty one.
func (s *submission) leftover(label string) *group {
	if s.groups[label] == nil {
		s.groups[label] = &group{key: label}
	}
	return s.groups[label]
}

func (g *group) withdraw(borrower client.Object) {
	g.loans = append(g.loans, withdrawal(borrower))
	g.version += "+" + refOf(borrower).String()
}

// holds says whether a standing object stays as it is.
func (s *submission) holds(live client.Object) bool {
	return s.plan.Holds(load.Origins(live), load.Retain(live))
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

// unwanted says whether a standing object is to be deleted: it is ours, by label and by field manager, nothing holds it, and nothing that is
// held refers to it.
func (s *submission) unwanted(live client.Object) bool {
	return !s.wanted[refOf(live)] && !s.needed[live.GetName()] && load.Ours(live) && load.Managed(live) &&
		live.GetDeletionTimestamp().IsZero() && !s.holds(live)
}

// guards says whether the group has a guard of a kind.
func (g *group) guards(kind schema.GroupVersionKind) bool {
	return slices.ContainsFunc(g.objects, func(w wanted) bool { return w.object.Guards && w.kind == kind })
}

// concerns says whether the group has something to do with one of the origins.
func (g *group) concerns(origins []model.Origin) bool {
	return slices.ContainsFunc(origins, func(o model.Origin) bool { return slices.Contains(g.origins, o) })
}
