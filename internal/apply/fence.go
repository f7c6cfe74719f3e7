package apply

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

// ErrFenced is the answer to a write that is sent while this process does not surely hold the lease.
var ErrFenced = errors.New("not sent: the lease was not renewed in time")

// Fence refuses writes once the lease may have passed to another process. Leader election alone does not: a process that was stopped and
// continued goes on with what it was about to send.
type Fence struct {
	now func() time.Time
	// until is how long after start writes are allowed, in nanoseconds of the monotonic clock. 0: not at all.
	start time.Time
	until atomic.Int64
}

// NewFence makes a Fence that refuses everything until it is extended. The clock must be monotonic, as time.Now is.
func NewFence(now func() time.Time) *Fence {
	return &Fence{now: now, start: now()}
}

// Extend allows writes until then.
func (f *Fence) Extend(then time.Time) { f.until.Store(int64(then.Sub(f.start))) }

// Close refuses all writes from now on.
func (f *Fence) Close() { f.until.Store(0) }

// open says whether a write may be sent now.
func (f *Fence) open() bool { return int64(f.now().Sub(f.start)) < f.until.Load() }

// Wrap guards a transport. It has the shape of rest.Config.Wrap.
func (f *Fence) Wrap(next http.RoundTripper) http.RoundTripper { return fenced{fence: f, next: next} }

type fenced struct {
	fence *Fence
	next  http.RoundTripper
}

// RoundTrip sends reads always, and writes while the fence is open.
func (t fenced) RoundTrip(request *http.Request) (*http.Response, error) {
	if mutating(request.Method) && !t.fence.open() {
		return nil, fmt.Errorf("%s %s: %w", request.Method, request.URL.Path, ErrFenced)
	}
	return t.next.RoundTrip(request)
}

func mutating(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return true
}
