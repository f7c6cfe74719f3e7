package traefik

import (
	"github.com/traefik/traefik/v3/pkg/rules"

	"github.com/kubemate/kubemate/internal/model"
)

// Rule is the text of the rule for a line of a route's table.
func Rule(hosts []string, route *model.PathMatch, match model.Match) (string, error) {
	groups, err := hostGroups(hosts, plainWildcard)
	if err != nil {
		return "", err
	}
	parts, err := predicate(route, match)
	if err != nil {
		return "", err
	}
	read, err := newRuleReader()
	if err != nil {
		return "", err
	}
	return writeRule(allOf(append([]*rules.Tree{groups[0].tree}, parts...)...), read)
}
