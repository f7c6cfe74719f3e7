package compose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// contest is what a profile's hosts come to between this namespace and the others.
type contest struct {
	origin  model.Origin
	gateway string
	// won are the hosts that the namespace may serve, in the profile's order.
	won []wonHost
	// lost are the hosts that it may not.
	lost     []model.HostKey
	problems model.Problems
}

// wonHost is a host that the namespace may serve.
type wonHost struct {
	key model.HostKey
	// index in spec.hosts.
	index    int
	reserved bool
}

func (c contest) at(index int) model.Origin {
	return at(c.origin, "spec.hosts["+strconv.Itoa(index)+"]")
}

// serves says whether the profile is known to serve a host that it has lost.
func (c contest) serves(status v1alpha1.IngressProfileStatus) bool {
	return slices.ContainsFunc(c.lost, func(key model.HostKey) bool {
		return status.Gateway == key.Gateway && slices.Contains(status.Hosts, key.Host)
	})
}

// contest finds out which hosts of a profile are the namespace's: what the administrator reserved first; then what is recorded, which stays
// with its namespace also when the profile that claimed it goes; then the oldest profile. A host under another's wildcard is the other's, and
// a wildcard is nobody's who does not have all hosts under it that are claimed: the one would outrank the other, or get what it leaves over.
func (c *composer) contest(profile *v1alpha1.IngressProfile, origin model.Origin) contest {
	out := contest{origin: origin, gateway: GatewayName(profile)}
	refused := c.refusedByGateway(out.gateway)
	if refused != "" {
		out.problems = model.Problems{{Origin: at(origin, "spec.gateway"), Reason: v1alpha1.ReasonInvalid, Message: refused}}
	}
	for i, key := range HostKeys(profile) {
		if refused != "" {
			out.lost = append(out.lost, key)
			continue
		}
		reserved, message := c.reserved(key)
		if !reserved && message == "" {
			message = c.claimedElsewhere(key)
		}
		if message != "" {
			out.lost = append(out.lost, key)
			out.problems = append(out.problems, model.Problem{Origin: out.at(i), Reason: v1alpha1.ReasonConflicted, Message: message})
			continue
		}
		out.won = append(out.won, wonHost{key, i, reserved})
	}
	return out
}

// refusedByGateway says why the namespace may not use a gateway. Empty: it may, or there is none of that name.
func (c *composer) refusedByGateway(name string) string {
	gateway, ok := c.snapshot.Gateways[name]
	if !ok || len(gateway.Namespaces) == 0 || slices.Contains(gateway.Namespaces, c.snapshot.Namespace) {
		return ""
	}
	return "the operator's configuration does not let this namespace use the gateway " + name + "; name another gateway, or ask the administrator"
}

// reserved says whether the configuration gives a host to the namespace, or why the host is not for it. Of the reservations that cover the
// host, the one that names it exactly decides.
func (c *composer) reserved(key model.HostKey) (bool, string) {
	var covering, below *model.Reservation
	for i := range c.snapshot.Reservations {
		one := &c.snapshot.Reservations[i]
		reserved, here := one.On(key.Gateway)
		switch {
		case !here:
		case reserved == key, reserved.Covers(key) && covering == nil:
			covering = one
		case key.Covers(reserved) && !slices.Contains(one.Namespaces, c.snapshot.Namespace):
			below = one
		}
	}
	switch {
	case covering == nil && below == nil:
		return false, ""
	case covering == nil:
		return false, key.String() + " also stands for " + below.Host + ", which the operator's configuration reserves for " + namespaces(below.Namespaces) +
			"; name the hosts one by one"
	case slices.Contains(covering.Namespaces, c.snapshot.Namespace):
		return true, ""
	default:
		return false, key.String() + " is reserved for " + namespaces(covering.Namespaces) +
			" by the operator's configuration; choose another host, or ask the administrator"
	}
}

func namespaces(names []string) string {
	if len(names) == 1 {
		return "namespace " + names[0]
	}
	return "the namespaces " + strings.Join(names, ", ")
}

// claimedElsewhere says which other namespace has a host. Empty: none.
func (c *composer) claimedElsewhere(key model.HostKey) string {
	for _, claim := range c.snapshot.Claims {
		if !claim.Overlaps(key) || !c.yields(key, claim) {
			continue
		}
		who := key.String() + " belongs to "
		if claim.HostKey != key {
			who = key.String() + " overlaps with " + claim.Host + ", which belongs to "
		}
		if claim.Record == "" {
			return who + v1alpha1.KindIngressProfile + " " + claim.Namespace + "/" + claim.Profile +
				", which is older; choose another host, or ask the owners of that namespace"
		}
		return who + "namespace " + claim.Namespace + "; choose another host, or ask an administrator to delete the " + v1alpha1.KindHostClaim + " " +
			claim.Record + " in the operator's namespace, or to reserve the host for this one"
	}
	return ""
}

// yields says whether the namespace's own claim on a host is the weaker one: a record wins over a profile, and the older over the younger.
func (c *composer) yields(key model.HostKey, to Claim) bool {
	mine, recorded := c.recorded[key]
	if recorded != (to.Record != "") {
		return !recorded
	}
	own := claimant{mine, c.snapshot.Namespace, ""}
	if !recorded {
		own = c.claimants[key]
	}
	return claimant{to.Since, to.Namespace, to.Profile}.before(own)
}

// claimant is who asks for a host, and since when.
type claimant struct {
	since           time.Time
	namespace, name string
}

// before orders claims by age, then by name.
func (a claimant) before(b claimant) bool {
	return cmp.Or(a.since.Compare(b.since), cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name)) < 0
}

// claimants are the oldest profiles of the namespace by the hosts that they ask for.
func claimants(snapshot Snapshot) map[model.HostKey]claimant {
	oldest := map[model.HostKey]claimant{}
	for _, profile := range snapshot.Profiles {
		one := claimant{profile.CreationTimestamp.Time, snapshot.Namespace, profile.Name}
		for _, key := range HostKeys(profile) {
			if first, taken := oldest[key]; !taken || one.before(first) {
				oldest[key] = one
			}
		}
	}
	return oldest
}

// HostKeys are the hosts of a profile on its gateway.
func HostKeys(profile *v1alpha1.IngressProfile) []model.HostKey {
	keys := make([]model.HostKey, 0, len(profile.Spec.Hosts))
	for _, host := range profile.Spec.Hosts {
		keys = append(keys, model.HostKey{Gateway: GatewayName(profile), Host: string(host)})
	}
	return keys
}

// ProfileClaims are the claims of a profile that overlap with hosts of others.
func ProfileClaims(profile *v1alpha1.IngressProfile, others model.HostSet) []Claim {
	var claims []Claim
	for _, key := range HostKeys(profile) {
		if others.Overlaps(key) {
			claims = append(claims, Claim{HostKey: key, Namespace: profile.Namespace, Profile: profile.Name, Since: profile.CreationTimestamp.Time})
		}
	}
	return claims
}

// Compare orders claims, so that the same claims come in the same order.
func (c Claim) Compare(other Claim) int {
	return cmp.Or(cmp.Compare(c.Gateway, other.Gateway), cmp.Compare(c.Host, other.Host), cmp.Compare(c.Namespace, other.Namespace),
		cmp.Compare(c.Record, other.Record), cmp.Compare(c.Profile, other.Profile))
}

// RecordKey is the host that a record is about.
func RecordKey(record *v1alpha1.HostClaim) model.HostKey {
	return model.HostKey{Gateway: record.Spec.Gateway, Host: string(record.Spec.Host)}
}

// RecordClaim is the claim that a record speaks of.
func RecordClaim(record *v1alpha1.HostClaim) Claim {
	return Claim{HostKey: RecordKey(record), Namespace: string(record.Spec.Namespace), Record: record.Name, Since: record.CreationTimestamp.Time}
}
