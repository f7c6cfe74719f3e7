package compose

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// readAccess reads who may call a Service, port by port of its pods.
func (c *composer) readAccess(p *part, spec *v1alpha1.Access, origin model.Origin) ([]model.Access, model.Problems) {
	problem := func(path, reason, message string) model.Problem {
		return model.Problem{Origin: at(origin, path), Reason: reason, Message: message}
	}
	if len(p.service.Spec.Selector) == 0 {
		return nil, model.Problems{problem("spec.target.name", v1alpha1.ReasonServiceNotFound, "Service "+p.service.Name+
			" has no selector: there are no pods to guard; name a Service with a selector")}
	}
	var problems model.Problems
	for i := range spec.Rules {
		for j, to := range spec.Rules[i].To {
			path := "spec.access.rules[" + strconv.Itoa(i) + "].to[" + strconv.Itoa(j) + "]"
			problems = append(problems, checkRequests(p, to, path, problem)...)
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	mode := model.AccessEnforce
	if spec.Mode != nil {
		mode = model.AccessMode(*spec.Mode)
	}
	access := make([]model.Access, 0, len(p.ports))
	for _, port := range p.ports {
		index := slices.IndexFunc(access, func(a model.Access) bool { return a.Port == port.Target })
		if index < 0 {
			index = len(access)
			access = append(access, model.Access{
				Port: port.Target, Protocol: port.Protocol, Mode: mode, Probes: c.probes(p, port.Target), Origin: at(origin, "spec.access"),
			})
		}
		access[index].Grants = append(access[index].Grants, grants(spec.Rules, port.Number)...)
	}
	return access, nil
}

func checkRequests(p *part, to v1alpha1.Requests, path string, problem func(path, reason, message string) model.Problem) model.Problems {
	var problems model.Problems
	for k, number := range to.Ports {
		if _, ok := findPort(p.ports, int32(number)); !ok {
			problems = append(problems, problem(path+".ports["+strconv.Itoa(k)+"]", v1alpha1.ReasonPortNotFound, portMissing(p.service.Name, int32(number))))
		}
	}
	if !ofHTTP(to) {
		return problems
	}
	for _, port := range p.ports {
		if covers(to, port.Number) && port.Protocol == model.ProtocolOpaque {
			problems = append(problems, problem(path, v1alpha1.ReasonInvalid, bytesOnly(p.service.Name, port)+
				": there are no requests of HTTP on it; name other ports, or leave methods, paths and grpc out"))
		}
	}
	return problems
}

// ofHTTP says whether an entry tells requests of HTTP apart.
func ofHTTP(to v1alpha1.Requests) bool { return len(to.Methods)+len(to.Paths)+len(to.GRPC) > 0 }

func covers(to v1alpha1.Requests, port int32) bool {
	return len(to.Ports) == 0 || slices.Contains(to.Ports, v1alpha1.PortNumber(port))
}

// grants are the rules as far as they speak about a port.
func grants(rules []v1alpha1.AccessRule, port int32) []model.Grant {
	out := make([]model.Grant, 0, len(rules))
	for i := range rules {
		requests, speaks := requestsOn(rules[i].To, port)
		if !speaks {
			continue
		}
		out = append(out, model.Grant{
			Clients: clients(rules[i].From), Requests: requests, Path: "spec.access.rules[" + strconv.Itoa(i) + "]",
		})
	}
	return out
}

// requestsOn lists the requests that a rule allows on a port; nil means all. False: the rule does not speak about the port.
func requestsOn(to []v1alpha1.Requests, port int32) ([]model.Request, bool) {
	if len(to) == 0 {
		return nil, true
	}
	var requests []model.Request
	speaks := false
	for _, one := range to {
		if !covers(one, port) {
			continue
		}
		if !ofHTTP(one) {
			return nil, true
		}
		speaks = true
		requests = append(requests, expand(one)...)
	}
	return requests, speaks
}

func expand(to v1alpha1.Requests) []model.Request {
	if len(to.GRPC) > 0 {
		return calls(to.GRPC)
	}
	methods := methodNames(to.Methods)
	if len(to.Paths) == 0 {
		return []model.Request{{Methods: methods}}
	}
	requests := make([]model.Request, 0, len(to.Paths))
	for _, path := range to.Paths {
		requests = append(requests, model.Request{Methods: methods, Path: accessPath(&path)})
	}
	return requests
}

// methodNames are methods as the model has them: sorted, nil for any.
func methodNames(methods []v1alpha1.HTTPMethod) []string {
	if len(methods) == 0 {
		return nil
	}
	names := make([]string, len(methods))
	for i, method := range methods {
		names[i] = string(method)
	}
	slices.Sort(names)
	return names
}

// calls are requests of gRPC as HTTP knows them.
func calls(grpc []v1alpha1.GRPCMatch) []model.Request {
	requests := make([]model.Request, len(grpc))
	for i := range grpc {
		requests[i] = model.Request{Methods: []string{"POST"}, Path: grpcPath(&grpc[i])}
	}
	return requests
}

// accessPath reads a path; the prefix "/" stays written out, because a rule that names it speaks about HTTP only.
func accessPath(path *v1alpha1.AccessPath) *model.PathMatch {
	if path.Exact != nil {
		return &model.PathMatch{Kind: model.MatchExact, Value: string(*path.Exact)}
	}
	return &model.PathMatch{Kind: model.MatchPrefix, Value: string(*path.Prefix)}
}

func clients(from []v1alpha1.Caller) []model.Client {
	out := make([]model.Client, 0, len(from))
	for _, caller := range from {
		switch {
		case caller.ServiceAccount != nil:
			out = append(out, model.Client{
				Kind: model.ClientServiceAccount, Namespace: string(caller.ServiceAccount.Namespace), Name: string(caller.ServiceAccount.Name),
			})
		case caller.Namespace != nil:
			out = append(out, model.Client{Kind: model.ClientNamespace, Namespace: string(*caller.Namespace)})
		case caller.CIDR != nil:
			out = append(out, model.Client{
				Kind: model.ClientNetwork, CIDR: string(*caller.CIDR), Unauthenticated: caller.Unauthenticated != nil && *caller.Unauthenticated,
			})
		case caller.Any != nil:
			out = append(out, model.Client{Kind: model.ClientAny})
		}
	}
	return sortClients(out)
}

func sortClients(all []model.Client) []model.Client {
	slices.SortFunc(all, func(a, b model.Client) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.CIDR, b.CIDR))
	})
	return slices.Compact(all)
}
