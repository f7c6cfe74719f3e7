package evaluate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

// routeRef names a route; routes of two groups may share a name.
type routeRef struct{ Group, Kind, Name string }

// route is an HTTPRoute of either group, or a GRPCRoute, with its expressions compiled.
type route struct {
	ref       routeRef
	namespace string
	created   time.Time
	hostnames []string
	rules     []rule
	// servers are the parents that are Servers of the namespace, accepted those that the status says have accepted the route.
	servers, accepted []string
	// networks are the parents that are EgressNetworks, acceptedBy those that the status says have accepted the route, by name.
	networks   []parentRef
	acceptedBy []string
}

// rule is the requests of one rule. A rule without matches is about all.
type rule struct {
	matches  []match
	redirect bool
	// backends that answer. Empty: the parent.
	backends []backendRef
}

// backendRef is a reference to a backend in any of the APIs.
type backendRef struct{ group, kind, namespace, name string }

// match compares everything that is set. The path of a GRPCRoute is set apart.
type match struct {
	path    pathMatch
	method  string
	headers []valueMatch
	query   []valueMatch
	// grpc is set in GRPCRoutes; path, method and query are then empty.
	grpc *grpcMatch
}

type pathMatch struct {
	kind, value string
	expression  *regexp.Regexp
}

type valueMatch struct {
	name, exact string
	expression  *regexp.Regexp
}

// grpcMatch compares the service and the method of gRPC. Empty: any.
type grpcMatch struct{ service, method string }

const (
	kindHTTPRoute = "HTTPRoute"
	kindGRPCRoute = "GRPCRoute"
	// controllerName is who writes the status that counts.
	controllerName = "linkerd.io/policy-controller"
	typeAccepted   = "Accepted"
)

func policyRoute(of *v1beta3.HTTPRoute) (*route, error) {
	r := &route{
		ref: routeRef{groupPolicy, kindHTTPRoute, of.Name}, namespace: of.Namespace,
		created: of.CreationTimestamp.Time, hostnames: of.Spec.Hostnames,
	}
	for i := range of.Spec.Rules {
		read, err := policyRule(&of.Spec.Rules[i])
		if err != nil {
			return nil, fmt.Errorf("spec.rules[%d]: %w", i, err)
		}
		r.rules = append(r.rules, read)
	}
	refs := make([]parentRef, len(of.Spec.ParentRefs))
	for i, ref := range of.Spec.ParentRefs {
		refs[i] = parentRef{ref.Group, ref.Kind, ref.Namespace, ref.Name, ref.SectionName, ref.Port}
	}
	r.attach(refs)
	for i := range of.Status.Parents {
		status := &of.Status.Parents[i]
		r.accept(status.ControllerName, status.ParentRef.Kind, status.ParentRef.Name, status.Conditions)
	}
	return r, nil
}

func policyRule(of *v1beta3.HTTPRouteRule) (rule, error) {
	out := rule{redirect: slices.ContainsFunc(of.Filters, func(f v1beta3.HTTPRouteFilter) bool { return f.Type == "RequestRedirect" })}
	for i := range of.Matches {
		one := &of.Matches[i]
		read := match{method: one.Method}
		err := read.readPath(one.Path.Type, one.Path.Value)
		for _, header := range one.Headers {
			err = firstError(err, readValue(&read.headers, header.Type, strings.ToLower(header.Name), header.Value))
		}
		for _, query := range one.QueryParams {
			err = firstError(err, readValue(&read.query, query.Type, query.Name, query.Value))
		}
		if err != nil {
			return out, fmt.Errorf("matches[%d]: %w", i, err)
		}
		out.matches = append(out.matches, read)
	}
	for _, ref := range of.BackendRefs {
		out.backends = append(out.backends, backendRef{ref.Group, ref.Kind, ref.Namespace, ref.Name})
	}
	return out, nil
}

// readPath reads a path match; its parts have defaults.
func (m *match) readPath(kind, value string) error {
	if kind == "" {
		kind = v1beta3.MatchPathPrefix
	}
	if value == "" {
		value = "/"
	}
	m.path = pathMatch{kind: kind, value: value}
	if kind != v1beta3.MatchRegularExpression {
		return nil
	}
	var err error
	m.path.expression, err = regexp.Compile(value)
	return err
}

func readValue(to *[]valueMatch, kind, name, value string) error {
	read := valueMatch{name: name, exact: value}
	if kind == v1beta3.MatchRegularExpression {
		expression, err := regexp.Compile(value)
		if err != nil {
			return err
		}
		read.expression = expression
	}
	*to = append(*to, read)
	return nil
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// parentRef is a reference to a parent in any of the APIs.
type parentRef struct {
	group, kind, namespace, name, section string
	port                                  int32
}

// attach reads the parents. A Server may be named in the route's own namespace only, without port and section: a route that does otherwise
// is ignored as a whole.
func (r *route) attach(refs []parentRef) {
	r.attachNetworks(refs)
	for _, ref := range refs {
		if !isKind(ref.group, ref.kind, groupPolicy, kindServer) {
			continue
		}
		if ref.namespace != "" && ref.namespace != r.namespace || ref.port != 0 || ref.section != "" {
			r.servers = nil
			return
		}
		r.servers = append(r.servers, ref.name)
	}
}

// accept notes what the status says of a parent.
func (r *route) accept(controller, kind, name string, conditions []metav1.Condition) {
	accepts := controller == controllerName && slices.ContainsFunc(conditions, func(c metav1.Condition) bool {
		return c.Type == typeAccepted && c.Status == metav1.ConditionTrue
	})
	switch {
	case accepts && kind == kindServer:
		r.accepted = append(r.accepted, name)
	case accepts && kind == kindEgressNetwork:
		r.acceptedBy = append(r.acceptedBy, name)
	}
}

// on says whether the route belongs to a Server and is in force there.
func (r *route) on(server string, when Acceptance) bool {
	return slices.Contains(r.servers, server) && (when == AcceptedAlways || slices.Contains(r.accepted, server))
}

func (r *route) object() Ref { return Ref{r.ref.Kind, r.namespace, r.ref.Name} }
