package driver

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// RouteReader is an optional ability of an EdgeDriver: it understands routes that somebody else wrote for the same gateways.
type RouteReader interface {
	// RouteKind is the kind of such routes. It is among Kinds.
	RouteKind() schema.GroupVersionKind
	// RouteHosts are the hosts that a route asks for by name, in lower case, sorted, at most 64; wildcards such as *.shop.example among them. A route
	// that asks for hosts by an expression, or for all of them, asks for none by name.
	RouteHosts(route client.Object) []string
}
