package apply

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/model"
)

// settleTime is how long an object that others referred to outlives the last reference. A data plane watches kinds independently of each
// other and may see the deletion of a backend before the change of the route that led to it.
const settleTime = 5 * time.Second

// settling remembers when objects that come from an origin were last written or deleted, by kind.
type settling struct {
	now func() time.Time

	mu    sync.Mutex
	last  map[settlingKey]time.Time
	swept time.Time
}

type settlingKey struct {
	namespace string
	origin    model.Origin
	kind      schema.GroupKind
}

func newSettling(now func() time.Time) *settling {
	return &settling{now: now, last: map[settlingKey]time.Time{}}
}

// changed notes that an object with these origins was written or deleted.
func (s *settling) changed(ref Ref, namespace string, origins []model.Origin) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.sweep(now)
	for _, origin := range origins {
		s.last[settlingKey{namespace, origin, ref.Kind}] = now
	}
}

// sweep forgets what has settled, once in a while.
func (s *settling) sweep(now time.Time) {
	if now.Sub(s.swept) < settleTime {
		return
	}
	s.swept = now
	for key, at := range s.last {
		if now.Sub(at) >= settleTime {
			delete(s.last, key)
		}
	}
}

// wait is how long an object with these origins must still stand, because objects of later kinds, which may have referred to it, were
// changed a moment ago.
func (s *settling) wait(namespace string, origins []model.Origin, later []schema.GroupVersionKind) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	var longest time.Duration
	for _, origin := range origins {
		for _, kind := range later {
			if at, ok := s.last[settlingKey{namespace, origin, kind.GroupKind()}]; ok {
				longest = max(longest, settleTime-s.now().Sub(at))
			}
		}
	}
	return longest
}
