package apply

import (
	"context"
	"time"

	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// Lock is a resource lock that keeps a fence open while its holder renews it.
type Lock struct {
	resourcelock.Interface
	fence    *Fence
	deadline time.Duration
	now      func() time.Time
}

// NewLock wraps a resource lock. The deadline is leader election's renew deadline: by then its holder has given up, before the lease ends.
func NewLock(lock resourcelock.Interface, fence *Fence, deadline time.Duration, now func() time.Time) *Lock {
	return &Lock{Interface: lock, fence: fence, deadline: deadline, now: now}
}

// Create takes a lease that nobody had.
func (l *Lock) Create(ctx context.Context, record resourcelock.LeaderElectionRecord) error {
	asked := l.now()
	err := l.Interface.Create(ctx, record)
	l.renewed(record, asked, err)
	return err
}

// Update takes, renews or releases a lease.
func (l *Lock) Update(ctx context.Context, record resourcelock.LeaderElectionRecord) error {
	if record.HolderIdentity != l.Identity() {
		l.fence.Close() // released: before the others may know
	}
	asked := l.now()
	err := l.Interface.Update(ctx, record)
	l.renewed(record, asked, err)
	return err
}

// renewed counts from the moment of asking, because the time of renewal that others see was taken before.
func (l *Lock) renewed(record resourcelock.LeaderElectionRecord, asked time.Time, err error) {
	if err == nil && record.HolderIdentity == l.Identity() {
		l.fence.Extend(asked.Add(l.deadline))
	}
}
