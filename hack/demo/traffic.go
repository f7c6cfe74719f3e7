package main

import (
	"context"
	"time"
)

// traffic is the requests of all routes.
type traffic struct {
	gateway *gateway
	order   []string // keys of the routes
	streams map[string]*stream
	// pastDone and pastFailed are of streams that ended.
	pastDone, pastFailed int
}

func newTraffic(gateway *gateway) *traffic {
	return &traffic{gateway: gateway, streams: map[string]*stream{}}
}

// follow starts, ends and updates streams so that they are those of the routes.
func (t *traffic) follow(ctx context.Context, routes []route) {
	t.order = t.order[:0]
	wanted := map[string]bool{}
	for _, r := range routes {
		key := r.key()
		t.order = append(t.order, key)
		wanted[key] = true
		if running, ok := t.streams[key]; !ok {
			t.streams[key] = startStream(ctx, t.gateway, r)
		} else {
			running.follow(r)
		}
	}
	for key, running := range t.streams {
		if wanted[key] {
			continue
		}
		running.cancel()
		done, failed := running.counts.total()
		t.pastDone, t.pastFailed = t.pastDone+done, t.pastFailed+failed
		delete(t.streams, key)
	}
}

func (s *stream) follow(r route) {
	if !s.route.sameShares(r) {
		s.counts.forget()
	}
	s.route = r
}

// rows are what came back of each route, in order.
func (t *traffic) rows(now time.Time) []row {
	var list []row
	for _, key := range t.order {
		running := t.streams[key]
		list = append(list, newRow(running.route, running.counts.recent(now)))
	}
	return list
}

// total counts all requests from the beginning.
func (t *traffic) total() (done, failed int) {
	done, failed = t.pastDone, t.pastFailed
	for _, running := range t.streams {
		d, f := running.counts.total()
		done, failed = done+d, failed+f
	}
	return done, failed
}
