package compose

import (
	"slices"
	"strconv"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// accessRules are the access rules of a policy, whose callers are known.
type accessRules struct {
	mode  model.AccessMode
	rules []rule
	// origin with the place of the rules.
	origin model.Origin
}

// rule is an access rule whose callers are known.
type rule struct {
	clients []model.Client
	to      []v1alpha1.Requests
	// path is its place in the policy.
	path string
}

// readRules finds out who the callers are. Notices go with what is read.
func (c *composer) readRules(spec *v1alpha1.Access, origin model.Origin) (read accessRules, problems, notices model.Problems) {
	who := callers{composer: c, origin: origin}
	read = accessRules{mode: model.AccessEnforce, rules: make([]rule, len(spec.Rules)), origin: at(origin, "spec.access")}
	if spec.Mode != nil {
		read.mode = model.AccessMode(*spec.Mode)
	}
	for i := range spec.Rules {
		path := rulePath(i)
		read.rules[i] = rule{clients: who.of(spec.Rules[i].From, path), to: spec.Rules[i].To, path: path}
	}
	return read, who.problems, who.notices
}

func rulePath(i int) string { return "spec.access.rules[" + strconv.Itoa(i) + "]" }

// readAccess reads who may call a Service, port by port of its pods. Notices go with what is read.
func (c *composer) readAccess(p *part, spec *v1alpha1.Access, origin model.Origin) (access []model.Access, problems, notices model.Problems) {
	problem := func(path, reason, message string) model.Problem {
		return model.Problem{Origin: at(origin, path), Reason: reason, Message: message}
	}
	if len(p.service.Spec.Selector) == 0 {
		return nil, model.Problems{problem("spec.target.name", v1alpha1.ReasonServiceNotFound, "Service "+p.service.Name+
			" has no selector: there are no pods to guard; name a Service with a selector")}, nil
	}
	read, problems, notices := c.readRules(spec, origin)
	for i := range spec.Rules {
		for j, to := range spec.Rules[i].To {
			problems = append(problems, checkRequests(p, to, rulePath(i)+".to["+strconv.Itoa(j)+"]", problem)...)
		}
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	access = make([]model.Access, 0, len(p.ports))
	for _, port := range p.ports {
		index := slices.IndexFunc(access, func(a model.Access) bool { return a.Port == port.Target })
		if index < 0 {
			index = len(access)
			access = append(access, model.Access{
				Port: port.Target, Protocol: port.Protocol, Mode: read.mode, Probes: c.probes(p, port.Target), Origin: read.origin,
			})
		}
		access[index].Grants = append(access[index].Grants, grants(read.rules, port.Number, port.Protocol)...)
	}
	return access, nil, notices
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

// grants are the rules as far as they speak about a port, without those for nobody.
func grants(rules []rule, port int32, protocol model.Protocol) []model.Grant {
	out := make([]model.Grant, 0, len(rules))
	for i := range rules {
		requests, speaks := requestsOn(rules[i].to, port, protocol)
		if !speaks || len(rules[i].clients) == 0 {
			continue
		}
		out = append(out, model.Grant{Clients: rules[i].clients, Requests: requests, Path: rules[i].path})
	}
	return out
}

// requestsOn lists the requests that a rule allows on a port; nil means all. False: the rule does not speak about the port, or about requests of
// HTTP only where there are none.
func requestsOn(to []v1alpha1.Requests, port int32, protocol model.Protocol) ([]model.Request, bool) {
	if len(to) == 0 {
		return nil, true
	}
	var requests []model.Request
	speaks := false
	for _, one := range to {
		switch {
		case !covers(one, port), ofHTTP(one) && protocol == model.ProtocolOpaque:
			continue
		case !ofHTTP(one):
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
