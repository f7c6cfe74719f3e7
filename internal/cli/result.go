package cli

import (
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/manifest"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// result is what the command plan found.
type result struct {
	objects    *manifest.Objects
	namespaces []namespaceResult
	// problems of documents and of objects that the API server would refuse.
	problems []manifest.Problem
}

// namespaceResult is the plan of one namespace.
type namespaceResult struct {
	manifest.Namespace
	plan plan.Plan
	// problems of the plan, with their places.
	problems []manifest.Problem
}

func newResult(objects *manifest.Objects) *result {
	return &result{objects: objects, problems: objects.Problems}
}

func (r *result) add(namespace manifest.Namespace, planned plan.Plan) {
	one := namespaceResult{Namespace: namespace, plan: planned}
	for _, problem := range planned.Problems {
		one.problems = append(one.problems, r.objects.Locate(namespace.Namespace, problem))
	}
	r.namespaces = append(r.namespaces, one)
}

// allProblems lists the problems of documents, then those of the plans.
func (r *result) allProblems() []manifest.Problem {
	all := slices.Clone(r.problems)
	for i := range r.namespaces {
		all = append(all, r.namespaces[i].problems...)
	}
	return all
}

// wrong says whether something must be put right: what is reported for information, or suspended on purpose, need not.
func (r *result) wrong() bool {
	return slices.ContainsFunc(r.allProblems(), func(p manifest.Problem) bool { return !p.Advisory && p.Reason != v1alpha1.ReasonSuspended })
}

// written lists the planned objects, group by group in write order.
func (n *namespaceResult) written() []driver.Object {
	var objects []driver.Object
	for _, group := range n.plan.Groups {
		objects = append(objects, group.Objects...)
	}
	return objects
}

// borrowed lists the annotations to be laid over objects of users.
func (n *namespaceResult) borrowed() []driver.Borrowed {
	var all []driver.Borrowed
	for _, group := range n.plan.Groups {
		all = append(all, group.Borrowed...)
	}
	return all
}

// waiting lists the custom resources of which a part is not planned yet, sorted.
func (n *namespaceResult) waiting() []model.Origin {
	var origins []model.Origin
	for origin := range n.plan.Waiting {
		origins = append(origins, origin)
	}
	return model.SortOrigins(origins)
}
