package apply

import (
	"context"
	"fmt"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
)

// StatusFieldManager is the field manager of the status of custom resources.
const StatusFieldManager = "kubemate-status"

// statusWorkers is how many statuses are written at once. Few: nobody's requests wait for them (Precedence).
const statusWorkers = 2

// StatusClient writes subresources. A client.Client is one.
type StatusClient interface {
	Status() client.SubResourceWriter
}

// Statuses writes the status of custom resources. Publish never waits for the API server.
type Statuses struct {
	client StatusClient
	others *Precedence
	queue  workqueue.TypedRateLimitingInterface[types.UID]

	mu    sync.Mutex
	notes map[types.UID]*statusNote
}

// statusNote is the newest status of an object until the cache shows it.
type statusNote struct {
	ref    Ref
	object *unstructured.Unstructured
	status any
	// version that the object had after the write. Empty: not written yet.
	version string
}

// NewStatuses makes Statuses, which work once they are started. Writes of others go first.
func NewStatuses(to StatusClient, others *Precedence) *Statuses {
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[types.UID](firstRetry, lastRetry)
	return &Statuses{
		client: to, others: others,
		queue: workqueue.NewTypedRateLimitingQueueWithConfig(limiter, workqueue.TypedRateLimitingQueueConfig[types.UID]{Name: "status"}),
		notes: map[types.UID]*statusNote{},
	}
}

// NeedLeaderElection makes the manager start the writing on the leader only.
func (s *Statuses) NeedLeaderElection() bool { return true }

// Start writes until the context ends.
func (s *Statuses) Start(ctx context.Context) error {
	var workers sync.WaitGroup
	for range statusWorkers {
		workers.Go(func() {
			for s.next(ctx) {
			}
		})
	}
	<-ctx.Done()
	s.queue.ShutDown()
	workers.Wait()
	return nil
}

// Newest is the status that was published for an object, as long as the cache, which shows the given object, has not caught up.
func (s *Statuses) Newest(object client.Object) (status any, ahead bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	note := s.notes[object.GetUID()]
	if note == nil {
		return nil, false
	}
	if note.version != "" && !newer(note.version, object.GetResourceVersion()) {
		delete(s.notes, object.GetUID())
		return nil, false
	}
	return note.status, true
}

// Publish has a status, given by pointer, written. The object must carry its kind. Newest returns what remember is.
func (s *Statuses) Publish(object client.Object, status, remember any) error {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(status)
	if err != nil {
		return fmt.Errorf("converting the status of %s: %w", refOf(object), err)
	}
	compact(content)
	body := &unstructured.Unstructured{Object: map[string]any{"status": content}}
	body.SetGroupVersionKind(object.GetObjectKind().GroupVersionKind())
	body.SetNamespace(object.GetNamespace())
	body.SetName(object.GetName())
	body.SetUID(object.GetUID())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes[object.GetUID()] = &statusNote{ref: refOf(object), object: body, status: remember}
	s.queue.Add(object.GetUID())
	return nil
}

// Forget drops what is known of an object that is gone.
func (s *Statuses) Forget(uid types.UID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.notes, uid)
}

func (s *Statuses) next(ctx context.Context) bool {
	uid, down := s.queue.Get()
	if down {
		return false
	}
	defer s.queue.Done(uid)
	s.others.yield(ctx) // and then write the status as it is by then
	s.mu.Lock()
	note := s.notes[uid]
	s.mu.Unlock()
	if note == nil || note.version != "" {
		s.queue.Forget(uid)
		return true
	}
	version, err := s.write(ctx, note)
	switch {
	case err == nil:
		s.queue.Forget(uid)
		s.wrote(uid, note, version)
	case apierrors.IsNotFound(err), apierrors.IsConflict(err):
		s.queue.Forget(uid) // gone, or another object of the same name: its own event leads to its own status
		s.Forget(uid)
	case ctx.Err() != nil:
	default:
		s.queue.AddRateLimited(uid)
		logf.FromContext(ctx).WithName("status").Info("status is not written", "object", note.ref.String(), "reason", err.Error())
	}
	return true
}

func (s *Statuses) write(ctx context.Context, note *statusNote) (version string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	sent := note.object.DeepCopy()
	err = s.client.Status().Apply(ctx, client.ApplyConfigurationFromUnstructured(sent), client.FieldOwner(StatusFieldManager), client.ForceOwnership)
	if err != nil {
		return "", fmt.Errorf("writing the status of %s: %w", note.ref, err)
	}
	return sent.GetResourceVersion(), nil
}

// wrote notes the version after a write, unless a newer status has been published meanwhile.
func (s *Statuses) wrote(uid types.UID, note *statusNote, version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.notes[uid] == note {
		note.version = version
	}
}
