package traefik

import (
	"fmt"

	"github.com/kubemate/kubemate/internal/model"
)

// A priority is read as H PPPPP LLLL in decimal: H is 1 for hosts that are named exactly and 0 for wildcards, PPPPP is how specific the path
// is, LLLL counts the lines of the table down from 9999; 1 is for the guard, which is below all of them. Nothing else enters it, so routes of
// other profiles and namespaces on the same host find their place without knowing of each other. The highest, 1999999999, is below Traefik's
// limit on 32-bit systems too, and 0 is never used: Traefik takes it for "by the length of the rule".
const (
	firstLine       = 9_999
	guardLine       = 1
	maxLines        = firstLine - guardLine
	pathUnit        = firstLine + 1
	maxSpecificity  = 99_999
	exactHostsStart = (maxSpecificity + 1) * pathUnit
)

// priority of a line, counted from 0, of a path's table. The first line that matches wins over the later ones, the more specific path over the
// less specific, the exact host over the wildcard. An error says which limit is passed.
func priority(hosts hostKind, path *model.PathMatch, line int) (int, error) {
	if line >= maxLines {
		return 0, fmt.Errorf("the routing table has more than %d lines, make it shorter", maxLines)
	}
	return place(hosts, path, firstLine-line)
}

// guardPriority is the place below all lines of a path, and above all less specific paths.
func guardPriority(hosts hostKind, path *model.PathMatch) (int, error) {
	return place(hosts, path, guardLine)
}

func place(hosts hostKind, path *model.PathMatch, line int) (int, error) {
	specific := specificity(path)
	if specific > maxSpecificity {
		return 0, fmt.Errorf("the path has %d characters, the longest that can be ranked has %d", len(path.Value), (maxSpecificity-1)/2)
	}
	value := specific*pathUnit + line
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
