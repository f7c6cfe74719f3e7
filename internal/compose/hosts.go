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
	// refused are the profiles that claimed something and take no part themselves.
	refused map[model.Origin]bool
}

// tlsOwner is the profile that decides over the TLS of a host. A gateway knows one set of TLS options for a host, so whoever shares the host
// shares the owner's.
type tlsOwner struct {
	secret string
	origin model.Origin
}

// tlsOf is the profile whose TLS options a profile uses: its own, or those of the older one that it shares hosts with. It must be called once,
// after the profile has claimed its hosts.
func (o *hostOwners) tlsOf(profile *v1alpha1.IngressProfile, origin model.Origin) (string, model.Problems) {
	gateway, owner := GatewayName(profile), origin.Object()
	for h, host := range profile.Spec.Hosts {
		found := o.tls[gateway+" "+string(host)].origin.Object()
		if found == origin.Object() || found == owner {
			continue
		}
		where := at(origin, "spec.hosts["+strconv.Itoa(h)+"]")
		if owner != origin.Object() {
			return "", model.Problems{{Origin: where, Reason: v1alpha1.ReasonConflicted, Message: "the hosts are shared with " + owner.String() + " and with " +
				found.String() + ", and a gateway knows one set of TLS options for a host; split this profile by host"}}
		}
		if o.refused[found] {
			return "", model.Problems{{Origin: where, Reason: v1alpha1.ReasonConflicted, Message: "host " + string(host) + " is shared with " + found.String() +
				", which is older, decides over its TLS and is not accepted itself; correct that one first"}}
		}
		owner = found
	}
	for _, host := range profile.Spec.Hosts {
		key := gateway + " " + string(host)
		o.tls[key] = tlsOwner{o.tls[key].secret, owner}
	}
	return owner.Name, nil
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
			if problem, won := o.paths.claim(claimed{pathText(routePath(route)) + " of host", string(host) + " on gateway " + gateway}, place); !won {
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
