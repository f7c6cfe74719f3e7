package status

import (
	"slices"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// Input is what is known of a namespace when statuses are computed.
type Input struct {
	// Plan of the namespace.
	Plan plan.Plan
	// Results of the plan's groups, by key. A missing one is not written yet.
	Results map[string]apply.Result
	// Endpoints of the namespace's Services, by name.
	Endpoints map[string]compose.Endpoints
	// Certificates that were asked for, by the names of their Secrets. A missing one does not exist yet.
	Certificates map[string]Certificate
	// Secrets are those that were asked about, by their names; one that nobody has answered about yet is missing. Nil: nobody asks.
	Secrets map[string]Secret
	// Pods counts the pods of the namespace. Nil: they are not counted.
	Pods *v1alpha1.PodCounts
	// ServicePods counts the pods of Services that policies are for, by name. A missing one: they are not counted.
	ServicePods map[string]*v1alpha1.PodCounts
	// Templates are the annotations of the pod templates of the namespace's workloads.
	Templates map[model.Workload]map[string]string
	// Verified is what gateways say of the objects of profiles. A missing one is one that no gateway is asked about.
	Verified map[model.Origin]Verified
	// Restarts are how far restarts are, by the names of the policies that ask for them. A missing one: nobody asks, or it is not time for them.
	Restarts map[string]v1alpha1.RestartStatus
	// Now is the time of transitions.
	Now time.Time
}

// Verified is what gateways say of the objects of a profile.
type Verified struct {
	// Message says what is not served, and why. Empty: everything is, or nobody knows.
	Message string
	// Unknown says that a gateway has not been asked yet, or does not answer.
	Unknown bool
	// Certified says that the gateway has a certificate for every host; Uncertified are the hosts for which it has none. Neither: nobody knows.
	Certified   bool
	Uncertified []string
}

// Namespace computes the statuses of one namespace's custom resources.
type Namespace struct {
	Input

	problems map[model.Origin]model.Problems
	groups   map[model.Origin][]string
	services map[string]*model.Service
	// carried are the Services whose split some planned object carries.
	carried map[string]bool
	// settle is the longest settle time of the groups that have to do with a custom resource.
	settle map[model.Origin]time.Duration
}

// New prepares the statuses of a namespace.
func New(in Input) *Namespace {
	n := &Namespace{
		Input: in, problems: map[model.Origin]model.Problems{}, groups: map[model.Origin][]string{}, services: map[string]*model.Service{},
		carried: in.Plan.Carried(), settle: map[model.Origin]time.Duration{},
	}
	for _, problem := range in.Plan.Problems {
		object := problem.Origin.Object()
		n.problems[object] = append(n.problems[object], problem)
	}
	for i := range in.Plan.Groups {
		n.addGroup(&in.Plan.Groups[i])
	}
	for i := range in.Plan.Model.Services {
		n.services[in.Plan.Model.Services[i].Name] = &in.Plan.Model.Services[i]
	}
	return n
}

func (n *Namespace) addGroup(group *plan.Group) {
	var origins []model.Origin
	for i := range group.Objects {
		origins = append(origins, group.Objects[i].Origins...)
	}
	for i := range group.Borrowed {
		origins = append(origins, group.Borrowed[i].Origins...)
	}
	for _, origin := range model.SortOrigins(origins) {
		n.groups[origin] = append(n.groups[origin], group.Key)
		n.settle[origin] = max(n.settle[origin], group.Settle)
	}
}

// refused says whether an object is not accepted.
func (n *Namespace) refused(origin model.Origin) bool {
	return slices.ContainsFunc(n.problems[origin], func(p model.Problem) bool { return !p.Advisory })
}
