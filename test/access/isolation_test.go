package access

import (
	"cmp"
	"math/rand/v2"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/evaluate"
)

// The features of the network.
const (
	byIsolation  feature = "network, isolate"
	byNeighbour  feature = "network, pods of one namespace"
	byAlsoAllow  feature = "network, alsoAllow"
	byOtherPorts feature = "network, ports without rules"
)

var ofNetwork = []feature{byIsolation, byNeighbour, byAlsoAllow, byOtherPorts}

// forgetRules leaves the access rules out of some policies that isolate.
func (s *scene) forgetRules(random *rand.Rand) {
	for _, policy := range s.snapshot.Policies {
		if target(policy) != "" && policy.Spec.Network != nil && random.IntN(5) == 0 {
			policy.Spec.Access = nil
		}
	}
}

// isolate lets some of a scene's policies isolate the pods of their Service, and sometimes one more those of the namespace.
func (s *scene) isolate(random *rand.Rand) {
	for _, policy := range s.snapshot.Policies {
		if random.IntN(3) > 0 {
			continue
		}
		policy.Spec.Network = drawNetwork(random)
	}
	if random.IntN(2) == 0 {
		policy := &v1alpha1.MeshPolicy{Spec: v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, Network: drawNetwork(random)}}
		policy.Namespace, policy.Name = namespace, "isolated"
		s.snapshot.Policies = append(s.snapshot.Policies, policy)
	}
}

func drawNetwork(random *rand.Rand) *v1alpha1.Network {
	yes := true
	out := &v1alpha1.Network{Isolate: true}
	for range random.IntN(3) {
		ops, far, near := v1alpha1.NamespaceName("ops"), v1alpha1.CIDR("203.0.113.0/24"), v1alpha1.CIDR("10.244.1.0/24")
		allowed := v1alpha1.NetworkAllowance{From: []v1alpha1.NetworkPeer{pick(random,
			v1alpha1.NetworkPeer{Namespace: &ops}, v1alpha1.NetworkPeer{CIDR: &far}, v1alpha1.NetworkPeer{CIDR: &near}, v1alpha1.NetworkPeer{Any: &yes})}}
		last := v1alpha1.PortNumber(9100)
		allowed.Ports = pick(random, nil, []v1alpha1.PortRange{{Port: 9090}}, []v1alpha1.PortRange{{Port: 8080}, {Port: 9000, EndPort: &last}})
		out.AlsoAllow = append(out.AlsoAllow, allowed)
	}
	return out
}

// neighbours call from the namespace itself.
var neighbours = []evaluate.Caller{{Pod: meshed(namespace, "web", "10.244.4.1")}, {Pod: plain(namespace, "web", "10.244.4.2")}}

// target is the Service of a policy. Empty: the namespace.
func target(policy *v1alpha1.MeshPolicy) string {
	if policy.Spec.Target.Name == nil {
		return ""
	}
	return string(*policy.Spec.Target.Name)
}

// arrives says whether a call's packets reach the pod.
func (r reading) arrives(call evaluate.Call) bool {
	if r.without == byIsolation || call.From.Node {
		return true
	}
	isolated, passes := false, false
	own := r.ownNetworks(call)
	for _, policy := range own {
		isolated = true
		passes = passes || r.rulesPass(target(policy), call) || r.alsoPasses(policy.Spec.Network, call)
	}
	common := r.commonNetwork()
	if common == nil {
		return !isolated || passes
	}
	for _, service := range r.scene.snapshot.Services {
		if r.ownNetwork(service) == nil && selects(service.Spec.Selector, call.To.Labels) {
			passes = passes || r.rulesAroundPass(service, call)
		}
	}
	if len(own) == 0 { // the policy of the namespace is about all other pods
		near := call.From.Pod != nil && call.From.Pod.Namespace == namespace && r.without != byNeighbour
		passes = passes || near || r.alsoPasses(common.Spec.Network, call)
	}
	return passes
}

// ownNetworks are the policies about the network of a Service that the pod belongs to.
func (r reading) ownNetworks(call evaluate.Call) []*v1alpha1.MeshPolicy {
	var found []*v1alpha1.MeshPolicy
	for _, policy := range r.accepted {
		if policy.Spec.Network != nil && target(policy) != "" && selects(r.scene.service(target(policy)).Spec.Selector, call.To.Labels) {
			found = append(found, policy)
		}
	}
	return found
}

func (r reading) commonNetwork() *v1alpha1.MeshPolicy {
	for _, policy := range r.accepted {
		if target(policy) == "" && policy.Spec.Network != nil {
			return policy
		}
	}
	return nil
}

// throughProxies says whether a call goes from proxy to proxy, which the network cannot tell the port of.
func throughProxies(call evaluate.Call) bool { return hasProxy(call.From.Pod) && hasProxy(call.To) }

// ownNetwork is the policy about the network of a Service. Nil: the Service goes by the namespace's.
func (r reading) ownNetwork(service *corev1.Service) *v1alpha1.MeshPolicy {
	for _, policy := range r.accepted {
		if policy.Spec.Network != nil && target(policy) == service.Name {
			return policy
		}
	}
	return nil
}

// rulesAroundPass is rulesPass of a Service and of the others that go by the namespace's network and share pods with it.
func (r reading) rulesAroundPass(service *corev1.Service, call evaluate.Call) bool {
	return slices.ContainsFunc(r.scene.snapshot.Services, func(other *corev1.Service) bool {
		shares := slices.ContainsFunc(r.scene.pods, func(pod *corev1.Pod) bool {
			return selects(service.Spec.Selector, pod.Labels) && selects(other.Spec.Selector, pod.Labels)
		})
		return shares && r.ownNetwork(other) == nil && r.rulesPass(other.Name, call)
	})
}

// rulesPass says whether the access rules about a Service's pods need the packets of a call: those of its own policy, and the namespace's about the ports
// that no policy for a Service speaks about in some of the pods.
func (r reading) rulesPass(service string, call evaluate.Call) bool {
	for _, policy := range r.accepted {
		if target(policy) == service && policy.Spec.Access != nil && r.accessPasses(policy, r.portsReached(service, call), call) {
			return true
		}
	}
	common := r.commonAccess()
	return common != nil && r.without != byCommon && r.accessPasses(common, r.commonReached(service, call), call)
}

// accessPasses says whether the access rules of a policy need the packets of a call, which may be for some ports.
func (r reading) accessPasses(policy *v1alpha1.MeshPolicy, numbers []int32, call evaluate.Call) bool {
	access := policy.Spec.Access
	if access.Mode != nil && *access.Mode == v1alpha1.AccessAudit && reaches(numbers, nil) {
		return true
	}
	return slices.ContainsFunc(access.Rules, func(rule v1alpha1.AccessRule) bool {
		return slices.ContainsFunc(rule.From, func(from v1alpha1.Caller) bool { return sends(from, call) }) && reaches(numbers, rule.To)
	})
}

// portsReached are the ports of a Service on which the packets of a call may come.
func (r reading) portsReached(service string, call evaluate.Call) []int32 {
	if !throughProxies(call) {
		return numbersOf(r.scene.service(service), call)
	}
	var numbers []int32
	for _, number := range r.scene.portsOf(service) {
		numbers = append(numbers, int32(number))
	}
	return numbers
}

// commonReached are the ports of a Service's pods that the namespace's rules are about, on which the packets of a call may come.
func (r reading) commonReached(name string, call evaluate.Call) []int32 {
	service := r.scene.service(name)
	return slices.DeleteFunc(r.scene.declared(service), func(number int32) bool {
		return !throughProxies(call) && number != call.Port || !slices.ContainsFunc(r.scene.pods, func(pod *corev1.Pod) bool {
			other := evaluate.Call{To: pod, Port: number}
			return selects(service.Spec.Selector, pod.Labels) && r.governingService(other) == nil
		})
	})
}

// sends is from without identities.
func sends(from v1alpha1.Caller, call evaluate.Call) bool {
	switch pod := call.From.Pod; {
	case from.ServiceAccount != nil:
		return pod != nil && pod.Namespace == string(from.ServiceAccount.Namespace)
	case from.Namespace != nil:
		return pod != nil && pod.Namespace == string(*from.Namespace)
	case from.Gateway != nil:
		return isGateway(string(*from.Gateway), call)
	case from.CIDR != nil:
		return netip.MustParsePrefix(string(*from.CIDR)).Contains(addressOf(call))
	}
	return true
}

// reaches says whether a rule is about one of some ports.
func reaches(numbers []int32, to []v1alpha1.Requests) bool {
	return slices.ContainsFunc(numbers, func(number int32) bool {
		return len(to) == 0 || slices.ContainsFunc(to, func(one v1alpha1.Requests) bool {
			ofHTTP := len(one.Methods)+len(one.Paths)+len(one.GRPC) > 0
			return (len(one.Ports) == 0 || slices.Contains(one.Ports, v1alpha1.PortNumber(number))) && (!ofHTTP || number != bytesPort)
		})
	})
}

func (r reading) alsoPasses(network *v1alpha1.Network, call evaluate.Call) bool {
	return r.without != byAlsoAllow && slices.ContainsFunc(network.AlsoAllow, func(allowed v1alpha1.NetworkAllowance) bool {
		return slices.ContainsFunc(allowed.From, func(peer v1alpha1.NetworkPeer) bool { return isPeer(peer, call) }) &&
			(throughProxies(call) || opens(allowed, call.Port))
	})
}

func isPeer(peer v1alpha1.NetworkPeer, call evaluate.Call) bool {
	switch {
	case peer.Namespace != nil:
		return call.From.Pod != nil && call.From.Pod.Namespace == string(*peer.Namespace)
	case peer.CIDR != nil:
		return netip.MustParsePrefix(string(*peer.CIDR)).Contains(addressOf(call))
	}
	return true
}

func opens(allowed v1alpha1.NetworkAllowance, port int32) bool {
	return len(allowed.Ports) == 0 || slices.ContainsFunc(allowed.Ports, func(one v1alpha1.PortRange) bool {
		return int32(one.Port) == port || one.EndPort != nil && int32(one.Port) <= port && port <= int32(*one.EndPort)
	})
}

// guardian is the policy that closes a port without access rules of a pod whose network is isolated. Nil: it stays open.
func (r reading) guardian(call evaluate.Call) *v1alpha1.MeshPolicy {
	if r.without == byOtherPorts {
		return nil
	}
	byName := slices.SortedFunc(slices.Values(r.accepted), func(a, b *v1alpha1.MeshPolicy) int { return cmp.Compare(target(a), target(b)) })
	for _, policy := range byName {
		name := target(policy)
		wanted := policy
		switch {
		case name == "" || !selects(r.scene.service(name).Spec.Selector, call.To.Labels):
			continue
		case policy.Spec.Network == nil:
			wanted = r.commonNetwork()
		}
		if wanted != nil && r.closes(name, call) {
			return wanted
		}
	}
	return nil
}

// closes says whether a Service's pods declare the port, and nobody else guards it in some of them: then it could be closed in none.
func (r reading) closes(service string, call evaluate.Call) bool {
	declared := nameOf(call) != "" || len(numbersOf(r.scene.service(service), call)) > 0
	for _, pod := range r.scene.pods {
		other := call
		other.To = pod
		if selects(r.scene.service(service).Spec.Selector, pod.Labels) && r.governing(other) != nil {
			return false
		}
	}
	return declared
}

// letsThrough says whether a call to a port without access rules is one that the guardian lets through on purpose.
func (r reading) letsThrough(guardian *v1alpha1.MeshPolicy, call evaluate.Call) bool {
	pod := call.From.Pod
	if target(guardian) == "" && pod != nil && pod.Namespace == namespace && hasProxy(pod) {
		return true
	}
	return slices.ContainsFunc(guardian.Spec.Network.AlsoAllow, func(allowed v1alpha1.NetworkAllowance) bool {
		return opens(allowed, call.Port) && slices.ContainsFunc(allowed.From, func(peer v1alpha1.NetworkPeer) bool {
			return peer.CIDR == nil || isPeer(peer, call) // of namespaces and of everybody the network has decided
		})
	})
}

// separate leaves out the Service that shares pods with another.
func (s *scene) separate() {
	s.snapshot.Policies = slices.DeleteFunc(s.snapshot.Policies, func(policy *v1alpha1.MeshPolicy) bool { return target(policy) == "orders-old" })
}

// takeNetworks isolates the same pods as another scene does, in the same way.
func (s *scene) takeNetworks(from *scene) {
	for _, policy := range from.snapshot.Policies {
		if policy.Spec.Network == nil {
			continue
		}
		index := slices.IndexFunc(s.snapshot.Policies, func(own *v1alpha1.MeshPolicy) bool { return target(own) == target(policy) })
		if index < 0 {
			bare := policy.DeepCopy()
			bare.Spec.Access = nil
			s.snapshot.Policies = append(s.snapshot.Policies, bare)
			continue
		}
		s.snapshot.Policies[index].Spec.Network = policy.Spec.Network
	}
}
