package traefik

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/traefik/traefik/v3/pkg/rules"
)

// hostKind says how hosts are named. A host that is named exactly outranks a wildcard.
type hostKind int

const (
	wildcardHosts hostKind = iota
	exactHosts
)

// hostGroup are the hosts of an edge that rank alike.
type hostGroup struct {
	kind hostKind
	tree *rules.Tree
}

// hostName is a DNS name in lower case, or a wildcard for its first label.
var hostName = regexp.MustCompile(`^(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$`)

// wildcardTree matches a wildcard of one label, "*.shop.example".
type wildcardTree func(host string) *rules.Tree

// hostGroups are the edge's hosts, exact ones first. An error says which host is none.
func hostGroups(hosts []string, wildcard wildcardTree) ([]hostGroup, error) {
	trees := map[hostKind][]*rules.Tree{}
	for _, host := range hosts {
		switch {
		case len(host) > 253 || !hostName.MatchString(host):
			return nil, invalidError{fmt.Errorf("%q is not a DNS name in lower case, with or without a leading *.; correct it", host)}
		case strings.HasPrefix(host, "*."):
			trees[wildcardHosts] = append(trees[wildcardHosts], wildcard(host))
		default:
			trees[exactHosts] = append(trees[exactHosts], matcher(matchHost, host))
		}
	}
	var groups []hostGroup
	for _, kind := range []hostKind{exactHosts, wildcardHosts} {
		if len(trees[kind]) > 0 {
			groups = append(groups, hostGroup{kind: kind, tree: anyOf(trees[kind]...)})
		}
	}
	if len(groups) == 0 {
		return nil, invalidError{textError("there is no host; name at least one")}
	}
	return groups, nil
}

// plainWildcard is understood by Traefik 3.6 too. Like Host, it takes a host with a period at its end.
func plainWildcard(host string) *rules.Tree {
	return matcher(matchHostRegexp, `^[^.]+`+regexp.QuoteMeta(strings.TrimPrefix(host, "*"))+`\.?$`)
}

// tlsWildcard is understood since Traefik 3.7. Routes by HostRegexp would be served with Traefik's default TLS options, and so, without a
// certificate of their own, with its default certificate.
func tlsWildcard(host string) *rules.Tree { return matcher(matchHost, host) }
