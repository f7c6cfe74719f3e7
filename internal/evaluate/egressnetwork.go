package evaluate

import (
	"fmt"
	"math/big"
	"net/netip"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1alpha2 "sigs.k8s.io/gateway-api/apis/v1alpha2"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
)

// Kinds of the ways out.
const (
	kindEgressNetwork = "EgressNetwork"
	kindTLSRoute      = "TLSRoute"
	kindTCPRoute      = "TCPRoute"
)

// defaultOpaque are the ports that carry bytes where an EgressNetwork says nothing (proxy.opaquePorts).
var defaultOpaque = []uint16{25, 587, 3306, 4444, 5432, 6379, 9300, 11211}

// egressNetwork is an EgressNetwork with its networks read.
type egressNetwork struct {
	meta   metav1.ObjectMeta
	denies bool
	// networks are nil where the object names none: all but the cluster's.
	networks []egressBlock
}

// egressBlock is a network without some parts of it.
type egressBlock struct {
	network netip.Prefix
	except  []netip.Prefix
}

func (s *space) addEgressNetwork(of *v1alpha1.EgressNetwork) error {
	read := &egressNetwork{meta: of.ObjectMeta, denies: of.Spec.TrafficPolicy == v1alpha1.TrafficDeny}
	for i, one := range of.Spec.Networks {
		var block egressBlock
		var err error
		if block.network, err = netip.ParsePrefix(one.CIDR); err != nil {
			return fmt.Errorf("spec.networks[%d]: %w", i, err)
		}
		for _, hole := range one.Except {
			except, err := netip.ParsePrefix(hole)
			if err != nil {
				return fmt.Errorf("spec.networks[%d].except: %w", i, err)
			}
			block.except = append(block.except, except)
		}
		read.networks = append(read.networks, block)
	}
	s.egress = append(s.egress, read)
	return nil
}

func (n *egressNetwork) object() Ref { return Ref{kindEgressNetwork, n.meta.Namespace, n.meta.Name} }

// opaque says whether a port carries bytes, so that nothing in them is looked at.
func (n *egressNetwork) opaque(port uint16) bool {
	list, says := n.meta.Annotations[annotationOpaque]
	if !says {
		return slices.Contains(defaultOpaque, port)
	}
	return portIn(list, int32(port), nil)
}

// blocks are the networks, those of the whole world where none is named.
func (n *egressNetwork) blocks(cluster []netip.Prefix) []egressBlock {
	if n.networks != nil {
		return n.networks
	}
	blocks := make([]egressBlock, len(everywhere))
	for i, all := range everywhere {
		blocks[i].network = all
		for _, one := range cluster {
			if one.Addr().Is4() == all.Addr().Is4() {
				blocks[i].except = append(blocks[i].except, one)
			}
		}
	}
	return blocks
}

// holds says whether an address lies in one of the networks, and how many addresses the smallest of those has.
func (n *egressNetwork) holds(address netip.Addr, cluster []netip.Prefix) (size *big.Int, holds bool) {
	for _, block := range n.blocks(cluster) {
		if !block.network.Contains(address) || contains(block.except, address) {
			continue
		}
		if own := block.size(); size == nil || own.Cmp(size) < 0 {
			size = own
		}
	}
	return size, size != nil
}

func (b egressBlock) size() *big.Int {
	size := hosts(b.network)
	for _, hole := range b.except {
		size.Sub(size, hosts(hole))
	}
	return size
}

// hosts counts the way Linkerd does: without the first and the last address of a network of IPv4, unless it has two or one.
func hosts(network netip.Prefix) *big.Int {
	free := network.Addr().BitLen() - network.Bits()
	count := new(big.Int).Lsh(big.NewInt(1), uint(free))
	if network.Addr().Is4() && free > 1 {
		count.Sub(count, big.NewInt(2))
	}
	return count
}

// overlaps says whether the status refuses the object, and with it its routes: one of the networks holds one of the cluster's, or lies in it.
func (n *egressNetwork) overlaps(cluster []netip.Prefix) bool {
	within := func(wide, narrow netip.Prefix) bool { return wide.Bits() <= narrow.Bits() && wide.Overlaps(narrow) }
	return slices.ContainsFunc(n.blocks(cluster), func(block egressBlock) bool {
		return slices.ContainsFunc(cluster, func(one netip.Prefix) bool {
			excepted := slices.ContainsFunc(block.except, func(hole netip.Prefix) bool { return within(hole, one) })
			return block.network.Overlaps(one) && !excepted
		})
	})
}

// attachNetworks reads the parents that are EgressNetworks. They must be named with a port.
func (r *route) attachNetworks(refs []parentRef) {
	for _, ref := range refs {
		if isKind(ref.group, ref.kind, groupPolicy, kindEgressNetwork) && ref.port != 0 {
			r.networks = append(r.networks, ref)
		}
	}
}

// routesOut are the routes of an EgressNetwork for the port of a departure that are in force, by kind: those of its own namespace and of the pod's.
func (w *World) routesOut(network *egressNetwork, d Departure) map[string][]*route {
	found := map[string][]*route{}
	candidates := slices.Clone(w.in(network.meta.Namespace).routes)
	if d.From.Namespace != network.meta.Namespace {
		candidates = append(candidates, w.in(d.From.Namespace).routes...)
	}
	for _, one := range candidates {
		if one.out(network, d.To.Port()) && w.inForce(one, network) {
			found[one.ref.Kind] = append(found[one.ref.Kind], one)
		}
	}
	return found
}

// out says whether a route is for an EgressNetwork and port.
func (r *route) out(network *egressNetwork, port uint16) bool {
	return slices.ContainsFunc(r.networks, func(ref parentRef) bool {
		space := ref.namespace
		if space == "" {
			space = r.namespace
		}
		return ref.name == network.meta.Name && space == network.meta.Namespace && ref.port == int32(port)
	})
}

func (w *World) inForce(r *route, network *egressNetwork) bool {
	if w.cluster.Acceptance == AcceptedAlways {
		return !network.overlaps(w.cluster.Networks)
	}
	return slices.Contains(r.acceptedBy, network.meta.Name)
}

func tlsRoute(of *gatewayv1alpha2.TLSRoute) *route {
	r := &route{ref: routeRef{groupGateway, kindTLSRoute, of.Name}, namespace: of.Namespace, created: of.CreationTimestamp.Time}
	r.readGateway(&of.Spec.CommonRouteSpec, of.Spec.Hostnames, &of.Status.RouteStatus)
	for _, one := range of.Spec.Rules {
		r.rules = append(r.rules, rule{backends: backendsOf(one.BackendRefs)})
	}
	r.needOneRule()
	return r
}

func tcpRoute(of *gatewayv1alpha2.TCPRoute) *route {
	r := &route{ref: routeRef{groupGateway, kindTCPRoute, of.Name}, namespace: of.Namespace, created: of.CreationTimestamp.Time}
	r.readGateway(&of.Spec.CommonRouteSpec, nil, &of.Status.RouteStatus)
	for _, one := range of.Spec.Rules {
		r.rules = append(r.rules, rule{backends: backendsOf(one.BackendRefs)})
	}
	r.needOneRule()
	return r
}

// needOneRule leaves a route for TLS or TCP out that has another number of rules.
func (r *route) needOneRule() {
	if len(r.rules) != 1 {
		r.networks = nil
	}
}

func backendsOf(refs []gatewayv1.BackendRef) []backendRef {
	backends := make([]backendRef, len(refs))
	for i, ref := range refs {
		backends[i] = backendRef{string(value(ref.Group)), string(value(ref.Kind)), string(value(ref.Namespace)), string(ref.Name)}
	}
	return backends
}
