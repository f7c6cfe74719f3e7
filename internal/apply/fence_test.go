package apply

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// clock is a clock that tests move.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{at: time.Unix(1000, 0)} }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }

// answering is a transport that answers everything.
type answering struct{ sent []string }

func (a *answering) RoundTrip(request *http.Request) (*http.Response, error) {
	a.sent = append(a.sent, request.Method)
	return &http.Response{StatusCode: http.StatusOK}, nil
}

func send(t *testing.T, through http.RoundTripper, method string) error {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "https://kubernetes/api", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = through.RoundTrip(request) //nolint:bodyclose // there is none
	return err
}

func TestFenceStopsWritesWhenTheDeadlineHasPassed(t *testing.T) {
	time := newClock()
	fence, server := NewFence(time.now), &answering{}
	guarded := fence.Wrap(server)

	if err := send(t, guarded, http.MethodPatch); !errors.Is(err, ErrFenced) {
		t.Errorf("a write before the lease is held: %v", err)
	}
	if err := send(t, guarded, http.MethodGet); err != nil {
		t.Errorf("a read before the lease is held: %v", err)
	}
	fence.Extend(time.now().Add(10_000_000_000))
	time.advance(9_999_999_999)
	if err := send(t, guarded, http.MethodPatch); err != nil {
		t.Errorf("a write before the deadline: %v", err)
	}
	time.advance(1)
	for _, method := range []string{http.MethodPatch, http.MethodPost, http.MethodPut, http.MethodDelete} {
		if err := send(t, guarded, method); !errors.Is(err, ErrFenced) {
			t.Errorf("%s after the deadline: %v", method, err)
		}
	}
	if len(server.sent) != 2 {
		t.Errorf("the server saw %v", server.sent)
	}
}

// lease is a resource lock whose answers tests choose.
type lease struct {
	resourcelock.Interface
	err   error
	takes time.Duration
	clock *clock
}

func (l *lease) Identity() string { return "me" }

func (l *lease) Update(context.Context, resourcelock.LeaderElectionRecord) error {
	l.clock.advance(l.takes)
	return l.err
}

func (l *lease) Create(ctx context.Context, record resourcelock.LeaderElectionRecord) error {
	return l.Update(ctx, record)
}

func TestLockOpensTheFenceOnlyWhileItsHolderRenews(t *testing.T) {
	const deadline = 10 * time.Second
	mine := resourcelock.LeaderElectionRecord{HolderIdentity: "me"}
	for name, test := range map[string]struct {
		record resourcelock.LeaderElectionRecord
		lease  lease
		after  time.Duration
		open   bool
	}{
		"a renewal opens it":                            {mine, lease{}, deadline - 1, true},
		"until the deadline":                            {mine, lease{}, deadline, false},
		"counted from the question, not the answer":     {mine, lease{takes: 4 * time.Second}, 7 * time.Second, false},
		"a renewal that failed does not":                {mine, lease{err: errors.New("no")}, 0, false},
		"the renewal of another does not":               {resourcelock.LeaderElectionRecord{HolderIdentity: "you"}, lease{}, 0, false},
		"a release closes it, whether answered or not ": {resourcelock.LeaderElectionRecord{}, lease{err: errors.New("no")}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			clock := newClock()
			test.lease.clock = clock
			fence := NewFence(clock.now)
			lock := NewLock(&test.lease, fence, deadline, clock.now)
			if test.record.HolderIdentity == "" {
				fence.Extend(clock.now().Add(deadline))
			}
			if err := lock.Update(t.Context(), test.record); !errors.Is(err, test.lease.err) {
				t.Fatalf("the answer is %v", err)
			}
			clock.advance(test.after)
			if fence.open() != test.open {
				t.Errorf("open = %v, want %v", fence.open(), test.open)
			}
		})
	}
}
