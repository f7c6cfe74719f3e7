package evaluate

import (
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// networkPolicy is a NetworkPolicy with its selectors read.
type networkPolicy struct {
	ref             Ref
	pods            labels.Selector
	ingress, egress []networkRule
	// guardsIn and guardsOut say which directions the policy is about.
	guardsIn, guardsOut bool
}

// networkRule allows some peers some ports. Nil: all of them.
type networkRule struct {
	peers []networkPeer
	ports []networkingv1.NetworkPolicyPort
}

type networkPeer struct {
	// pods and namespaces of the peer. Nil pods: all; nil namespaces: the policy's own.
	pods, namespaces labels.Selector
	block            *networkingv1.IPBlock
}

func newNetworkPolicy(of *networkingv1.NetworkPolicy) (*networkPolicy, error) {
	pods, err := metav1.LabelSelectorAsSelector(&of.Spec.PodSelector)
	if err != nil {
		return nil, fmt.Errorf("spec.podSelector: %w", err)
	}
	policy := &networkPolicy{ref: Ref{"NetworkPolicy", of.Namespace, of.Name}, pods: pods}
	for i, rule := range of.Spec.Ingress {
		peers, err := networkPeers(rule.From)
		if err != nil {
			return nil, fmt.Errorf("spec.ingress[%d]: %w", i, err)
		}
		policy.ingress = append(policy.ingress, networkRule{peers, rule.Ports})
	}
	for i, rule := range of.Spec.Egress {
		peers, err := networkPeers(rule.To)
		if err != nil {
			return nil, fmt.Errorf("spec.egress[%d]: %w", i, err)
		}
		policy.egress = append(policy.egress, networkRule{peers, rule.Ports})
	}
	types := of.Spec.PolicyTypes
	policy.guardsIn = len(types) == 0 || slices.Contains(types, networkingv1.PolicyTypeIngress)
	policy.guardsOut = len(types) == 0 && len(of.Spec.Egress) > 0 || slices.Contains(types, networkingv1.PolicyTypeEgress)
	return policy, nil
}

func networkPeers(of []networkingv1.NetworkPolicyPeer) ([]networkPeer, error) {
	var peers []networkPeer
	for _, one := range of {
		peer := networkPeer{block: one.IPBlock}
		for _, selector := range []struct {
			of *metav1.LabelSelector
			to *labels.Selector
		}{{one.PodSelector, &peer.pods}, {one.NamespaceSelector, &peer.namespaces}} {
			if selector.of == nil {
				continue
			}
			read, err := metav1.LabelSelectorAsSelector(selector.of)
			if err != nil {
				return nil, err
			}
			*selector.to = read
		}
		peers = append(peers, peer)
	}
	return peers, nil
}

// network says whether the NetworkPolicies of both sides let the packets of a call pass. Each side is decided by itself; what no policy of a
// side selects is free. A pod can always be reached from its own node and from itself.
func (w *World) network(call Call, from peer) (Answer, bool) {
	if call.From.Node || samePod(from.pod, call.To) {
		return Answer{}, true
	}
	target := wire{pod: call.To, number: w.wire(call)}
	if answer, ok := w.side(from.pod, outward, target, w.asEnd(call.To)); !ok {
		return answer, false
	}
	caller := end{pod: from.pod, address: from.address}
	if from.pod != nil {
		caller = w.asEnd(from.pod)
		caller.address = from.address
	}
	return w.side(call.To, inward, target, caller)
}

func samePod(a, b *corev1.Pod) bool {
	return a != nil && a.Namespace == b.Namespace && a.Name == b.Name
}

type direction string

const (
	inward  direction = "to"
	outward direction = "from"
)

// side asks the policies of one pod about the other end. The ports are the callee's in both directions.
func (w *World) side(pod *corev1.Pod, way direction, target wire, other end) (Answer, bool) {
	if pod == nil || pod.Spec.HostNetwork { // what happens to pods on their node's network is not defined: as a rule, nothing
		return Answer{}, true
	}
	var guarding *networkPolicy
	for _, policy := range w.in(pod.Namespace).networkPolicies {
		guards, rules := policy.guardsIn, policy.ingress
		if way == outward {
			guards, rules = policy.guardsOut, policy.egress
		}
		if !guards || !policy.pods.Matches(labels.Set(pod.Labels)) {
			continue
		}
		if guarding == nil {
			guarding = policy
		}
		for _, rule := range rules {
			if rule.allows(target, other, policy.ref.Namespace) {
				return Answer{By: policy.ref}, true
			}
		}
	}
	if guarding == nil {
		return Answer{}, true
	}
	return Answer{
		Outcome: Dropped, By: guarding.ref,
		Reason: fmt.Sprintf("%s guards traffic %s pod %s/%s, and neither it nor another NetworkPolicy there allows %s on port %d.",
			guarding.ref, way, pod.Namespace, pod.Name, other.words(), target.number),
	}, false
}

// wire is where packets go: the port on the network, which is a proxy's or the application's. Nil pod: somewhere without names of ports.
type wire struct {
	pod    *corev1.Pod
	number int32
}

// end is one end of a connection as a NetworkPolicy sees it.
type end struct {
	address   netip.Addr
	pod       *corev1.Pod
	namespace labels.Set
}

func (w *World) asEnd(pod *corev1.Pod) end {
	e := end{pod: pod, address: parseAddress(pod.Status.PodIP), namespace: w.namespaces[pod.Namespace]}
	if e.namespace["kubernetes.io/metadata.name"] == "" { // Kubernetes sets it on every namespace
		named := labels.Set{"kubernetes.io/metadata.name": pod.Namespace}
		e.namespace = labels.Merge(e.namespace, named)
	}
	return e
}

func (e end) words() string {
	if e.pod != nil {
		return "pod " + e.pod.Namespace + "/" + e.pod.Name
	}
	return "address " + e.address.String()
}

func (r networkRule) allows(target wire, other end, namespace string) bool {
	return (len(r.peers) == 0 || slices.ContainsFunc(r.peers, func(p networkPeer) bool { return p.is(other, namespace) })) &&
		(len(r.ports) == 0 || slices.ContainsFunc(r.ports, target.on))
}

func (p networkPeer) is(other end, namespace string) bool {
	if p.block != nil {
		return contained(p.block.CIDR, p.block.Except, other.address)
	}
	if other.pod == nil || other.pod.Spec.HostNetwork {
		return false
	}
	if p.namespaces == nil {
		if other.pod.Namespace != namespace {
			return false
		}
	} else if !p.namespaces.Matches(other.namespace) {
		return false
	}
	return p.pods == nil || p.pods.Matches(labels.Set(other.pod.Labels))
}

// on says whether the port is one of a rule's. A name is looked up in the pod that is called.
func (t wire) on(port networkingv1.NetworkPolicyPort) bool {
	protocol := corev1.ProtocolTCP
	if port.Protocol != nil {
		protocol = *port.Protocol
	}
	if protocol != corev1.ProtocolTCP {
		return false
	}
	switch {
	case port.Port == nil:
		return true
	case port.Port.Type == intstr.String && t.pod == nil:
		return false
	case port.Port.Type == intstr.String:
		number, found := portNamed(t.pod, port.Port.StrVal)
		return found && number == t.number
	case port.EndPort != nil:
		return t.number >= port.Port.IntVal && t.number <= *port.EndPort
	}
	return t.number == port.Port.IntVal
}
