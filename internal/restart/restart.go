// Package restart plans rolling restarts: of the workloads whose pods wait for one, one at a time, and none after the first that does not come up as it
// should. It keeps no state and looks at no clock: a mark in the pod template says for which policies a workload was restarted last, so that each is restarted
// once for a generation of them, whatever happens in between. With the mark go the annotations that policies want in the template.
package restart

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/types"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/census"
)

// Ask is a policy that asks for restarts.
type Ask struct {
	Name       string
	UID        types.UID
	Generation int64
	// Of are the workloads that it asks for, those of a Service. Nil: all of the namespace.
	Of []census.Workload
}

func (a *Ask) covers(one census.Workload) bool { return a.Of == nil || slices.Contains(a.Of, one) }

// Workload is one that can be restarted.
type Workload struct {
	census.Workload
	UID types.UID
	// Waiting is how many of its pods would be others if they were made now.
	Waiting int32
	// Annotations that Kubemate is to have in its pod template besides the mark. Empty: none.
	Annotations map[string]string
	// Outdated: it has others there.
	Outdated bool
	// Mark in its pod template. Empty: it was never restarted for a policy.
	Mark string
	// Unready says in words why not all its pods are there and up to date. Empty: they are.
	Unready string
	// Stuck: Unready does not end by itself.
	Stuck bool
}

// due says whether there is something that a restart is to change.
func (w *Workload) due() bool { return w.Waiting > 0 || w.Outdated }

// Step is one restart.
type Step struct {
	Workload Workload
	// Mark to be written into the pod template, along with the workload's Annotations.
	Mark string
}

// Plan is what is to be restarted.
type Plan struct {
	// Next is to be restarted now. Nil: nothing is, or not yet.
	Next *Step
	// Statuses of the restarts, by the names of the policies that ask for them.
	Statuses map[string]v1alpha1.RestartStatus
}

// Stop is the plan to restart nothing for any policy, and why.
func Stop(asks []Ask, why string) Plan {
	plan := Plan{Statuses: map[string]v1alpha1.RestartStatus{}}
	for _, ask := range asks {
		plan.Statuses[ask.Name] = v1alpha1.RestartStatus{Phase: v1alpha1.RestartStopped, Message: why}
	}
	return plan
}

// Decide plans the restarts that policies ask for, at least one. The workloads come in any order, and go one after the other whoever asks. Others counts waiting
// pods that belong to something else, which people have to replace.
func Decide(asks []Ask, workloads []Workload, others int32) Plan {
	sorted := slices.SortedFunc(slices.Values(workloads), func(a, b Workload) int { return a.Workload.Compare(b.Workload) })
	counts := make([]v1alpha1.RestartStatus, len(asks))
	var current, next *Workload
	var mark string
	for i := range sorted {
		one := &sorted[i]
		asking := slices.DeleteFunc(slices.Clone(asks), func(ask Ask) bool { return !ask.covers(one.Workload) })
		if len(asking) == 0 {
			continue
		}
		wanted := markOf(asking)
		restarted := one.Mark == wanted
		switch {
		case restarted && (one.Unready != "" || one.due()):
			current = cmp.Or(current, one)
			count(asks, counts, one, func(status *v1alpha1.RestartStatus) { status.Left++ })
		case restarted:
			count(asks, counts, one, func(status *v1alpha1.RestartStatus) { status.Restarted++ })
		case one.due():
			count(asks, counts, one, func(status *v1alpha1.RestartStatus) { status.Left++ })
			if next == nil {
				next, mark = one, wanted
			}
		}
	}
	plan := Plan{Statuses: map[string]v1alpha1.RestartStatus{}}
	var at progress
	switch {
	case current != nil:
		at = underway(current)
	case next != nil && next.Unready != "":
		at = progress{next, true, next.String() + " is not as it should be before its restart: " + next.Unready}
	case next != nil:
		plan.Next = &Step{Workload: *next, Mark: mark}
		at = progress{next, false, next.String() + " is being restarted"}
	}
	for i := range asks {
		plan.Statuses[asks[i].Name] = at.status(&asks[i], counts[i], others)
	}
	return plan
}

// count counts a workload for the policies that ask for it.
func count(asks []Ask, counts []v1alpha1.RestartStatus, one *Workload, how func(*v1alpha1.RestartStatus)) {
	for i := range asks {
		if asks[i].covers(one.Workload) {
			how(&counts[i])
		}
	}
}

// String is "Deployment orders".
func (w Workload) String() string { return w.Kind + " " + w.Name }

// progress is how the restart goes that is under way, or is next.
type progress struct {
	of      *Workload
	stopped bool
	message string
}

// status is how far the restarts are for a policy: done where none of its workloads is left, wherever the others are.
func (p progress) status(ask *Ask, counted v1alpha1.RestartStatus, others int32) v1alpha1.RestartStatus {
	switch {
	case counted.Left == 0:
		counted.Phase, counted.Message = v1alpha1.RestartDone, "no workload waits for a restart"
		if others > 0 && ask.Of == nil {
			counted.Message = strconv.Itoa(int(others)) + " pods wait that belong to no Deployment, StatefulSet or DaemonSet: replace them by hand"
		}
		return counted
	case p.stopped:
		counted.Phase = v1alpha1.RestartStopped
	default:
		counted.Phase = v1alpha1.RestartRunning
	}
	counted.Workload, counted.Message = p.of.String(), p.message
	return counted
}

// underway is how the restart of a workload goes that has begun.
func underway(one *Workload) progress {
	switch {
	case one.Unready != "" && one.Stuck:
		return progress{one, true, one.String() + " does not come up after its restart: " + one.Unready}
	case one.Unready != "":
		return progress{one, false, one.String() + " is being restarted: " + one.Unready}
	case one.Outdated:
		return progress{one, true, one.String() + " was restarted, and the annotations of its pod template are others since: edit the policy to have them written again"}
	}
	return progress{one, true, fmt.Sprintf("%s was restarted, and %d of its pods are still not as new pods should be: see whether the injector of the mesh works",
		one, one.Waiting)}
}

// markOf names the policies and their generations. It is the same whichever of them is looked at: two never take turns at restarting a workload.
func markOf(asks []Ask) string {
	sorted := slices.SortedFunc(slices.Values(asks), func(a, b Ask) int { return cmp.Compare(a.Name, b.Name) })
	digest := sha256.New()
	for _, ask := range sorted {
		fmt.Fprintf(digest, "%s %d\n", ask.UID, ask.Generation)
	}
	return hex.EncodeToString(digest.Sum(nil))[:16]
}
