package access

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// The features of the ways out.
const (
	byHostTLS    feature = "egress, hosts by TLS"
	byHostHTTP   feature = "egress, hosts by HTTP"
	byWildcard   feature = "egress, all hosts below a name"
	byOutNetwork feature = "egress, networks"
	byInNetwork  feature = "egress, networks of the cluster"
	byReachable  feature = "egress, what everybody may call"
	byWithin     feature = "egress, networks that hold networks"
	byProxy      feature = "egress, no hosts for pods without a proxy"
	byCluster    feature = "egress, no hosts in the cluster's networks"
	byWhole      feature = "egress, no hosts in networks that are listed"
)

var ofOutside = []feature{byHostTLS, byHostHTTP, byWildcard, byOutNetwork, byInNetwork, byReachable, byWithin, byProxy, byCluster, byWhole}

// clusterNetworks are Linkerd's default.
var clusterNetworks = []string{"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"}

// waysOut is a namespace with a policy about the ways out.
type waysOut struct {
	policy    *v1alpha1.MeshPolicy
	reachable []model.AllowedNetwork
}

func (w *waysOut) snapshot() compose.Snapshot {
	out := compose.Snapshot{Namespace: namespace, ClusterNetworks: clusterNetworks, Reachable: w.reachable}
	if w.policy != nil {
		out.Policies = []*v1alpha1.MeshPolicy{w.policy}
	}
	return out
}

func drawWaysOut(random *rand.Rand) waysOut {
	policy := &v1alpha1.MeshPolicy{Spec: v1alpha1.MeshPolicySpec{
		Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, Egress: &v1alpha1.MeshEgress{Default: v1alpha1.EgressDeny},
	}}
	policy.Namespace, policy.Name = namespace, "egress"
	for range random.IntN(8) {
		policy.Spec.Egress.Allow = append(policy.Spec.Egress.Allow, drawAllowance(random))
	}
	out := waysOut{policy: policy}
	if random.IntN(3) == 0 {
		out.reachable = []model.AllowedNetwork{{CIDR: "169.254.20.10/32", Ports: []int32{53}}, {CIDR: "10.20.0.0/28", Ports: []int32{443}}}
	}
	return out
}

func drawAllowance(random *rand.Rand) v1alpha1.MeshEgressAllowance {
	if random.IntN(2) == 0 {
		cidr := pick(random, v1alpha1.CIDR("203.0.113.0/24"), "203.0.113.128/25", "203.0.113.200/32", "198.51.100.0/24", "10.20.0.0/16", "10.20.0.0/28", "10.20.7.0/24", "2001:db8::/32")
		return v1alpha1.MeshEgressAllowance{CIDR: &cidr, Ports: pick(random, []v1alpha1.PortNumber{443}, []v1alpha1.PortNumber{1521, 80}, []v1alpha1.PortNumber{5432})}
	}
	host := pick(random, v1alpha1.EgressHost("a.example"), "*.a.example", "b.a.example", "*.example", "c.example")
	allowed := v1alpha1.MeshEgressAllowance{Host: &host}
	switch random.IntN(4) {
	case 0:
		protocol := v1alpha1.EgressHTTP
		allowed.Protocol, allowed.Ports = &protocol, pick(random, []v1alpha1.PortNumber{80}, []v1alpha1.PortNumber{80, 8080})
	case 1:
		protocol := v1alpha1.EgressTLS
		allowed.Protocol, allowed.Ports = &protocol, []v1alpha1.PortNumber{443, 5432}
	default:
		allowed.Ports = pick(random, []v1alpha1.PortNumber{443}, []v1alpha1.PortNumber{443, 8443}, []v1alpha1.PortNumber{8080})
	}
	return allowed
}

// drawDeparture aims at something that the policy lists, more often than not.
func (w *waysOut) drawDeparture(random *rand.Rand) evaluate.Departure {
	out := drawDeparture(random)
	if w.policy == nil || len(w.policy.Spec.Egress.Allow) == 0 || random.IntN(3) == 0 {
		return out
	}
	allowed := pick(random, w.policy.Spec.Egress.Allow...)
	address := out.To.Addr()
	if allowed.CIDR != nil && random.IntN(4) > 0 {
		address = netip.MustParsePrefix(string(*allowed.CIDR)).Addr()
	}
	out.To = netip.AddrPortFrom(address, uint16(pick(random, allowed.Ports...)))
	if allowed.Host == nil || random.IntN(4) == 0 {
		return out
	}
	host := strings.Replace(string(*allowed.Host), "*", pick(random, "b", "x.y"), 1)
	if out.TLS, out.Request = true, nil; allowed.Protocol != nil && *allowed.Protocol == v1alpha1.EgressHTTP {
		out.TLS, out.ServerName, out.Request = false, "", &evaluate.Request{Method: "GET", Path: "/", Host: host}
		return out
	}
	out.ServerName = host
	return out
}

func drawDeparture(random *rand.Rand) evaluate.Departure {
	pod := meshed(namespace, "web", "10.244.0.9")
	if random.IntN(5) == 0 {
		delete(pod.Labels, labelMeshed)
	}
	address := netip.MustParseAddr(pick(random, "192.0.2.1", "192.0.2.1", "192.0.2.1", "203.0.113.7", "203.0.113.150", "203.0.113.200", "198.51.100.1", "10.20.0.1", "10.20.7.1", "10.99.0.1", "2001:db8::1", "2001:db9::1", "169.254.20.10"))
	out := evaluate.Departure{From: pod, To: netip.AddrPortFrom(address, pick(random, uint16(443), 443, 80, 8080, 8443, 1521, 5432, 53))}
	host := pick(random, "a.example", "b.a.example", "x.y.a.example", "c.example", "example", "a.example.org", "")
	switch random.IntN(5) {
	case 0, 1, 2:
		out.TLS, out.ServerName = true, host
	case 3:
		out.Request = &evaluate.Request{Method: "GET", Path: "/", Host: host}
	}
	return out
}

// departs is a plain reading of the policy, but for one feature.
func (w *waysOut) departs(d evaluate.Departure, without feature) bool {
	if w.policy == nil {
		return true
	}
	address, port := d.To.Addr(), int32(d.To.Port())
	listed, open := w.networks(address, port, without)
	if listed && without != byWhole {
		return open
	}
	for _, one := range clusterNetworks {
		if netip.MustParsePrefix(one).Contains(address) && without != byCluster {
			return open
		}
	}
	if !hasProxy(d.From) && without != byProxy {
		return open
	}
	return open || slices.ContainsFunc(w.policy.Spec.Egress.Allow, func(allowed v1alpha1.MeshEgressAllowance) bool {
		return allowed.Host != nil && slices.Contains(allowed.Ports, v1alpha1.PortNumber(port)) && isHost(string(*allowed.Host), spoken(d, allowed.Protocol, without), without)
	})
}

// networks says whether some network that is listed holds an address, and whether one of them opens the port.
func (w *waysOut) networks(address netip.Addr, port int32, without feature) (listed, open bool) {
	smallest := -1
	look := func(cidr string, ports ...int32) {
		network := netip.MustParsePrefix(cidr)
		if !network.Contains(address) {
			return
		}
		listed = true
		opens := slices.Contains(ports, port)
		switch {
		case without != byWithin:
			open = open || opens
		case network.Bits() > smallest:
			smallest, open = network.Bits(), opens
		case network.Bits() == smallest:
			open = open || opens
		}
	}
	for _, allowed := range w.policy.Spec.Egress.Allow {
		inside := allowed.CIDR != nil && strings.HasPrefix(string(*allowed.CIDR), "10.")
		if allowed.CIDR == nil || inside && without == byInNetwork || !inside && without == byOutNetwork {
			continue
		}
		var ports []int32
		for _, one := range allowed.Ports {
			ports = append(ports, int32(one))
		}
		look(string(*allowed.CIDR), ports...)
	}
	if without != byReachable {
		for _, one := range w.reachable {
			look(one.CIDR, one.Ports...)
		}
	}
	return listed, open
}

// spoken is the host that a connection names in a protocol. Empty: none.
func spoken(d evaluate.Departure, protocol *v1alpha1.EgressProtocol, without feature) string {
	overHTTP := protocol != nil && *protocol == v1alpha1.EgressHTTP
	switch {
	case overHTTP && without != byHostHTTP && d.Request != nil && !d.TLS:
		return d.Request.Host
	case !overHTTP && without != byHostTLS && d.TLS:
		return d.ServerName
	}
	return ""
}

func isHost(pattern, host string, without feature) bool {
	if below, wild := strings.CutPrefix(pattern, "*."); wild {
		return without != byWildcard && strings.HasSuffix(host, "."+below)
	}
	return host == pattern
}

func TestPodsLeaveTheClusterAsThePolicySays(t *testing.T) {
	chosen := drivers(t, config.GenerationPolicy)
	allowed, denied, refused := 0, 0, 0
	decisive := map[feature]int{}
	for number := *seed; allowed+denied < *calls; number++ {
		random := rand.New(rand.NewPCG(number, 3))
		drawn := drawWaysOut(random)
		planned := plan.Namespace(drawn.snapshot(), chosen)
		if len(planned.Held) > 0 {
			refused++ // two protocols on one port
			continue
		}
		world := worldOf(t, random, planned)
		for range callsPerScene {
			d := drawn.drawDeparture(random)
			want, got := drawn.departs(d, ""), world.Leave(d)
			if got.Allowed() != want {
				t.Fatalf("scene %d, %s to %s: the policy says %v, the cluster %s: %s\n%s", number, text(d), d.To, want, got.Outcome, got.Reason, text(drawn.policy.Spec.Egress))
			}
			if want {
				allowed++
			} else {
				denied++
			}
			for _, one := range ofOutside {
				if drawn.departs(d, one) != want {
					decisive[one]++
				}
			}
		}
	}
	t.Logf("%d calls: %d allowed, %d denied; %d policies refused", allowed+denied, allowed, denied, refused)
	for _, one := range ofOutside {
		t.Logf("%s decided %d calls", one, decisive[one])
		if decisive[one] == 0 {
			t.Errorf("%s never decided", one)
		}
	}
	if min(allowed, denied)*5 < allowed+denied {
		t.Error("too little of this is about something")
	}
}

func TestAnOlderMeshWritesNothingOfTheWaysOut(t *testing.T) {
	drawn := drawWaysOut(rand.New(rand.NewPCG(1, 3)))
	planned := plan.Namespace(drawn.snapshot(), drivers(t, config.GenerationClassic))
	if len(planned.Groups) > 0 || len(planned.Held) != 1 || planned.Problems[0].Reason != v1alpha1.ReasonUnsupported {
		t.Errorf("%d groups, held %v: %v", len(planned.Groups), planned.Held, planned.Problems)
	}
}
