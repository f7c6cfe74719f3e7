package traefik

import (
	"maps"
	"slices"
	"strings"
	"sync"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"github.com/traefik/traefik/v3/pkg/rules"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver"
)

var _ driver.RouteReader = Driver{}

// maxRouteHosts is how many hosts of a route that somebody else wrote are looked at.
const maxRouteHosts = 64

// predicates parse rules.
type predicates interface {
	Parse(rule string) (any, error)
}

// RouteKind is IngressRoute.
func (Driver) RouteKind() schema.GroupVersionKind {
	return traefikio.SchemeGroupVersion.WithKind(kindIngressRoute)
}

// foreignParser reads the rules of people, with every matcher that Traefik has for HTTP. It keeps nothing of what it reads.
var foreignParser = sync.OnceValues(func() (predicates, error) {
	return rules.NewParser([]string{
		matchHost, matchHostRegexp, matchMethod, matchPath, matchPathPrefix, matchPathRegexp, matchHeader, matchHeaderRegexp, matchQuery, matchQueryRegexp,
		"ClientIP", "HostHeader",
	})
})

// RouteHosts are the arguments of Host in the rules of an IngressRoute. A rule that cannot be read asks for none: Traefik serves none either.
func (Driver) RouteHosts(route client.Object) []string {
	written, ok := route.(*traefikio.IngressRoute)
	if !ok {
		return nil
	}
	parser, err := foreignParser()
	if err != nil {
		return nil // the same parser writes rules, and says what is wrong there
	}
	hosts := map[string]bool{}
	for i := range written.Spec.Routes {
		parsed, err := parser.Parse(written.Spec.Routes[i].Match)
		if err != nil {
			continue
		}
		if build, ok := parsed.(rules.TreeBuilder); ok {
			collectHosts(build(), hosts)
		}
	}
	sorted := slices.Sorted(maps.Keys(hosts))
	return sorted[:min(len(sorted), maxRouteHosts)]
}

func collectHosts(tree *rules.Tree, into map[string]bool) {
	if tree == nil || tree.Not {
		return
	}
	if _, inner := operators[tree.Matcher]; inner {
		collectHosts(tree.RuleLeft, into)
		collectHosts(tree.RuleRight, into)
		return
	}
	if tree.Matcher == matchHost || tree.Matcher == "HostHeader" {
		for _, host := range tree.Value {
			if host = strings.TrimSuffix(strings.ToLower(host), "."); hostName.MatchString(host) {
				into[host] = true
			}
		}
	}
}
