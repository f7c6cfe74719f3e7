package compose

import (
	"strconv"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// transports remembers how the gateway connects to each port of a backend: it knows one way for all routes of the namespace.
type transports map[transportKey]transport

type transportKey struct {
	gateway, service string
	port             int32
}

type transport struct {
	timeout time.Duration
	origin  model.Origin
}

// agree notes the routes of an edge, or says which of them wants something else than an older profile, or than another route of the same.
// With a timeout, a port belongs to one profile: each has a transport of its own.
func (t transports) agree(edge *model.Edge) model.Problems {
	var problems model.Problems
	for i := range edge.Routes {
		route := &edge.Routes[i]
		for _, backend := range backendsOf(route) {
			key := transportKey{edge.Gateway.Name, backend, route.Port}
			origin := at(edge.Origin, route.YAMLPath)
			first, known := t[key]
			if !known {
				t[key] = transport{route.Timeout, origin}
				continue
			}
			other := first.origin.Object() != edge.Origin.Object()
			if first.timeout == route.Timeout && (!other || route.Timeout == 0) {
				continue
			}
			problems = append(problems, model.Problem{
				Origin: at(origin, origin.Path+".timeout"), Reason: v1alpha1.ReasonConflicted,
				Message: "a gateway knows one timeout for port " + strconv.Itoa(int(route.Port)) + " of Service " + backend + ", and " + words(first) +
					"; give all its routes the same timeout in one profile, or lead one of them to a Service of its own over the same pods",
			})
			break
		}
	}
	return problems
}

func words(t transport) string {
	said := "no timeout"
	if t.timeout > 0 {
		said = t.timeout.String()
	}
	return t.origin.Object().String() + " says " + said + " at " + t.origin.Path
}

// backendsOf are the Services that a route's requests end at.
func backendsOf(route *model.EdgeRoute) []string {
	seen := map[string]bool{}
	var backends []string
	for i := range route.Table {
		for _, share := range route.Table[i].Split {
			if !seen[share.Backend] {
				seen[share.Backend] = true
				backends = append(backends, share.Backend)
			}
		}
	}
	return backends
}
