package compose

import (
	"strconv"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// hostOwners remembers who serves which hosts and paths.
type hostOwners struct {
	paths     claims
	tls       map[string]tlsOwner
	elsewhere []Claim
}

type tlsOwner struct {
	secret string
	origin model.Origin
}

// claim claims each path of each host for a profile, and the host's certificate, of which there can be one.
func (o *hostOwners) claim(profile *v1alpha1.IngressProfile, origin model.Origin) model.Problems {
	var problems model.Problems
	gateway := GatewayName(profile)
	for h, host := range profile.Spec.Hosts {
		where := at(origin, "spec.hosts["+strconv.Itoa(h)+"]")
		problems = append(problems, o.claimHost(profile, gateway, string(host), where)...)
		for r := range profile.Spec.Routes {
			route := &profile.Spec.Routes[r]
			place := at(origin, "spec.routes["+strconv.Itoa(r)+"].match.path")
			if problem, won := o.paths.claim(claimed{pathText(routePath(route)), "host " + string(host) + " on gateway " + gateway}, place); !won {
				problems = append(problems, problem)
			}
		}
	}
	return problems
}

func (o *hostOwners) claimHost(profile *v1alpha1.IngressProfile, gateway, host string, origin model.Origin) model.Problems {
	for _, other := range o.elsewhere {
		if other.Gateway == gateway && other.Host == host {
			return model.Problems{{
				Origin: origin, Reason: v1alpha1.ReasonConflicted,
				Message: "host " + host + " on gateway " + gateway + " belongs to " + v1alpha1.KindIngressProfile + " " + other.Namespace + "/" + other.Name +
					", which is older; choose another host, or ask the owners of that namespace",
			}}
		}
	}
	secret := ""
	if profile.Spec.TLS != nil {
		secret = string(profile.Spec.TLS.SecretName)
	}
	owner, taken := o.tls[gateway+" "+host]
	if !taken {
		o.tls[gateway+" "+host] = tlsOwner{secret, origin}
		return nil
	}
	if owner.secret != secret {
		return model.Problems{{
			Origin: at(origin, "spec.tls"), Reason: v1alpha1.ReasonConflicted,
			Message: "host " + host + " has the TLS settings of " + owner.origin.Object().String() + ", which is older, and a host has one certificate; use the same secretName",
		}}
	}
	return nil
}

// pathText is a path in words.
func pathText(path *model.PathMatch) string {
	switch {
	case path == nil:
		return "path prefix /"
	case path.Kind == model.MatchExact:
		return "exact path " + path.Value
	default:
		return "path prefix " + path.Value
	}
}
