package apply

import (
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/load"
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

// newSubmission digests a plan, but for groups that an earlier one had too. Groups that stand in the cluster and are not in the plan become empty
// ones, so that they are pruned.
func newSubmission(p plan.Plan, live load.Live, earlier *submission) (*submission, error) {
	s := &submission{plan: p, groups: make(map[string]*group, len(p.Groups)), wanted: map[Ref]bool{}}
	for i := range p.Groups {
		label := plan.GroupLabel(p.Groups[i].Key)
		made, err := newGroup(p.Groups[i], earlier.group(label))
		if err != nil {
			return nil, err
		}
		s.groups[label] = made
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

// group is a group by its label. Nil: there is none.
func (s *submission) group(label string) *group {
	if s == nil {
		return nil
	}
	return s.groups[label]
}

// leftover finds a group, or begins an empty one.
func (s *submission) leftover(label string) *group {
	if s.groups[label] == nil {
		s.groups[label] = &group{key: label}
	}
	return s.groups[label]
}

// holds says whether a standing object stays as it is.
func (s *submission) holds(live client.Object) bool {
	return s.plan.Holds(load.Origins(live), load.Retain(live))
}

// unwanted says whether a standing object is to be deleted: it is ours, by label and by field manager, nothing holds it, and nothing that is
// held refers to it.
func (s *submission) unwanted(live client.Object) bool {
	return !s.wanted[refOf(live)] && !s.needed[live.GetName()] && load.Ours(live) && load.Managed(live) &&
		live.GetDeletionTimestamp().IsZero() && !s.holds(live)
}
