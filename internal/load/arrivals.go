package load

import (
	"sync"
	"time"

	"github.com/kubemate/kubemate/internal/compose"
)

// ArrivalTime is how long a Service must have had ready endpoints before they count. A gateway or proxy learns of endpoints by one watch and of routes by
// another: a route that is written at once may reach it first, and it answers for a Service without endpoints until the second comes. Half a second is
// longer than a watch falls behind, and leaves as much again of the second within which shares follow endpoints (docs/adr/0014).
const ArrivalTime = 500 * time.Millisecond

// Arrivals remembers since when the Services of namespaces have ready endpoints. What was ready when a namespace was first looked at has been so for
// long: an operator that starts again takes nothing out of a split. It may be used by several goroutines.
type Arrivals struct {
	mu         sync.Mutex
	namespaces map[string]map[string]time.Time
}

// NewArrivals remembers nothing yet.
func NewArrivals() *Arrivals { return &Arrivals{namespaces: map[string]map[string]time.Time{}} }

// Settle takes out of endpoints what has become ready too short a time ago: such a Service has none ready yet. It returns how long it is until the first
// of them counts; 0: all that are ready do.
func (a *Arrivals) Settle(namespace string, endpoints map[string]compose.Endpoints, now time.Time) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	before, known := a.namespaces[namespace]
	since := make(map[string]time.Time, len(endpoints))
	a.namespaces[namespace] = since
	var wait time.Duration
	for service, count := range endpoints {
		if count.Ready == 0 {
			continue
		}
		arrived, stood := before[service]
		if !stood && known {
			arrived = now
		}
		since[service] = arrived
		left := arrived.Add(ArrivalTime).Sub(now)
		if left <= 0 {
			continue
		}
		count.Ready = 0
		endpoints[service] = count
		if wait == 0 || left < wait {
			wait = left
		}
	}
	return wait
}

// Forget drops what is known of a namespace.
func (a *Arrivals) Forget(namespace string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.namespaces, namespace)
}
