// Package driver is the contract between Kubemate's model and the meshes and gateways that carry it out.
package driver

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/model"
)

// Driver writes mesh-neutral intent in one vocabulary. It is a pure value: no clock, no client, no state, safe for concurrent use, the same
// output for the same input.
type Driver interface {
	// Name is the stable id used in configuration, labels and metrics: letters, digits and hyphens, at most 32.
	Name() string
	// Features is what Render can express. The rest is withheld from it and reported.
	Features() model.FeatureSet
	// Kinds are all that Render may emit outright, in the order in which they must be written: an object refers only to objects of
	// kinds before its own. They are deleted in the opposite order. RBAC, watches and pruning derive from it.
	Kinds() []schema.GroupVersionKind
	// Render writes what the model asks of the driver's side and ignores the rest. It is called with as little as one Service or
	// Edge at a time. Intent that cannot be written is returned as model.Problem or model.Problems; objects are then ignored.
	Render(ns model.Namespace) (Output, error)
}

// MeshDriver is a Driver for traffic between workloads: Injection, Routes and Access.
type MeshDriver interface{ Driver }

// EdgeDriver is a Driver for traffic from outside: Edges.
type EdgeDriver interface{ Driver }

// Output is what a driver wants to exist.
type Output struct {
	// Objects are owned outright: created, corrected, finally deleted by Kubemate. With apiVersion, kind, namespace and name;
	// labels and annotations of Kubemate are stamped later, except the gateway's.
	Objects []Object
	// Borrowed are fields of Kubemate laid over an object that users own.
	Borrowed []Borrowed
	// Templates are what pod templates need.
	Templates []Template
}

// Object is a generated object and where it comes from.
type Object struct {
	client.Object
	// Origins are the custom resources that want the object, never empty.
	Origins []model.Origin
	// Retain is set on objects that carry a split.
	Retain *model.Retain
	// Follows says that the object stands for one whose custom resource is held, and is written all the same: see Follower.
	Follows bool
	// Guards says that what the object is about is open without it. Nothing of its kind is deleted in the namespace before it stands: another
	// one may have guarded the same until now. What trails does not wait for guards that are late.
	Guards bool
	// Trails says that the object may let through what others of the namespace guard against from now on: it is written once the guards of all other
	// groups are in force, and before that nothing is deleted that may have guarded until then.
	Trails bool
	// Late says that the object may let through what others of its group guard against from now on: it is written after them, once none of them is
	// dormant and all that are awaited are accepted, and goes before any of them does.
	Late bool
	// Reported says that the data plane writes into status.parents whether it has accepted the object, and follows it only then. What hides the group's
	// objects stands until it has accepted all that are reported.
	Reported bool
	// Awaited says that the same goes for what is dormant in the group: it comes into force once the data plane has accepted all that are awaited.
	Awaited bool
	// Dormant is the same object in a form that does nothing. It stands until the data plane has accepted all awaited objects of the group, so
	// that they come into force at once. Nil: the object needs none.
	Dormant client.Object
}

// Borrowed is a set of annotations on an object that users own.
type Borrowed struct {
	Kind schema.GroupVersionKind
	// Namespace is empty for cluster-wide kinds.
	Namespace, Name string
	Annotations     map[string]string
	Origins         []model.Origin
}

// Template is a set of annotations that the pod templates of a Service's workloads need.
type Template struct {
	Annotations map[string]string
	// Origin is the policy that wants them.
	Origin model.Origin
}
