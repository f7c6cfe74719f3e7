package apply

import (
	"context"
	"sync"
	"time"
)

// yieldFor is how long a status lets objects and decisions go first.
const yieldFor = 250 * time.Millisecond

// Precedence lets writes that move requests go before statuses: an API server that is busy with statuses takes longer for the objects that a rollback
// changes. Nil: nothing goes first.
type Precedence struct {
	mu sync.Mutex
	// urgent is how many writes are under way that go first.
	urgent int
	// calm is closed when none is. Nil: none is.
	calm chan struct{}
}

// NewPrecedence is one for all writers of an operator.
func NewPrecedence() *Precedence { return &Precedence{} }

// take notes a write that goes first, until it is done.
func (p *Precedence) take() (done func()) {
	if p == nil {
		return func() {}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.urgent == 0 {
		p.calm = make(chan struct{})
	}
	p.urgent++
	return p.give
}

func (p *Precedence) give() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.urgent--
	if p.urgent == 0 {
		close(p.calm)
		p.calm = nil
	}
}

// yield waits until no write is under way that goes first, but not for longer than yieldFor.
func (p *Precedence) yield(ctx context.Context) {
	if p == nil {
		return
	}
	p.mu.Lock()
	calm := p.calm
	p.mu.Unlock()
	if calm == nil {
		return
	}
	enough := time.NewTimer(yieldFor)
	defer enough.Stop()
	select {
	case <-calm:
	case <-enough.C:
	case <-ctx.Done():
	}
}
