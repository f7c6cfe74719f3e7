package evaluate

import (
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

// gatewayRoute reads an HTTPRoute of the Gateway API. Linkerd ignores one with a filter that it does not know.
func gatewayRoute(of *gatewayv1.HTTPRoute) (*route, error) {
	r := &route{ref: routeRef{groupGateway, kindHTTPRoute, of.Name}, namespace: of.Namespace, created: of.CreationTimestamp.Time}
	r.readGateway(&of.Spec.CommonRouteSpec, of.Spec.Hostnames, &of.Status.RouteStatus)
	for i := range of.Spec.Rules {
		from := &of.Spec.Rules[i]
		read := rule{redirect: slices.ContainsFunc(from.Filters, func(f gatewayv1.HTTPRouteFilter) bool {
			return f.Type == gatewayv1.HTTPRouteFilterRequestRedirect
		})}
		if slices.ContainsFunc(from.Filters, unknownFilter) {
			r.servers, r.networks = nil, nil
		}
		for j := range from.Matches {
			one, err := gatewayMatch(&from.Matches[j])
			if err != nil {
				return nil, fmt.Errorf("spec.rules[%d].matches[%d]: %w", i, j, err)
			}
			read.matches = append(read.matches, one)
		}
		for j := range from.BackendRefs {
			read.backends = append(read.backends, backendsOf([]gatewayv1.BackendRef{from.BackendRefs[j].BackendRef})...)
		}
		r.rules = append(r.rules, read)
	}
	return r, nil
}

func unknownFilter(filter gatewayv1.HTTPRouteFilter) bool {
	return !slices.Contains([]gatewayv1.HTTPRouteFilterType{
		gatewayv1.HTTPRouteFilterRequestHeaderModifier, gatewayv1.HTTPRouteFilterResponseHeaderModifier, gatewayv1.HTTPRouteFilterRequestRedirect,
	}, filter.Type)
}

func gatewayMatch(of *gatewayv1.HTTPRouteMatch) (match, error) {
	read := match{method: string(value(of.Method))}
	var err error
	if of.Path == nil {
		err = read.readPath("", "")
	} else {
		err = read.readPath(string(value(of.Path.Type)), value(of.Path.Value))
	}
	for _, header := range of.Headers {
		err = firstError(err, readValue(&read.headers, string(value(header.Type)), strings.ToLower(string(header.Name)), header.Value))
	}
	for _, query := range of.QueryParams {
		err = firstError(err, readValue(&read.query, string(value(query.Type)), string(query.Name), query.Value))
	}
	return read, err
}

// grpcRoute reads a GRPCRoute. Linkerd ignores one that compares services or methods with expressions.
func grpcRoute(of *gatewayv1.GRPCRoute) (*route, error) {
	r := &route{ref: routeRef{groupGateway, kindGRPCRoute, of.Name}, namespace: of.Namespace, created: of.CreationTimestamp.Time}
	r.readGateway(&of.Spec.CommonRouteSpec, of.Spec.Hostnames, &of.Status.RouteStatus)
	for i := range of.Spec.Rules {
		var read rule
		for j := range of.Spec.Rules[i].Matches {
			from := &of.Spec.Rules[i].Matches[j]
			if from.Method != nil && value(from.Method.Type) == gatewayv1.GRPCMethodMatchRegularExpression {
				r.servers, r.networks = nil, nil
				continue
			}
			one, err := readGRPC(from)
			if err != nil {
				return nil, fmt.Errorf("spec.rules[%d].matches[%d]: %w", i, j, err)
			}
			read.matches = append(read.matches, one)
		}
		r.rules = append(r.rules, read)
	}
	return r, nil
}

func readGRPC(of *gatewayv1.GRPCRouteMatch) (match, error) {
	read := match{grpc: &grpcMatch{}}
	if of.Method != nil {
		read.grpc.service, read.grpc.method = value(of.Method.Service), value(of.Method.Method)
	}
	var err error
	for _, header := range of.Headers {
		kind := ""
		if value(header.Type) == gatewayv1.GRPCHeaderMatchRegularExpression {
			kind = v1beta3.MatchRegularExpression
		}
		err = firstError(err, readValue(&read.headers, kind, strings.ToLower(string(header.Name)), header.Value))
	}
	return read, err
}

func (r *route) readGateway(spec *gatewayv1.CommonRouteSpec, hostnames []gatewayv1.Hostname, status *gatewayv1.RouteStatus) {
	for _, hostname := range hostnames {
		r.hostnames = append(r.hostnames, string(hostname))
	}
	refs := make([]parentRef, len(spec.ParentRefs))
	for i, ref := range spec.ParentRefs {
		refs[i] = parentRef{
			string(value(ref.Group)), string(value(ref.Kind)), string(value(ref.Namespace)), string(ref.Name), string(value(ref.SectionName)), value(ref.Port),
		}
	}
	r.attach(refs)
	for i := range status.Parents {
		one := &status.Parents[i]
		r.accept(string(one.ControllerName), string(value(one.ParentRef.Kind)), string(one.ParentRef.Name), one.Conditions)
	}
}

// value is what a pointer points at, or nothing.
func value[T any](pointer *T) T {
	if pointer == nil {
		var none T
		return none
	}
	return *pointer
}
