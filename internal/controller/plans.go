package controller

import (
	"sync"

	"github.com/kubemate/kubemate/internal/plan"
)

// plans remembers the last plan of each namespace, for the next one.
type plans struct {
	mu       sync.Mutex
	memories map[string]*plan.Memory
}

// of is the memory of a namespace, which one worker at a time reconciles.
func (p *plans) of(namespace string) *plan.Memory {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.memories == nil {
		p.memories = map[string]*plan.Memory{}
	}
	if p.memories[namespace] == nil {
		p.memories[namespace] = &plan.Memory{}
	}
	return p.memories[namespace]
}

// forget drops what is known of a namespace that is gone.
func (p *plans) forget(namespace string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.memories, namespace)
}
