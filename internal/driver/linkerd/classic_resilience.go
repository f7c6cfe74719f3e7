package linkerd

import (
	"regexp"
	"strings"

	serviceprofile "github.com/linkerd/linkerd2/controller/gen/apis/serviceprofile/v1alpha2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/internal/model"
)

// budgetTTL is over how long retries are counted: Linkerd's default, and what the API says.
const budgetTTL = "10s"

// profile writes timeouts and retries as routes of a ServiceProfile. Its name is the Service's in DNS, by which clients ask. What decides
// about weights and opaque ports is left to others: dstOverrides belongs to the SMI extension, and for opaquePorts and the "not" of a
// condition the API and Linkerd's decoder disagree about the form.
func (d classicDriver) profile(namespace string, svc *model.Service, routes []model.Route, x expressions) *serviceprofile.ServiceProfile {
	last := len(routes) // lines at the end that want nothing are what Linkerd does by itself
	for last > 0 && routes[last-1].Timeout == 0 && routes[last-1].Retry == nil {
		last--
	}
	profile := &serviceprofile.ServiceProfile{
		TypeMeta:   metav1.TypeMeta{APIVersion: serviceprofile.SchemeGroupVersion.String(), Kind: kindServiceProfile},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: svc.Name + "." + namespace + ".svc." + d.config.ClusterDomain},
	}
	if budget := svc.RetryBudget; budget != nil {
		profile.Spec.RetryBudget = &serviceprofile.RetryBudget{
			RetryRatio: float32(budget.Percent) / 100, MinRetriesPerSecond: uint32(budget.MinPerSecond), TTL: budgetTTL,
		}
	}
	for i := range routes[:last] {
		route := &routes[i]
		spec := &serviceprofile.RouteSpec{
			Name: routeLabel(&route.Match), Condition: condition(&route.Match, x), IsRetryable: route.Retry != nil,
		}
		if route.Timeout > 0 {
			spec.Timeout = duration(route.Timeout)
		}
		profile.Spec.Routes = append(profile.Spec.Routes, spec)
	}
	return profile
}

// condition writes method and path; fields of one condition must all hold.
func condition(match *model.Match, x expressions) *serviceprofile.RequestMatch {
	out := &serviceprofile.RequestMatch{}
	if match.Path != nil {
		out.PathRegex = pathExpression(match.Path, x)
	}
	switch len(match.Methods) {
	case 0:
		if match.Path == nil {
			out.PathRegex = ".*" // a condition must say something
		}
	case 1:
		out.Method = match.Methods[0]
	default:
		for _, method := range match.Methods {
			out.Any = append(out.Any, &serviceprofile.RequestMatch{Method: method})
		}
	}
	return out
}

// pathExpression writes a path as an expression for the whole of it; Linkerd adds the anchors that are missing.
func pathExpression(path *model.PathMatch, x expressions) string {
	switch {
	case path.Kind == model.MatchRegex:
		return x[path.Value].text
	case path.Kind == model.MatchExact:
		return regexp.QuoteMeta(path.Value)
	case path.Value == "/":
		return ".*"
	}
	return regexp.QuoteMeta(path.Value) + "(/.*)?"
}

// routeLabel is what metrics call the route.
func routeLabel(match *model.Match) string {
	name := "*"
	if len(match.Methods) > 0 {
		name = strings.Join(match.Methods, ",")
	}
	if match.Path == nil {
		return name + " *"
	}
	if match.Path.Kind == model.MatchPrefix {
		return name + " " + strings.TrimSuffix(match.Path.Value, "/") + "/*"
	}
	return name + " " + match.Path.Value
}
