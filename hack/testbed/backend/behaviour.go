package backend

import (
	"cmp"
	"net/http"
	"time"
)

// Behaviour is how a pod answers. The zero value answers 200 at once.
type Behaviour struct {
	Latency time.Duration `json:"latency,omitempty"`
	// ErrorRate is the share of requests, from 0 to 1, answered with Status. It is exact, not random: of 100 requests at
	// 0.1 every tenth fails.
	ErrorRate float64 `json:"errorRate,omitempty"`
	// Status is what a failing request gets; 500 when zero.
	Status int `json:"status,omitempty"`
	// GRPCStatus is what a failing call of gRPC gets, with HTTP status 200; 13 (INTERNAL) when zero.
	GRPCStatus int `json:"grpcStatus,omitempty"`
	// Down resets every connection, as a pod whose process is gone.
	Down bool `json:"down,omitempty"`
}

// Matcher selects pods, also those that will be created later. Empty fields match all.
type Matcher struct {
	Namespace string            `json:"namespace,omitempty"`
	Name      string            `json:"name,omitempty"`
	Labels    map[string]string `json:"labels,omitempty"`
}

func (m Matcher) matches(p *pod) bool {
	if m.Namespace != "" && m.Namespace != p.namespace || m.Name != "" && m.Name != p.name {
		return false
	}
	for key, value := range m.Labels {
		if p.labels[key] != value {
			return false
		}
	}
	return true
}

// rule is one call of Set; of all that match a pod the last counts.
type rule struct {
	matcher   Matcher
	behaviour Behaviour
}

// Set changes how the matching pods behave, from now on and for pods to come.
func (b *Backend) Set(matcher Matcher, behaviour Behaviour) { b.pods.set(rule{matcher, behaviour}) }

// SetPod changes one pod.
func (b *Backend) SetPod(namespace, name string, behaviour Behaviour) {
	b.Set(Matcher{Namespace: namespace, Name: name}, behaviour)
}

// Reset makes all pods well again.
func (b *Backend) Reset() { b.pods.forgetRules() }

// outcome is how one request is answered.
type outcome struct {
	latency    time.Duration
	status     int
	grpcStatus int
}

// next decides one request.
func (p *pod) next() outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.debt += p.behaviour.ErrorRate
	if p.debt < 1-1e-9 {
		return outcome{latency: p.behaviour.Latency, status: http.StatusOK}
	}
	p.debt--
	return outcome{
		latency:    p.behaviour.Latency,
		status:     cmp.Or(p.behaviour.Status, http.StatusInternalServerError),
		grpcStatus: cmp.Or(p.behaviour.GRPCStatus, 13),
	}
}
