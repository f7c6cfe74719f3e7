package compose

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// readOutside reads what pods of the namespace may call outside of the cluster.
func (c *composer) readOutside(policy *v1alpha1.MeshPolicy, origin model.Origin) (*model.Outside, model.Problems, model.Problems) {
	origin = at(origin, "spec.egress")
	if slices.Contains(systemNamespaces, c.snapshot.Namespace) {
		return nil, model.Problems{{
			Origin: origin, Reason: v1alpha1.ReasonInvalid,
			Message: "the namespace " + c.snapshot.Namespace + " belongs to Kubernetes itself, and the cluster needs what its pods call; remove egress",
		}}, nil
	}
	read := outsideReader{composer: c, origin: origin, protocols: map[int32]model.HostProtocol{}, hosts: map[knownHost][]int32{}, networks: map[netip.Prefix][]int32{}}
	read.conflicts(policy)
	for i := range policy.Spec.Egress.Allow {
		read.allowance(&policy.Spec.Egress.Allow[i], origin.Path+".allow["+strconv.Itoa(i)+"]")
	}
	for _, reachable := range c.snapshot.Reachable {
		if network, err := netip.ParsePrefix(reachable.CIDR); err == nil {
			read.networks[network] = append(read.networks[network], reachable.Ports...)
		}
	}
	return read.outside(), read.problems, read.notices()
}

// knownHost is a host and how it is known.
type knownHost struct {
	protocol model.HostProtocol
	host     string
}

// outsideReader reads one policy.
type outsideReader struct {
	*composer

	origin model.Origin
	// protocols of the ports of hosts: a mesh tells hosts of one port apart in one way.
	protocols map[int32]model.HostProtocol
	hosts     map[knownHost][]int32
	networks  map[netip.Prefix][]int32
	problems  model.Problems
}

func (r *outsideReader) refuse(path, reason, message string) {
	r.problems = append(r.problems, model.Problem{Origin: at(r.origin, path), Reason: reason, Message: message})
}

// conflicts refuses what somebody else decides about already.
func (r *outsideReader) conflicts(policy *v1alpha1.MeshPolicy) {
	if len(r.snapshot.ForeignCaptures) > 0 {
		r.refuse(r.origin.Path, v1alpha1.ReasonConflicted, "EgressNetwork "+strings.Join(r.snapshot.ForeignCaptures, ", ")+", which Kubemate did not write, says already what pods of "+
			"the namespace may call outside of the cluster, and the mesh asks one of several for each address; delete it, or take egress out")
	}
	for _, profile := range byAge(r.snapshot.Egresses) {
		if profile.Spec.Network != nil && profile.CreationTimestamp.Before(&policy.CreationTimestamp) {
			r.refuse(r.origin.Path, v1alpha1.ReasonConflicted, v1alpha1.KindEgressProfile+"/"+profile.Name+", which is older, makes its gateway the only way out of the "+
				"namespace (spec.network); take network out there and list its networks here, or take egress out")
			return
		}
	}
}

func (r *outsideReader) allowance(allowed *v1alpha1.MeshEgressAllowance, path string) {
	ports := make([]int32, len(allowed.Ports))
	for i, port := range allowed.Ports {
		ports[i] = int32(port)
	}
	if allowed.CIDR != nil {
		r.network(string(*allowed.CIDR), ports, path)
		return
	}
	host := knownHost{model.HostByTLS, string(*allowed.Host)}
	if allowed.Protocol != nil {
		host.protocol = model.HostProtocol(*allowed.Protocol)
	}
	for i, port := range ports {
		place := path + ".ports[" + strconv.Itoa(i) + "]"
		past := r.callsPastProxies(port)
		switch known, seen := r.protocols[port]; {
		case seen && known != host.protocol:
			r.refuse(place, v1alpha1.ReasonInvalid, "port "+strconv.Itoa(int(port))+" is of "+string(known)+" for another host, and proxies tell hosts of a port apart in one way; "+
				"give one of the hosts other ports, or allow its network by cidr")
		case past != "":
			r.refuse(place, v1alpha1.ReasonConflicted, past+", "+
				"where nobody looks at hosts; take the port out of the bypass, or allow a network by cidr")
		}
		r.protocols[port] = host.protocol
	}
	r.hosts[host] = append(r.hosts[host], ports...)
}

func (r *outsideReader) network(cidr string, ports []int32, path string) {
	network, err := netip.ParsePrefix(cidr)
	if err != nil {
		r.refuse(path+".cidr", v1alpha1.ReasonInvalid, cidr+" is no network: "+err.Error()) // the CRD lets none through
		return
	}
	for _, cluster := range r.clusterNetworks() {
		if network.Bits() < cluster.Bits() && network.Overlaps(cluster) {
			r.refuse(path+".cidr", v1alpha1.ReasonInvalid, "the network "+cidr+" holds "+cluster.String()+" of the cluster's networks, where the mesh looks for no ways out; "+
				"name the parts of it that lie beside, or ask the administrator to correct network.clusterNetworks in the operator's configuration")
			return
		}
	}
	r.networks[network] = append(r.networks[network], ports...)
}

func (r *outsideReader) clusterNetworks() []netip.Prefix {
	var networks []netip.Prefix
	for _, cidr := range r.snapshot.ClusterNetworks {
		if network, err := netip.ParsePrefix(cidr); err == nil {
			networks = append(networks, network)
		}
	}
	return networks
}

// outside is all of it, in order.
func (r *outsideReader) outside() *model.Outside {
	out := &model.Outside{Origin: r.origin, Cluster: slices.Sorted(slices.Values(r.snapshot.ClusterNetworks))}
	for host, ports := range r.hosts {
		out.Hosts = append(out.Hosts, model.OutsideHost{Host: host.host, Protocol: host.protocol, Ports: ascending(ports)})
	}
	slices.SortFunc(out.Hosts, func(a, b model.OutsideHost) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Host, b.Host))
	})
	cluster := r.clusterNetworks()
	for _, network := range slices.SortedFunc(maps.Keys(r.networks), netip.Prefix.Compare) {
		within := func(wide netip.Prefix) bool { return wide.Bits() <= network.Bits() && wide.Overlaps(network) }
		one := model.OutsideNetwork{CIDR: network.String(), InCluster: slices.ContainsFunc(cluster, within)}
		for wide, ports := range r.networks {
			if within(wide) {
				one.Ports = append(one.Ports, ports...)
			}
		}
		one.Ports = ascending(one.Ports)
		out.Networks = append(out.Networks, one)
	}
	return out
}

// notices say what only proxies hold to.
func (r *outsideReader) notices() model.Problems {
	if len(r.protocols) == 0 {
		return nil
	}
	var words []string
	for _, port := range slices.Sorted(maps.Keys(r.protocols)) {
		words = append(words, strconv.Itoa(int(port)))
	}
	return model.Problems{{
		Origin: r.origin, Reason: v1alpha1.ReasonPartiallySupported, Advisory: true,
		Message: "packets do not tell hosts, only proxies look at them: a process that goes past the proxy of its pod reaches any address outside of the cluster's networks on TCP port " +
			strings.Join(words, ", ") + "; keep such ports few, and pods from running as the proxy's user",
	}}
}

// closedBy is the policy that says what pods may call outside of the cluster, if it is older than a profile that would close the ways out itself.
func (c *composer) closedBy(profile *v1alpha1.EgressProfile) (model.Origin, bool) {
	for _, policy := range byAge(c.snapshot.Policies) {
		if policy.Spec.Egress != nil && profile.Spec.Network != nil && !profile.CreationTimestamp.Before(&policy.CreationTimestamp) {
			return model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: policy.Name}, true
		}
	}
	return model.Origin{}, false
}
