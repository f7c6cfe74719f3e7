package main

import (
	"context"
	"net/http"
	"sync"
	"time"
)

const (
	// plainRate and specialRate are requests per second, friendly to a machine that also runs a whole control plane.
	plainRate, specialRate = 40, 10
	// streamWorkers bounds the requests of one stream that are in flight, should the gateway become slow.
	streamWorkers = 8
	// servedWithin bounds how long a new route may answer 404 before that counts as an error: the gateway gathers changes for a moment.
	servedWithin = 3 * time.Second
)

// stream sends the requests of one route at a steady rate.
type stream struct {
	route  route // of the main loop alone
	cancel context.CancelFunc
	counts counts
}

// startStream sends until the context ends or the stream is cancelled.
func startStream(ctx context.Context, gateway *gateway, r route) *stream {
	ctx, cancel := context.WithCancel(ctx)
	s := &stream{route: r, cancel: cancel}
	rate := plainRate
	if r.special != "" {
		rate = specialRate
	}
	go func() {
		gateway.awaitServed(ctx, r)
		s.run(ctx, gateway, r, rate)
	}()
	return s
}

// run hands out one token per request; workers turn tokens into requests. A gateway that is too slow for the rate gets fewer.
func (s *stream) run(ctx context.Context, gateway *gateway, r route, rate int) {
	tokens := make(chan struct{})
	var workers sync.WaitGroup
	for range streamWorkers {
		workers.Go(func() {
			for range tokens {
				if answer, ok := gateway.ask(ctx, r); ok {
					s.counts.add(answer, time.Now())
				}
			}
		})
	}
	ticker := time.NewTicker(time.Second / time.Duration(rate))
	defer ticker.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-ticker.C:
			select {
			case <-ctx.Done():
			case tokens <- struct{}{}:
			}
		}
	}
	close(tokens)
	workers.Wait()
}

// awaitServed returns when the gateway knows the route, or should.
func (g *gateway) awaitServed(ctx context.Context, r route) {
	ctx, cancel := context.WithTimeout(ctx, servedWithin)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		// Before a host's certificate is known, its handshake fails; that is the same as not being known.
		if status, _, err := g.send(ctx, r); err == nil && status != http.StatusNotFound {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
