package livetest

import (
	"context"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/release"
)

// attend decides on a release as the operator does, with the operator's own code, whenever an action appears, until the test ends. Splits are
// taken to be programmed at once.
func attend(t *testing.T, cluster client.WithWatch, name string) {
	t.Helper()
	watched, err := cluster.Watch(t.Context(), &v1alpha1.ReleaseActionList{}, client.InNamespace(namespace))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for event := range watched.ResultChan() {
			if action, ok := event.Object.(*v1alpha1.ReleaseAction); ok && string(action.Spec.Release) == name && ctx.Err() == nil {
				decide(t, cluster, name, action)
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		watched.Stop()
		<-done
	})
}

// decide decides on a release until nothing changes, and writes what was decided.
func decide(t *testing.T, cluster client.Client, name string, actions ...*v1alpha1.ReleaseAction) {
	for range 20 {
		var of v1alpha1.CanaryRelease
		if err := cluster.Get(context.Background(), client.ObjectKey{Namespace: namespace, Name: name}, &of); err != nil {
			return // deleted
		}
		decision := release.Decide(time.Now(), release.Intent{UID: string(of.UID), Generation: of.Generation, Spec: &of.Spec}, of.Status.Release, observe(&of, actions))
		if !decision.Changed {
			return
		}
		of.Status.Release, of.Status.ObservedGeneration = decision.State, of.Generation
		if err := cluster.Status().Update(context.Background(), &of); client.IgnoreNotFound(err) != nil {
			t.Error(err)
			return
		}
	}
}

// observe sees pods enough, everything programmed, and the actions.
func observe(of *v1alpha1.CanaryRelease, actions []*v1alpha1.ReleaseAction) release.Observation {
	seen := release.Observation{Replicas: map[v1alpha1.VariantName]release.Replicas{"v1": {Ready: 2, Wanted: 2}, "v2": {Ready: 2, Wanted: 2}}}
	if state := of.Status.Release; state != nil {
		seen.Revision, seen.SettledAt = state.Revision, state.Since.Time
	}
	for _, action := range actions {
		pending := release.Action{
			UID: string(action.UID), Verb: action.Spec.Action, Actor: action.Spec.Actor, ReleaseUID: action.Spec.ReleaseUID,
			Generation: action.Spec.Generation, Reason: action.Spec.Reason, At: action.CreationTimestamp.Time,
		}
		if action.Spec.Step != nil {
			pending.Step = *action.Spec.Step
		}
		seen.Actions = append(seen.Actions, pending)
	}
	return seen
}
