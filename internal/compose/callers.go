package compose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// callers reads who may call, and gathers what is wrong with it and what people should know of it.
type callers struct {
	*composer
	origin            model.Origin
	problems, notices model.Problems
	// told are the gateways that a notice was written about.
	told map[string]bool
}

// of lists the clients of a rule, sorted. None: those whom the rule names are not there.
func (r *callers) of(from []v1alpha1.Caller, path string) []model.Client {
	out := make([]model.Client, 0, len(from))
	for i, caller := range from {
		switch {
		case caller.ServiceAccount != nil:
			out = append(out, model.Client{
				Kind: model.ClientServiceAccount, Namespace: string(caller.ServiceAccount.Namespace), Name: string(caller.ServiceAccount.Name),
			})
		case caller.Namespace != nil:
			out = append(out, model.Client{Kind: model.ClientNamespace, Namespace: string(*caller.Namespace)})
		case caller.Gateway != nil:
			out = append(out, r.gateway(string(*caller.Gateway), path+".from["+strconv.Itoa(i)+"].gateway")...)
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
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.CIDR, b.CIDR), cmp.Compare(a.Gateway, b.Gateway))
	})
	return slices.Compact(all)
}

// gateway lists how the calls of a gateway are known, and says whom that admits besides.
func (r *callers) gateway(name, path string) []model.Client {
	gateway, known := r.snapshot.Gateways[name]
	switch {
	case !known:
		r.problem(path, "there is no gateway "+name+" in the operator's configuration; name one that is, or ask the administrator to add it")
	case gateway.Pods == nil:
		r.problem(path, "the operator's configuration does not say who calls when the gateway "+name+" does; ask the administrator to set pods of the gateway")
	case gateway.Meshed:
	case len(gateway.Pods.Networks) > 0:
		r.notice(name, path, v1alpha1.ReasonAdmitsOthers, "the gateway "+name+" is known by networks: everybody who calls from "+
			strings.Join(gateway.Pods.Networks, ", ")+" is admitted, in the mesh or not; it is told apart when it is in the mesh, or calls from its pods' own addresses")
	case len(r.snapshot.GatewayAddresses[name]) == 0:
		r.notice(name, path, v1alpha1.ReasonNoGatewayPods, "Service "+gateway.Pods.Service+" in namespace "+gateway.Pods.Namespace+
			" has no endpoints, so the gateway "+name+" has no addresses to admit; it is admitted as soon as it has pods")
	}
	return r.clientsOf(&gateway)
}

// clientsOf is how the calls of a gateway are known: by its identity when it is in the mesh, else by the networks of the configuration, or the
// addresses of its own pods.
func (c *composer) clientsOf(gateway *model.Gateway) []model.Client {
	pods := gateway.Pods
	if pods == nil {
		return nil
	}
	if gateway.Meshed {
		return []model.Client{{Kind: model.ClientServiceAccount, Namespace: pods.Namespace, Name: pods.ServiceAccount, Gateway: gateway.Name}}
	}
	networks := pods.Networks
	if len(networks) == 0 {
		networks = c.snapshot.GatewayAddresses[gateway.Name]
	}
	clients := make([]model.Client, 0, len(networks))
	for _, network := range networks {
		clients = append(clients, model.Client{Kind: model.ClientNetwork, CIDR: network, Unauthenticated: true, Gateway: gateway.Name})
	}
	return clients
}

func (r *callers) problem(path, message string) {
	r.problems = append(r.problems, model.Problem{Origin: at(r.origin, path), Reason: v1alpha1.ReasonInvalid, Message: message})
}

// notice tells something about a gateway, once.
func (r *callers) notice(gateway, path, reason, message string) {
	if r.told[gateway] {
		return
	}
	if r.told == nil {
		r.told = map[string]bool{}
	}
	r.told[gateway] = true
	r.notices = append(r.notices, model.Problem{Origin: at(r.origin, path), Reason: reason, Message: message, Advisory: true})
}

// Gateways are the gateways that the access rules of a policy name, in their order, some maybe more than once.
func Gateways(policy *v1alpha1.MeshPolicy) []string {
	if policy.Spec.Access == nil {
		return nil
	}
	var names []string
	for i := range policy.Spec.Access.Rules {
		for _, caller := range policy.Spec.Access.Rules[i].From {
			if caller.Gateway != nil {
				names = append(names, string(*caller.Gateway))
			}
		}
	}
	return names
}
