package apply

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// Decisions writes what is decided about releases, each on top of the very version that was read: a decision that was made without knowing the
// one before is refused, whoever made it.
type Decisions struct {
	client     StatusClient
	precedence *Precedence
	now        func() time.Time

	mu     sync.Mutex
	newest map[client.ObjectKey]lastDecision
}

// lastDecision is the last write of a release's decision.
type lastDecision struct {
	uid     types.UID
	version string
	at      time.Time
}

// NewDecisions makes Decisions, which go before others.
func NewDecisions(to StatusClient, precedence *Precedence, now func() time.Time) *Decisions {
	return &Decisions{client: to, precedence: precedence, now: now, newest: map[client.ObjectKey]lastDecision{}}
}

// Behind says whether the cache, which shows the given release, has not caught up with the last decision that was written about it: then there
// is nothing to decide on.
func (d *Decisions) Behind(of *v1alpha1.CanaryRelease) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := client.ObjectKeyFromObject(of)
	last, known := d.newest[key]
	switch {
	case !known:
		return false
	case last.uid == of.UID && newer(last.version, of.ResourceVersion) && d.now().Sub(last.at) < unseenFor:
		return true
	}
	delete(d.newest, key)
	return false
}

// Write stores a decision. An error that is a conflict says that the release has changed since it was read.
func (d *Decisions) Write(ctx context.Context, of *v1alpha1.CanaryRelease, decision *v1alpha1.ReleaseStatus) error {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(decision)
	if err != nil {
		return fmt.Errorf("converting the decision about CanaryRelease %s/%s: %w", of.Namespace, of.Name, err)
	}
	compact(content)
	body := &unstructured.Unstructured{Object: map[string]any{"status": map[string]any{"release": content}}}
	body.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindCanaryRelease))
	body.SetNamespace(of.Namespace)
	body.SetName(of.Name)
	body.SetUID(of.UID)
	body.SetResourceVersion(of.ResourceVersion)
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	defer d.precedence.take()()
	err = d.client.Status().Apply(ctx, client.ApplyConfigurationFromUnstructured(body), client.FieldOwner(v1alpha1.ReleaseFieldManager), client.ForceOwnership)
	if err != nil {
		return fmt.Errorf("writing the decision about CanaryRelease %s/%s: %w", of.Namespace, of.Name, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.newest[client.ObjectKeyFromObject(of)] = lastDecision{uid: of.UID, version: body.GetResourceVersion(), at: d.now()}
	return nil
}

// Forget drops what is known of a release that is gone.
func (d *Decisions) Forget(key client.ObjectKey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.newest, key)
}
