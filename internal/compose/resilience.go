package compose

import (
	"slices"
	"strconv"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// idempotent are the methods that may be repeated without harm (RFC 9110, 9.2.2), sorted.
var idempotent = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PUT", "TRACE"}

// resilience is the timeout and retry of a Service.
type resilience struct {
	timeout time.Duration
	retry   *model.Retry
	origin  model.Origin
	// ports that carry HTTP; used when no release has chosen others.
	ports []int32
}

func readResilience(p *part, spec *v1alpha1.Resilience, origin model.Origin) (*resilience, model.Problems) {
	r := &resilience{origin: origin, ports: routable(p.ports)}
	if len(r.ports) == 0 {
		return nil, model.Problems{{
			Origin: at(origin, "spec.resilience"), Reason: v1alpha1.ReasonPortNotFound,
			Message: "Service " + p.service.Name + " has no port that carries HTTP: timeouts and retries need requests; check appProtocol of its ports",
		}}
	}
	var problems model.Problems
	read := func(text *v1alpha1.Duration, path string) time.Duration {
		if text == nil {
			return 0
		}
		d, err := time.ParseDuration(string(*text))
		if err != nil {
			problems = append(problems, model.Problem{Origin: at(origin, path), Reason: v1alpha1.ReasonInvalid, Message: err.Error()})
		}
		return d
	}
	r.timeout = read(spec.Timeout, "spec.resilience.timeout")
	if retries := spec.Retries; retries != nil {
		r.retry = &model.Retry{
			Limit: retries.Limit, On: retryOn(retries.On), NonIdempotent: retries.NonIdempotent,
			PerTryTimeout: read(retries.PerTryTimeout, "spec.resilience.retries.perTryTimeout"),
		}
	}
	return r, problems
}

func retryOn(on []v1alpha1.RetryOn) []string {
	if len(on) == 0 {
		return []string{"5xx"}
	}
	out := make([]string, len(on))
	for i, one := range on {
		out[i] = string(one)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// apply multiplies the Service's routing table by the timeout and the retry: one table that says both, in the release's order.
func (r *resilience) apply(svc *model.Service) {
	if len(svc.Routes) == 0 {
		svc.Routes, svc.RoutedPorts = []model.Route{{}}, r.ports
	}
	product := make([]model.Route, 0, 2*len(svc.Routes))
	for _, route := range svc.Routes {
		product = r.product(product, route)
	}
	svc.Routes = product
}

// product appends one line with its timeout and retry; unless told otherwise only requests that may be repeated are retried, on a line of their own.
func (r *resilience) product(lines []model.Route, route model.Route) []model.Route {
	route.Timeout = r.timeout
	route.Origins = append(slices.Clip(route.Origins), r.origin)
	if r.retry == nil {
		return append(lines, route)
	}
	retried := route
	retried.Retry = r.retry
	if r.retry.NonIdempotent {
		return append(lines, retried)
	}
	methods := route.Match.Methods
	switch {
	case len(methods) == 0:
		retried.Match.Methods = idempotent
		return append(lines, retried, route)
	case !slices.ContainsFunc(methods, func(m string) bool { return !slices.Contains(idempotent, m) }):
		return append(lines, retried)
	default: // a release's match has one method at the most
		return append(lines, route)
	}
}

// gaps reports the ports that a release leaves out: the Service has one routing table, and it is the release's.
func (r *resilience) gaps(p *part) model.Problems {
	if p.table == nil {
		return nil
	}
	var problems model.Problems
	for _, port := range r.ports {
		if !slices.Contains(p.table.ports, port) {
			problems = append(problems, model.Problem{
				Origin: at(r.origin, "spec.resilience"), Reason: v1alpha1.ReasonPartiallySupported, Advisory: true,
				Message: "the release of Service " + p.service.Name + " leaves out port " + strconv.Itoa(int(port)) +
					", and so do timeouts and retries; name the port in the release too, or none",
			})
		}
	}
	return problems
}
