// Package plan turns a snapshot of a namespace into the objects that should exist: compose, check, render, stamp, sort. It is a pure function
// of values. The manager, the plan command, the golden tests and the benchmarks call the same Namespace function.
package plan

import (
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// Drivers are the drivers that write a namespace.
type Drivers struct {
	// Mesh writes traffic between workloads. Nil: the cluster serves no mesh that Kubemate knows; MeshPolicies are refused.
	Mesh driver.MeshDriver
	// Edge writes traffic from and to the outside. Nil: there is no gateway; IngressProfiles and EgressProfiles are refused.
	Edge driver.EdgeDriver
	// Certificates asks for certificates. Nil: the cluster has no cert-manager, and IngressProfiles that ask for a certificate are refused.
	Certificates driver.Driver
	// Kube writes what Kubernetes itself understands: leaf Services and NetworkPolicies. Never nil.
	Kube driver.Driver
	// MeshSettle and EdgeSettle are how long after an object is stored the data plane may still follow the old one.
	MeshSettle, EdgeSettle time.Duration
}

// All lists the drivers that are there, in the order in which their objects are written.
func (d Drivers) All() []driver.Driver {
	all := []driver.Driver{d.Kube}
	if d.Mesh != nil {
		all = append(all, d.Mesh)
	}
	if d.Certificates != nil {
		all = append(all, d.Certificates)
	}
	if d.Edge != nil {
		all = append(all, d.Edge)
	}
	return all
}

// Kinds are all kinds that the drivers may write, in write order.
func (d Drivers) Kinds() []schema.GroupVersionKind {
	var kinds []schema.GroupVersionKind
	for _, one := range d.All() {
		kinds = append(kinds, one.Kinds()...)
	}
	return kinds
}

// Plan is what a namespace should hold.
type Plan struct {
	Namespace string
	// Model is the intent that the objects were rendered from.
	Model model.Namespace
	// Templates are what the pod templates of Services' workloads need, those of older policies first.
	Templates []Template
	// KeptTemplates are the workloads in whose pod templates nothing changes, sorted.
	KeptTemplates []model.Workload
	// Groups of objects that are written independently of each other, sorted by key.
	Groups []Group
	// Problems of all custom resources, sorted. Those with a problem that is not advisory are held.
	Problems model.Problems
	// Held are the custom resources whose generated objects are neither changed nor pruned, sorted, without places.
	Held []model.Origin
	// Vanished are custom resources that are gone, and whose generated objects stay until it is sure that somebody deleted them, sorted. Nothing
	// is wrong with what shares objects with them.
	Vanished []model.Origin
	// Stopped are the Services whose splits the kill switch sends to stable although their releases are held, sorted.
	Stopped []string
	// Undecided are the releases whose spec waits for a decision, and the policies whose NetworkPolicies depend on a held one: their generated objects
	// stay until that is over. Sorted. Nothing is wrong with what shares objects with them.
	Undecided []model.Origin
	// HeldSplits are the Services whose standing splits are neither changed nor pruned, because stable has no ready endpoints, sorted.
	HeldSplits []string
	// Freed are profiles that lost a host to another namespace, sorted: what stands of them is changed and pruned whatever else is held.
	Freed []model.Origin
	// Hiding are standing objects of another generation of the mesh that keep callers from going by the plan's routes, sorted: once the mesh has accepted
	// these, they go before anything else does.
	Hiding []Hiding
	// Governance says whose word counts where several policies may speak, by aspect.
	Governance []compose.Governance
	// Due is when the same snapshot, later, comes to another plan. Zero: never.
	Due time.Time
	// Waiting says per custom resource why a part of it is not in the plan yet, though nothing is wrong with it.
	Waiting map[model.Origin]Waiting
}

// Waiting is a reason for patience.
type Waiting = compose.Waiting

// Group is a set of objects that is written in order.
type Group struct {
	// Key is "service.NAME", "profile.NAME", "egress.NAME", "namespace", "network" or "outside".
	Key string
	// Claims are the hosts that must be recorded before the objects are written.
	Claims []model.HostClaim
	// Objects in write order, stamped with Kubemate's labels and annotations.
	Objects []driver.Object
	// Borrowed annotations.
	Borrowed []driver.Borrowed
	// Settle is how long after the group's splits are stored some proxy or gateway may still follow the old ones. 0 when it carries none.
	Settle time.Duration
}

// Keys of groups.
const (
	// GroupNamespace is the key of the group about the namespace as a whole.
	GroupNamespace = "namespace"
	// GroupNetwork is the key of the group about who reaches the namespace's pods at all. It is one group, because isolations of several Services, and
	// the namespace's, may be about the same pods.
	GroupNetwork = "network"
	// GroupOutside is the key of the group about what the namespace's pods may call outside of the cluster.
	GroupOutside = "outside"
	// GroupServicePrefix, GroupProfilePrefix and GroupEgressPrefix begin the keys of the other groups.
	GroupServicePrefix = "service."
	GroupProfilePrefix = "profile."
	GroupEgressPrefix  = "egress."
)
