package compose

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// hostOwners remembers which profiles of the namespace serve which hosts and paths.
type hostOwners struct {
	paths claims
	tls   map[model.HostKey]tlsOwner
	// transports are how backends are connected to.
	transports transports
	// refused are the profiles that claimed something and take no part themselves.
	refused map[model.Origin]bool
}

// tlsOwner is the profile that decides over the TLS of a host. A gateway knows one set of TLS options for a host, so whoever shares the host
// shares the owner's.
type tlsOwner struct {
	// settings in words, the same for the same.
	settings string
	origin   model.Origin
}

// tlsOf is the profile whose TLS options a profile uses: its own, or those of the older one that it shares hosts with. It must be called once,
// after the profile has claimed its hosts.
func (o *hostOwners) tlsOf(own contest) (string, model.Problems) {
	owner := own.origin.Object()
	for _, host := range own.won {
		found := o.tls[host.key].origin.Object()
		if found == own.origin.Object() || found == owner {
			continue
		}
		if owner != own.origin.Object() {
			return "", model.Problems{{Origin: own.at(host.index), Reason: v1alpha1.ReasonConflicted, Message: "the hosts are shared with " + owner.String() + " and with " +
				found.String() + ", and a gateway knows one set of TLS options for a host; split this profile by host"}}
		}
		if o.refused[found] {
			return "", model.Problems{{Origin: own.at(host.index), Reason: v1alpha1.ReasonConflicted, Message: "host " + host.key.Host + " is shared with " + found.String() +
				", which is older, decides over its TLS and is not accepted itself; correct that one first"}}
		}
		owner = found
	}
	for _, host := range own.won {
		o.tls[host.key] = tlsOwner{o.tls[host.key].settings, owner}
	}
	return owner.Name, nil
}

// claim claims each path of each host for a profile, and the host's certificate, of which there can be one.
func (o *hostOwners) claim(profile *v1alpha1.IngressProfile, own contest) model.Problems {
	var problems model.Problems
	for _, host := range own.won {
		problems = append(problems, o.claimCertificate(profile, host.key, own.at(host.index))...)
		problems = append(problems, o.claimPaths(profile, host.key, own)...)
	}
	return problems
}

// claimPaths claims the paths of one host. A profile has a path as a whole, and may tell its requests apart by what its routes ask besides.
func (o *hostOwners) claimPaths(profile *v1alpha1.IngressProfile, key model.HostKey, own contest) model.Problems {
	var problems model.Problems
	asked := map[string]claims{}
	for r := range profile.Spec.Routes {
		route := &profile.Spec.Routes[r]
		place := at(own.origin, "spec.routes["+strconv.Itoa(r)+"].match.path")
		path := claimed{pathText(routePath(route)) + " of host", strings.TrimPrefix(key.String(), "host ")}
		if within := asked[path.what]; within != nil {
			if problem, won := within.claim(claimed{path.what, conditionsText(route.Match, path.name)}, place); !won {
				problems = append(problems, problem)
			}
			continue
		}
		if problem, won := o.paths.claim(path, place); !won {
			problems = append(problems, problem)
			continue
		}
		asked[path.what] = claims{claimed{path.what, conditionsText(route.Match, path.name)}: place}
	}
	return problems
}

// conditionsText is what a route asks besides its path, in words that are the same for the same.
func conditionsText(match *v1alpha1.IngressMatch, host string) string {
	if match == nil {
		return host
	}
	var parts []string
	for _, method := range match.Methods {
		parts = append(parts, string(method))
	}
	values := reader{}
	for _, header := range values.values(match.Headers, "", strings.ToLower) {
		parts = append(parts, "header "+header.Name+" "+strings.ToLower(string(header.Kind))+" "+strconv.Quote(header.Value))
	}
	if len(parts) == 0 {
		return host
	}
	slices.Sort(parts)
	return host + " with " + strings.Join(parts, ", ")
}

func (o *hostOwners) claimCertificate(profile *v1alpha1.IngressProfile, key model.HostKey, origin model.Origin) model.Problems {
	settings := tlsText(readTLS(profile))
	owner, taken := o.tls[key]
	if !taken {
		o.tls[key] = tlsOwner{settings, origin}
		return nil
	}
	if owner.settings != settings {
		return model.Problems{{
			Origin: at(origin, "spec.tls"), Reason: v1alpha1.ReasonConflicted,
			Message: "host " + key.Host + " has the TLS settings of " + owner.origin.Object().String() + ", which is older, and a host has one certificate and one set of TLS options; use the same secretName" +
				secretOf(owner.settings) + ", minVersion, cipherSuites and clientAuth",
		}}
	}
	return nil
}

// secretOf names the Secret of TLS settings, in parentheses.
func secretOf(settings string) string {
	name, _, _ := strings.Cut(settings, " ")
	if name == "" {
		return ""
	}
	return " (" + name + ")"
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
