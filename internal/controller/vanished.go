package controller

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/model"
)

// vanishedWait is how long what follows from a vanished custom resource waits: the API server deletes the instances of a kind before the
// kind itself, so that an uninstall looks like many plain deletions at first.
const vanishedWait = 5 * time.Second

// definitions tells whether our kinds still stand. A load.Reader does.
type definitions interface {
	MissingCRD(ctx context.Context) (string, error)
}

// vanished holds the generated objects of custom resources that are gone until it is sure that somebody deleted them, rather than
// uninstalled the kind.
type vanished struct {
	definitions definitions
	now         func() time.Time

	mu    sync.Mutex
	since map[string]map[model.Origin]time.Time
}

func newVanished(from definitions, now func() time.Time) *vanished {
	return &vanished{definitions: from, now: now, since: map[string]map[model.Origin]time.Time{}}
}

// ruling is what became of the vanished custom resources of a namespace.
type ruling struct {
	// held are those whose objects stay as they are.
	held []model.Origin
	// wait is how long until that may change. 0: nothing waits.
	wait time.Duration
	// missingCRD names a definition of ours that is gone. Empty: none is.
	missingCRD string
}

// judge finds the custom resources that standing objects come from and that are gone.
func (v *vanished) judge(ctx context.Context, view *load.View) (ruling, error) {
	gone := missing(view)
	fresh := v.note(view.Namespace, gone)
	if len(gone) == 0 {
		return ruling{}, nil
	}
	crd, err := v.definitions.MissingCRD(ctx)
	if err != nil {
		return ruling{}, fmt.Errorf("judging vanished custom resources: %w", err)
	}
	if crd != "" {
		v.forget(view.Namespace) // once the definition is back, its objects need a moment to come back
		return ruling{held: gone, wait: vanishedWait, missingCRD: crd}, nil
	}
	return fresh, nil
}

// note remembers since when each is gone, and returns those that are not gone for long.
func (v *vanished) note(namespace string, gone []model.Origin) ruling {
	v.mu.Lock()
	defer v.mu.Unlock()
	before, now := v.since[namespace], v.now()
	delete(v.since, namespace)
	if len(gone) == 0 {
		return ruling{}
	}
	after := make(map[model.Origin]time.Time, len(gone))
	var fresh ruling
	for _, origin := range gone {
		at, known := before[origin]
		if !known {
			at = now
		}
		after[origin] = at
		if left := vanishedWait - now.Sub(at); left > 0 {
			fresh.held = append(fresh.held, origin)
			fresh.wait = max(fresh.wait, left)
		}
	}
	v.since[namespace] = after
	return fresh
}

// forget drops what is known of a namespace.
func (v *vanished) forget(namespace string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.since, namespace)
}

// missing lists the custom resources that standing objects name and that are not there, sorted.
func missing(view *load.View) []model.Origin {
	there := map[model.Origin]bool{}
	for _, release := range view.Releases {
		there[model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: release.Name}] = true
	}
	for _, policy := range view.Policies {
		there[model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: policy.Name}] = true
	}
	for _, profile := range view.Profiles {
		there[model.Origin{Kind: v1alpha1.KindIngressProfile, Name: profile.Name}] = true
	}
	for _, profile := range view.Egresses {
		there[model.Origin{Kind: v1alpha1.KindEgressProfile, Name: profile.Name}] = true
	}
	var gone []model.Origin
	for _, object := range view.Live.Objects {
		gone = appendMissing(gone, load.Origins(object), there)
	}
	for _, borrower := range view.Live.Borrowers {
		gone = appendMissing(gone, load.Origins(borrower), there)
	}
	return model.SortOrigins(gone)
}

func appendMissing(gone, origins []model.Origin, there map[model.Origin]bool) []model.Origin {
	for _, origin := range origins {
		if custom[origin.Kind] && !there[origin] {
			gone = append(gone, origin)
		}
	}
	return gone
}

// custom are the kinds whose objects can vanish; an origin may also be what a deleted release left behind.
var custom = map[string]bool{
	v1alpha1.KindCanaryRelease: true, v1alpha1.KindMeshPolicy: true, v1alpha1.KindIngressProfile: true, v1alpha1.KindEgressProfile: true,
}
