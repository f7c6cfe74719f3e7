package compose

import (
	"cmp"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// Result is what a snapshot comes to.
type Result struct {
	Model model.Namespace
	// Drafts are Services as they will be once all variants of their release are ready: they are rendered to find problems now, and not written.
	Drafts []model.Service
	// Problems of all custom resources, in no order.
	Problems model.Problems
	// HeldSplits are the Services whose standing splits must stay as they are, sorted.
	HeldSplits []string
	// Stopped are the Services whose splits the kill switch sends to stable although their releases are held, sorted.
	Stopped []string
	// Undecided are the releases whose spec waits for a decision, and the policies whose NetworkPolicies depend on a held one, sorted: what they have
	// programmed stays as it is.
	Undecided []model.Origin
	// Waiting says per custom resource why a part is not in the model yet.
	Waiting map[model.Origin]Waiting
	// Claims are the hosts that must be recorded before the objects of an Edge are written, by the Edge's name.
	Claims map[string][]model.HostClaim
	// Freed are the profiles that are not held though something is wrong with them, sorted: they lost a host to another namespace, and what
	// stands for it must go.
	Freed []model.Origin
	// KeptTemplates are the workloads in whose pod templates nothing changes, sorted.
	KeptTemplates []model.Workload
	// Governance says whose word counts where several policies may speak, by aspect. Nil: there are no policies.
	Governance []Governance
	// Due is when the same snapshot, later, comes to something else. Zero: never.
	Due time.Time
}

// Waiting is a reason for patience: nothing is wrong with the object, but something that it needs is not there yet.
type Waiting struct {
	// Reason is one of the reasons of Programmed.
	Reason  string
	Message string
}

// Namespace composes a snapshot. The objects in refused are left out, as if they had a problem of their own: those that the drivers, asked
// about an earlier result, cannot express. A nil map refuses nothing.
func Namespace(snapshot Snapshot, refused map[model.Origin]bool) Result {
	c := newComposer(snapshot, refused)
	c.readOpaque()
	c.readBypassed()
	c.releases()
	c.retention()
	c.policies()
	c.profiles()
	c.egressProfiles()
	c.refusals()
	return c.result()
}

// composer gathers the parts of one namespace while it is composed.
type composer struct {
	snapshot  Snapshot
	refused   map[model.Origin]bool
	workloads workloads
	// deployments are those that releases may name.
	deployments map[string]*appsv1.Deployment
	// splits are the Services that releases claim.
	splits claims

	// parts are one for each Service, sorted by name; byName finds them.
	parts  []part
	byName map[string]*part
	edges  []model.Edge
	// egresses are the ways out.
	egresses []model.Egress

	injection *model.Injection
	pods      model.Pods
	opaque    opaque
	bypassed  []bypassed
	// templates are what policies want of pod templates, oldest first.
	templates []model.Template
	// kept are workloads in whose pod templates nothing changes.
	kept []model.Workload
	due  time.Time
	// rejected are the policies with problems: they take part in nothing.
	rejected map[model.Origin]bool
	// governing says which policies are in force.
	governing []Governance
	// resilience of the namespace's Services that have none of their own. Nil: none.
	resilience *resilience
	// access rules of the namespace's pods where no policy for a Service speaks. Nil: none.
	access *accessRules
	// selecting are the Services that select the pods of a workload; under nil, those whose workload is not known. Nil: nobody has asked yet.
	selecting map[*workload][]*part
	// network of the namespace's pods. Nil: none.
	network    *network
	isolations []model.Isolation
	// outside is what pods of the namespace may call outside of the cluster. Nil: untouched.
	outside    *model.Outside
	problems   model.Problems
	heldSplits []string
	stopped    []string
	undecided  []model.Origin
	waiting    map[model.Origin]Waiting
	hostClaims map[string][]model.HostClaim
	freed      []model.Origin
	// recorded says since when hosts are recorded as the namespace's.
	recorded map[model.HostKey]time.Time
	// claimants are the oldest profiles by the hosts that they ask for.
	claimants map[model.HostKey]claimant
}

func newComposer(snapshot Snapshot, refused map[model.Origin]bool) *composer {
	c := &composer{
		snapshot: snapshot, refused: refused,
		workloads:   newWorkloads(&snapshot),
		deployments: make(map[string]*appsv1.Deployment, len(snapshot.Deployments)),
		splits:      make(claims, len(snapshot.Releases)),
		parts:       make([]part, len(snapshot.Services)),
		byName:      make(map[string]*part, len(snapshot.Services)),
		waiting:     map[model.Origin]Waiting{},
		hostClaims:  map[string][]model.HostClaim{},
		recorded:    map[model.HostKey]time.Time{},
		claimants:   claimants(snapshot),
		rejected:    map[model.Origin]bool{},
	}
	for _, deployment := range snapshot.Deployments {
		c.deployments[deployment.Name] = deployment
	}
	for _, claim := range snapshot.Recorded {
		c.recorded[claim.HostKey] = claim.Since
	}
	services := slices.SortedFunc(slices.Values(snapshot.Services), func(a, b *corev1.Service) int { return cmp.Compare(a.Name, b.Name) })
	for i, svc := range services {
		c.parts[i] = part{service: svc, ports: servicePorts(svc)}
		c.byName[svc.Name] = &c.parts[i]
	}
	return c
}

func (c *composer) add(problems ...model.Problem) {
	c.problems = append(c.problems, problems...)
}

// skip says whether an object takes no part: it is suspended or the drivers refused it.
func (c *composer) skip(obj client.Object, origin model.Origin) bool {
	if suspended(obj) {
		c.add(model.Problem{
			Origin: at(origin, "metadata.annotations"), Reason: v1alpha1.ReasonSuspended,
			Message: "the annotation " + v1alpha1.AnnotationReconcile + " is " + v1alpha1.ReconcileDisabled +
				": what was programmed stays as it is; remove the annotation to continue",
		})
		return true
	}
	return c.refused[origin]
}

// suspended says whether an object is marked to be left alone.
func suspended(obj client.Object) bool {
	return obj.GetAnnotations()[v1alpha1.AnnotationReconcile] == v1alpha1.ReconcileDisabled
}

func (c *composer) result() Result {
	out := model.Namespace{
		Name: c.snapshot.Namespace, Injection: c.injection, Pods: c.pods, Isolations: c.isolations, Outside: c.outside, Edges: c.edges, Egresses: c.egresses,
		Templates: c.templates,
	}
	out.Services = make([]model.Service, 0, len(c.parts))
	var drafts []model.Service
	for i := range c.parts {
		p := &c.parts[i]
		failure := safely(func() {
			svc, wanted := c.finish(p, p.table)
			if p.draft != nil {
				draft, _ := c.finish(p, p.draft) // a draft has routes, so something is wanted
				drafts = append(drafts, draft)
			}
			if wanted {
				out.Services = append(out.Services, svc)
			}
		})
		if failure != "" {
			c.fail(failure, c.originsOf(p)...)
		}
	}
	slices.SortFunc(c.kept, model.Workload.Compare)
	slices.Sort(c.heldSplits)
	slices.Sort(c.stopped)
	return Result{
		Model: out, Drafts: drafts, Problems: c.problems, HeldSplits: c.heldSplits, Stopped: c.stopped, Undecided: model.SortOrigins(c.undecided), Waiting: c.waiting,
		Claims: c.hostClaims, Freed: model.SortOrigins(c.freed), Governance: c.governing, Due: c.due, KeptTemplates: slices.Compact(c.kept),
	}
}

// at is the origin with a place in the object.
func at(origin model.Origin, path string) model.Origin {
	origin.Path = path
	return origin
}

// byAge orders objects from the oldest to the youngest, then by name: the older wins what two claim.
func byAge[T client.Object](objects []T) []T {
	sorted := slices.Clone(objects)
	slices.SortFunc(sorted, func(a, b T) int {
		if c := a.GetCreationTimestamp().Compare(b.GetCreationTimestamp().Time); c != 0 {
			return c
		}
		return cmp.Compare(a.GetName(), b.GetName())
	})
	return sorted
}
