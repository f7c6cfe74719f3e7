// Package restart plans rolling restarts: of the workloads whose pods wait for one, one at a time, and none after the first that does not come up as it
// should. It keeps no state and looks at no clock: a mark in the pod template says for which policies a workload was restarted last, so that each is restarted
// once for a generation of them, whatever happens in between.
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
}

// Workload is one that can be restarted.
type Workload struct {
	census.Workload
	UID types.UID
	// Waiting is how many of its pods would be others if they were made now.
	Waiting int32
	// Mark in its pod template. Empty: it was never restarted for a policy.
	Mark string
	// Unready says in words why not all its pods are there and up to date. Empty: they are.
	Unready string
	// Stuck: Unready does not end by itself.
	Stuck bool
}

// Step is one restart.
type Step struct {
	Workload Workload
	// Mark to be written into the pod template.
	Mark string
}

// Plan is what is to be restarted.
type Plan struct {
	// Next is to be restarted now. Nil: nothing is, or not yet.
	Next *Step
	// Status of the restarts, the same for all policies that ask for them.
	Status v1alpha1.RestartStatus
}

// Decide plans the restarts that policies ask for, at least one. The workloads come in any order. Others counts waiting pods that belong to something else, which
// people have to replace.
func Decide(asks []Ask, workloads []Workload, others int32) Plan {
	mark := markOf(asks)
	sorted := slices.SortedFunc(slices.Values(workloads), func(a, b Workload) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	var plan Plan
	var current, next *Workload
	for i := range sorted {
		one := &sorted[i]
		restarted := one.Mark == mark
		switch {
		case restarted && (one.Unready != "" || one.Waiting > 0):
			if current == nil {
				current = one
			}
		case restarted:
			plan.Status.Restarted++
		case one.Waiting > 0:
			plan.Status.Left++
			if next == nil {
				next = one
			}
		}
	}
	switch {
	case current != nil:
		plan.Status.Left++
		plan.at(current, underway(current))
	case next != nil && next.Unready != "":
		plan.at(next, progress{true, next.String() + " is not as it should be before its restart: " + next.Unready})
	case next != nil:
		plan.Next = &Step{Workload: *next, Mark: mark}
		plan.at(next, progress{false, next.String() + " is being restarted"})
	default:
		plan.Status.Phase, plan.Status.Message = v1alpha1.RestartDone, "no workload waits for a restart"
		if others > 0 {
			plan.Status.Message = strconv.Itoa(int(others)) + " pods wait that belong to no Deployment, StatefulSet or DaemonSet: replace them by hand"
		}
	}
	return plan
}

// String is "Deployment orders".
func (w Workload) String() string { return w.Kind + " " + w.Name }

// progress is how a restart goes.
type progress struct {
	stopped bool
	message string
}

// underway is how the restart of a workload goes that has begun.
func underway(one *Workload) progress {
	switch {
	case one.Unready != "" && one.Stuck:
		return progress{true, one.String() + " does not come up after its restart: " + one.Unready}
	case one.Unready != "":
		return progress{false, one.String() + " is being restarted: " + one.Unready}
	}
	return progress{true, fmt.Sprintf("%s was restarted, and %d of its pods are still not as new pods should be: see whether the injector of the mesh works",
		one, one.Waiting)}
}

func (p *Plan) at(one *Workload, how progress) {
	p.Status.Phase, p.Status.Workload, p.Status.Message = v1alpha1.RestartRunning, one.String(), how.message
	if how.stopped {
		p.Status.Phase = v1alpha1.RestartStopped
	}
}

// markOf names the policies and their generations. It is the same for all workloads: two policies never take turns at restarting one.
func markOf(asks []Ask) string {
	sorted := slices.SortedFunc(slices.Values(asks), func(a, b Ask) int { return cmp.Compare(a.Name, b.Name) })
	digest := sha256.New()
	for _, ask := range sorted {
		fmt.Fprintf(digest, "%s %d\n", ask.UID, ask.Generation)
	}
	return hex.EncodeToString(digest.Sum(nil))[:16]
}
