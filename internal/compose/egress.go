package compose

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// defaultEgressGateway is the gateway of an EgressProfile that names none.
const defaultEgressGateway = "egress"

// EgressGatewayName is the name of the gateway that a profile asks for.
func EgressGatewayName(profile *v1alpha1.EgressProfile) string {
	if profile.Spec.Gateway != nil {
		return *profile.Spec.Gateway
	}
	return defaultEgressGateway
}

// egressProfiles composes the EgressProfiles.
func (c *composer) egressProfiles() {
	names := claims{}
	for _, profile := range byAge(c.snapshot.Egresses) {
		origin := model.Origin{Kind: v1alpha1.KindEgressProfile, Name: profile.Name}
		c.fail(safely(func() { c.egressProfile(profile, names, origin) }), origin)
	}
	slices.SortFunc(c.egresses, func(a, b model.Egress) int { return cmp.Compare(a.Name, b.Name) })
}

func (c *composer) egressProfile(profile *v1alpha1.EgressProfile, names claims, origin model.Origin) {
	problems := c.claimNames(profile, names, origin)
	if c.skip(profile, origin) {
		return
	}
	if policy, closed := c.closedBy(profile); closed {
		problems = append(problems, model.Problem{
			Origin: at(origin, "spec.network"), Reason: v1alpha1.ReasonConflicted,
			Message: policy.String() + ", which is older, says already what pods of the namespace may call outside of the cluster (spec.egress); take network out, or egress there",
		})
	}
	egress := model.Egress{Name: profile.Name, Confine: c.readConfinement(profile.Spec.Network, origin), Origin: origin}
	gateway, message := c.egressGateway(EgressGatewayName(profile))
	if message != "" {
		c.add(append(problems, model.Problem{Origin: at(origin, "spec.gateway"), Reason: v1alpha1.ReasonInvalid, Message: message})...)
		return
	}
	egress.Gateway = gateway
	for i := range profile.Spec.Partners {
		reader := partnerReader{
			composer: c, spec: &profile.Spec.Partners[i], profile: profile.Name, gateway: gateway,
			origin: at(origin, "spec.partners["+strconv.Itoa(i)+"]"),
		}
		egress.Partners = append(egress.Partners, reader.read())
		problems = append(problems, reader.problems...)
	}
	slices.SortFunc(egress.Partners, func(a, b model.Partner) int { return cmp.Compare(a.Name, b.Name) })
	c.add(problems...)
	if len(problems) == 0 {
		c.egresses = append(c.egresses, egress)
	}
}

// claimNames claims the names of partners in the namespace: they become Services, of which there can be one.
func (c *composer) claimNames(profile *v1alpha1.EgressProfile, names claims, origin model.Origin) model.Problems {
	var problems model.Problems
	for i := range profile.Spec.Partners {
		name := string(profile.Spec.Partners[i].Name)
		place := at(origin, "spec.partners["+strconv.Itoa(i)+"].name")
		if c.byName[name] != nil {
			problems = append(problems, model.Problem{
				Origin: place, Reason: v1alpha1.ReasonConflicted,
				Message: "there is a Service " + name + " already, which Kubemate does not touch; give the partner another name, or remove the Service",
			})
		}
		if problem, won := names.claim(claimed{"the name of partner", name}, place); !won {
			problems = append(problems, problem)
		}
	}
	return problems
}

// egressGateway finds an egress gateway that the namespace may use, or says what is wrong.
func (c *composer) egressGateway(name string) (model.Gateway, string) {
	gateway, ok := c.snapshot.Gateways[name]
	switch {
	case !ok:
		return gateway, "there is no gateway " + name + " in the operator's configuration; name an egress gateway that is, or ask the administrator to add it"
	case gateway.Egress == nil:
		return gateway, "the gateway " + name + " is a way into the cluster; name an egress gateway, or ask the administrator to set its egress"
	default:
		return gateway, c.refusedByGateway(name)
	}
}

// readConfinement reads what else may be called. Nil: everything.
func (c *composer) readConfinement(spec *v1alpha1.EgressNetwork, origin model.Origin) *model.Confinement {
	if spec == nil {
		return nil
	}
	out := &model.Confinement{Origin: at(origin, "spec.network")}
	for _, allowed := range spec.AlsoAllow {
		network := model.AllowedNetwork{CIDR: string(allowed.CIDR)}
		for _, port := range allowed.Ports {
			network.Ports = append(network.Ports, int32(port))
		}
		network.Ports = ascending(network.Ports)
		out.Allowed = append(out.Allowed, network)
	}
	out.Allowed = append(out.Allowed, c.snapshot.Reachable...)
	slices.SortFunc(out.Allowed, func(a, b model.AllowedNetwork) int {
		return cmp.Or(cmp.Compare(a.CIDR, b.CIDR), slices.Compare(a.Ports, b.Ports))
	})
	return out
}
