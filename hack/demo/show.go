package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// frameInterval is how often the table is drawn.
	frameInterval = 500 * time.Millisecond
	// firstLines is when a log begins: earlier there is nothing to say.
	firstLines = time.Second
)

// errOperatorEnded fails an unattended run. Where a person watches, it is shown: traffic goes on without the operator.
var errOperatorEnded = errors.New("the operator has ended")

// show sends requests and shows who answers, until the context ends or the chosen time is over.
func (d *demo) show(ctx context.Context, chosen settings) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	traffic, world, began := newTraffic(newGateway(d.testbed.Traefik, d.authority.Pool())), newWorld(), time.Now()
	var over <-chan time.Time
	if chosen.duration > 0 {
		over = time.After(chosen.duration)
	}
	interval := frameInterval
	if !d.screen.terminal() {
		interval = chosen.every
	}
	ticker := time.NewTicker(min(interval, firstLines))
	defer ticker.Stop()
	d.follower.wake()
	for d.screen.err == nil {
		select {
		case <-ctx.Done():
			return nil
		case <-over:
			return d.verdict(traffic)
		case err := <-d.follower.ended:
			return fmt.Errorf("watching the custom resources ended: %w", err)
		case <-d.follower.changed:
			found, err := d.follower.objects(ctx)
			if err != nil {
				return err
			}
			world.update(found)
			traffic.follow(ctx, world.routes())
		case now := <-ticker.C:
			ticker.Reset(interval)
			d.screen.show(d.view(traffic, world, now, now.Sub(began)))
		}
	}
	return nil
}

func (d *demo) view(traffic *traffic, world *world, now time.Time, running time.Duration) view {
	v := view{rows: traffic.rows(now), remarks: world.remarks, running: running}
	v.done, v.failed = traffic.total()
	if d.operatorEnded() {
		v.remarks = append([]string{errOperatorEnded.Error() + ": what it wrote stays, and traffic with it"}, v.remarks...)
	}
	return v
}

func (d *demo) operatorEnded() bool {
	select {
	case <-d.kubemate.Exited():
		return true
	default:
		return false
	}
}

// verdict of an unattended run.
func (d *demo) verdict(traffic *traffic) error {
	done, failed := traffic.total()
	d.screen.say(fmt.Sprintf("%s requests, %s errors", thousands(done), thousands(failed)))
	if d.operatorEnded() {
		return fmt.Errorf("%w; its last lines:\n%s", errOperatorEnded, d.kubemate.LogTail(20))
	}
	return nil
}
