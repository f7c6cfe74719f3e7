package linkerd

import (
	"slices"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
)

// Limits of an HTTPRoute.
const (
	maxRules   = 16
	maxMatches = 8
)

// routeObject is one HTTPRoute, before it is written for a port.
type routeObject struct {
	// part tells the routes of one port apart. Empty: the one with the last line.
	part string
	// line of the table that has the timeout and the retry of all rules.
	line  int
	rules []routeRule
}

// routeRule is one rule of an HTTPRoute.
type routeRule struct {
	matches []v1beta3.HTTPRouteMatch
	// line of the table that has the split.
	line int
}

// outbound adds the routing table of a Service, once for each routed port. With several objects, the one that holds the line which
// matches everything comes last: what is more specific must be there before that line changes.
func (d policyDriver) outbound(objects []driver.Object, namespace string, svc *model.Service) ([]driver.Object, error) {
	if len(svc.Routes) == 0 {
		return objects, nil
	}
	routes, x, err := compile(svc.Routes)
	if err != nil {
		return nil, err
	}
	parts, err := pack(routes, x)
	if err != nil {
		return nil, err
	}
	origins := model.OriginsOf(routes)
	for _, port := range svc.RoutedPorts {
		for i := range parts {
			route := writeRoute(namespace, svc.Name, port, routes, &parts[i])
			objects = append(objects, driver.Object{Reported: true, Object: d.inRouteGroup(route), Origins: origins, Retain: retain(svc, routes, &parts[i])})
		}
	}
	return objects, nil
}

// retain is the Service's on routes that carry a split.
func retain(svc *model.Service, routes []model.Route, part *routeObject) *model.Retain {
	if slices.ContainsFunc(part.rules, func(rule routeRule) bool { return len(routes[rule.line].Split) > 0 }) {
		return svc.Retain
	}
	return nil
}

// pack arranges the table and lays the elements into objects: one for each pair of timeout and retry, because these are annotations of the
// whole object. Elements that Linkerd takes for equal are in the right order within an object. When one is too small for a pair, elements
// move together; when it still is, there are more, and the table is arranged so that no two elements are equal.
func pack(routes []model.Route, x expressions) ([]routeObject, error) {
	l := layout{}
	l.actions, l.classes = number(routes)
	elements, err := arrange(routes, l, oneObject, x)
	if err != nil {
		return nil, err
	}
	l.place = l.beside
	parts := l.chunks(elements)
	if overflows(parts) {
		l.place = l.densely(x)
		parts = l.chunks(elements)
	}
	if overflows(parts) {
		if elements, err = arrange(routes, l, manyObjects, x); err != nil {
			return nil, err
		}
		parts = l.chunks(elements)
	}
	written := make([]routeObject, len(parts))
	for i, part := range parts {
		if written[i], err = writeRules(routes, part, x); err != nil {
			return nil, err
		}
		if i < len(parts)-1 {
			written[i].part = partName(routes, part.line, part.number)
		}
	}
	return written, nil
}

// number gives lines that want the same the same number: as a whole, and for timeout and retry alone. Numbers are those of the first line
// that wants it.
func number(routes []model.Route) (actions, classes []int) {
	actions, classes = make([]int, len(routes)), make([]int, len(routes))
	for i := range routes {
		actions[i], classes[i] = i, i
		for j := range i {
			if classes[i] == i && sameResilience(&routes[i], &routes[j]) {
				classes[i] = classes[j]
			}
			if classes[i] == classes[j] && slices.Equal(routes[i].Split, routes[j].Split) {
				actions[i] = actions[j]
				break
			}
		}
	}
	return actions, classes
}

// partName is part of the name of a route beside the one with the last line: what sets it apart, so that routes are not renamed because
// others come and go.
func partName(routes []model.Route, line, chunk int) string {
	set := settingsOf(&routes[line])
	return digest(set.timeout, set.retryHTTP, set.retryLimit, set.retryTimeout, strconv.Itoa(chunk))
}

func writeRoute(namespace, service string, port int32, routes []model.Route, part *routeObject) *v1beta3.HTTPRoute {
	rules := make([]v1beta3.HTTPRouteRule, len(part.rules))
	for i, rule := range part.rules {
		rules[i] = v1beta3.HTTPRouteRule{Matches: rule.matches, BackendRefs: backends(namespace, service, port, routes[rule.line].Split)}
	}
	return &v1beta3.HTTPRoute{
		TypeMeta: metav1.TypeMeta{APIVersion: policyV1beta3, Kind: kindHTTPRoute},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: routeName(namespace, service, port, part.part), Annotations: annotate(&routes[part.line]),
		},
		Spec: v1beta3.HTTPRouteSpec{
			ParentRefs: []v1beta3.ParentRef{{Group: groupCore, Kind: kindService, Name: service, Port: port}},
			Rules:      rules,
		},
	}
}

// backends writes a split. Without one the Service itself answers; that is written out too.
func backends(namespace, service string, port int32, split []model.Share) []v1beta3.BackendRef {
	if len(split) == 0 {
		return []v1beta3.BackendRef{{Kind: kindService, Name: service, Namespace: namespace, Port: port, Weight: 1}}
	}
	refs := make([]v1beta3.BackendRef, len(split))
	for i, share := range split {
		refs[i] = v1beta3.BackendRef{Kind: kindService, Name: share.Backend, Namespace: namespace, Port: port, Weight: share.Weight}
	}
	return refs
}
