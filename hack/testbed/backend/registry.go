package backend

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// pod is what the backend knows about one address.
type pod struct {
	namespace, name, variant string
	labels                   map[string]string
	graceful                 time.Time // until when a deleted pod goes on answering; zero while it lives

	mu        sync.Mutex
	behaviour Behaviour
	gone      bool
	debt      float64 // failures owed to the error rate
}

func (p *pod) isDown() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.behaviour.Down || p.gone
}

// registry maps addresses to pods and keeps their behaviour.
type registry struct {
	options Options
	reset   func(netip.Addr) // breaks the connections to an address

	mu      sync.RWMutex
	pods    map[netip.Addr]*pod
	rules   []rule
	learned chan struct{} // closed and replaced whenever a pod is learned
	timers  map[netip.Addr]*time.Timer
	stopped func()
}

func newRegistry(options Options, reset func(netip.Addr)) *registry {
	return &registry{
		options: options, reset: reset, pods: map[netip.Addr]*pod{},
		learned: make(chan struct{}), timers: map[netip.Addr]*time.Timer{},
	}
}

// learn adds a pod or updates its labels.
func (r *registry) learn(address netip.Addr, seen *pod) {
	r.mu.Lock()
	known := r.pods[address]
	isNew := known == nil || known.namespace != seen.namespace || known.name != seen.name
	if !isNew {
		known.mu.Lock()
		seen.debt = known.debt
		if seen.graceful.IsZero() {
			// The end of a graceful deletion is announced as one without grace: the API server sets it to 0 before it removes the object.
			seen.graceful = known.graceful
		}
		known.mu.Unlock()
	}
	seen.behaviour = r.behaviourOf(seen)
	r.pods[address] = seen
	close(r.learned)
	r.learned = make(chan struct{})
	r.mu.Unlock()
	if seen.isDown() {
		r.reset(address)
	}
}

// behaviourOf needs the lock.
func (r *registry) behaviourOf(p *pod) Behaviour {
	var behaviour Behaviour
	for _, rule := range r.rules {
		if rule.matcher.matches(p) {
			behaviour = rule.behaviour
		}
	}
	return behaviour
}

func (r *registry) set(added rule) {
	r.mu.Lock()
	r.rules = append(r.rules, added)
	r.mu.Unlock()
	r.applyRules()
}

func (r *registry) forgetRules() {
	r.mu.Lock()
	r.rules = nil
	r.mu.Unlock()
	r.applyRules()
}

func (r *registry) applyRules() {
	var down []netip.Addr
	r.mu.RLock()
	for address, p := range r.pods {
		p.mu.Lock()
		p.behaviour = r.behaviourOf(p)
		p.mu.Unlock()
		if p.isDown() {
			down = append(down, address)
		}
	}
	r.mu.RUnlock()
	for _, address := range down {
		r.reset(address)
	}
}

// end marks the pod of an address as gone when its grace is over.
func (r *registry) end(address netip.Addr, grace time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ended := r.pods[address]
	if ended == nil {
		return
	}
	r.timers[address] = time.AfterFunc(max(0, grace), func() {
		ended.mu.Lock()
		ended.gone = true
		ended.mu.Unlock()
		r.reset(address)
	})
}

func (r *registry) down(address netip.Addr) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	p := r.pods[address]
	return p != nil && p.isDown()
}

// find waits a moment for a pod that was called before its creation was heard of. Nil means that there is none.
func (r *registry) find(ctx context.Context, address netip.Addr) *pod {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for {
		r.mu.RLock()
		p, learned := r.pods[address], r.learned
		r.mu.RUnlock()
		if p != nil {
			return p
		}
		select {
		case <-learned:
		case <-ctx.Done():
			return nil
		}
	}
}

func (r *registry) close() {
	if r.stopped != nil {
		r.stopped()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, timer := range r.timers {
		timer.Stop()
	}
}
