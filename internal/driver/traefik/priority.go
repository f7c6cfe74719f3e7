package traefik

import (
	"fmt"

	"github.com/kubemate/kubemate/internal/model"
)

// A priority is read as H PPPP RR LLL in decimal: H is 1 for hosts that are named exactly and 0 for wildcards, PPPP is how specific the path
// is, RR counts the routes of the path down from 99, those that ask for more coming first, and LLL the lines of a route's table down from 999;
// 1 is for the guard, which is below all of them. Nothing else enters it, so routes of other profiles and namespaces on the same host find
// their place without knowing of each other. The highest, 1999999999, is below Traefik's limit on 32-bit systems too, and 0 is never used:
// Traefik takes it for "by the length of the rule".
const (
	firstLine       = 999
	guardLine       = 1
	maxLines        = firstLine - guardLine
	routeUnit       = firstLine + 1
	maxRoutes       = 100
	pathUnit        = maxRoutes * routeUnit
	maxSpecificity  = 9_999
	exactHostsStart = (maxSpecificity + 1) * pathUnit
)

// priority of a line of the table of a path's route, both counted from 0. The first line that matches wins over the later ones, the earlier
// route over the later, the more specific path over the less specific, the exact host over the wildcard. An error says which limit is passed.
func priority(hosts hostKind, path *model.PathMatch, route, line int) (int, error) {
	if line >= maxLines {
		return 0, fmt.Errorf("the routing table has more than %d lines, make it shorter", maxLines)
	}
	return place(hosts, path, route, firstLine-line)
}

// guardPriority is the place below all lines of a route, and above all routes that come after it.
func guardPriority(hosts hostKind, path *model.PathMatch, route int) (int, error) {
	return place(hosts, path, route, guardLine)
}

func place(hosts hostKind, path *model.PathMatch, route, line int) (int, error) {
	if route >= maxRoutes {
		return 0, fmt.Errorf("the path has more than %d routes, leave some out", maxRoutes)
	}
	specific := specificity(path)
	if specific > maxSpecificity {
		return 0, fmt.Errorf("the path has %d characters, the longest that can be ranked has %d", len(path.Value), (maxSpecificity-1)/2)
	}
	value := specific*pathUnit + (maxRoutes-1-route)*routeUnit + line
	if hosts == exactHosts {
		value += exactHostsStart
	}
	return value, nil
}

// specificity grows with the length of a path; of two of the same length the exact one is more specific than the prefix.
func specificity(path *model.PathMatch) int {
	if anyPath(path) {
		return 0
	}
	value := 2 * len(path.Value)
	if path.Kind == model.MatchExact {
		value++
	}
	return value
}
