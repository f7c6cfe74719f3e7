package preflight

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// closed tells of NetworkPolicies of others that let pods of the cluster call some ports and not the one that their proxies will call instead.
func (c check) closed() model.Problems {
	if c.needs.Port == 0 {
		return nil
	}
	policies := slices.SortedFunc(slices.Values(c.snapshot.NetworkPolicies), func(a, b *networkingv1.NetworkPolicy) int { return cmp.Compare(a.Name, b.Name) })
	var problems model.Problems
	for _, policy := range policies {
		if c.isolated(policy) {
			continue // who may call these pods at all is the operator's own, which thinks of the port
		}
		alike := slices.DeleteFunc(slices.Clone(policies), func(other *networkingv1.NetworkPolicy) bool { return !c.covers(other, policy) })
		var places []string
		for i := range policy.Spec.Ingress {
			if c.closes(&policy.Spec.Ingress[i], alike) {
				places = append(places, "spec.ingress["+strconv.Itoa(i)+"]")
			}
		}
		if len(places) > 0 {
			problems = append(problems, c.tell(v1alpha1.ReasonProxyPortClosed, c.explain(policy.Name, places, alike))...)
		}
	}
	return problems
}

func (c check) explain(policy string, places []string, alike []*networkingv1.NetworkPolicy) string {
	port := strconv.Itoa(int(c.needs.Port))
	what := "the calls of proxies, which go to port " + port + " whatever port is called"
	if c.needs.OpaqueOnly {
		what = "the calls of proxies to opaque ports, which go to port " + port
	}
	if more := len(places) - maxNamed; more > 0 {
		places = append(places[:maxNamed], strconv.Itoa(more)+" more")
	}
	text := "NetworkPolicy " + policy + " will refuse " + what + ": add the port to " + strings.Join(places, ", ")
	if !slices.ContainsFunc(alike, func(one *networkingv1.NetworkPolicy) bool { return opensTo(one, c.needs.MetricsPort) }) {
		text += ", and let those who read metrics call port " + strconv.Itoa(int(c.needs.MetricsPort))
	}
	return text + "; else callers with a proxy get no answer once the pods are restarted"
}

// isolated says whether the operator isolates the pods of a NetworkPolicy itself.
func (c check) isolated(policy *networkingv1.NetworkPolicy) bool {
	return slices.ContainsFunc(c.ns.Isolations, func(one model.Isolation) bool {
		return one.Service == "" || len(policy.Spec.PodSelector.MatchExpressions) == 0 && maps.Equal(one.Selector, policy.Spec.PodSelector.MatchLabels)
	})
}

// covers says whether a NetworkPolicy is about all pods, as far as they are known, that another one is about.
func (c check) covers(one, other *networkingv1.NetworkPolicy) bool {
	if reflect.DeepEqual(one.Spec.PodSelector, other.Spec.PodSelector) || len(one.Spec.PodSelector.MatchLabels)+len(one.Spec.PodSelector.MatchExpressions) == 0 {
		return true
	}
	wide, narrow := selector(one), selector(other)
	known := false
	for _, deployment := range c.snapshot.Deployments {
		pods := labels.Set(deployment.Spec.Template.Labels)
		if !narrow.Matches(pods) {
			continue
		}
		if known = true; !wide.Matches(pods) {
			return false
		}
	}
	return known
}

// selector of a NetworkPolicy. One that cannot be read, which the API server does not store, selects nothing.
func selector(policy *networkingv1.NetworkPolicy) labels.Selector {
	read, err := metav1.LabelSelectorAsSelector(&policy.Spec.PodSelector)
	if err != nil {
		return labels.Nothing()
	}
	return read
}

// closes says whether a rule lets some pod call which cannot call the proxies' port, neither by this nor by another rule for the same pods.
func (c check) closes(rule *networkingv1.NetworkPolicyIngressRule, alike []*networkingv1.NetworkPolicy) bool {
	if !c.concerns(rule.Ports) || opens(rule.Ports, c.needs.Port) {
		return false
	}
	if len(rule.From) == 0 {
		return !c.lets(nil, alike)
	}
	for i := range rule.From {
		if peer := &rule.From[i]; peer.IPBlock == nil && !c.lets(peer, alike) { // a network is outside of the cluster, where there are no proxies
			return true
		}
	}
	return false
}

// lets says whether a peer, nil for everybody, may call the proxies' port.
func (c check) lets(peer *networkingv1.NetworkPolicyPeer, alike []*networkingv1.NetworkPolicy) bool {
	for _, policy := range alike {
		for i := range policy.Spec.Ingress {
			rule := &policy.Spec.Ingress[i]
			if opens(rule.Ports, c.needs.Port) && (len(rule.From) == 0 || peer != nil && slices.ContainsFunc(rule.From, func(from networkingv1.NetworkPolicyPeer) bool {
				return within(peer, &from)
			})) {
				return true
			}
		}
	}
	return false
}

// within says whether a peer is among others: it is the same, or one of all pods, or of all pods of the same namespaces.
func within(peer, others *networkingv1.NetworkPolicyPeer) bool {
	if others.IPBlock != nil || others.PodSelector != nil && !reflect.DeepEqual(others.PodSelector, peer.PodSelector) && !everything(others.PodSelector) {
		return false
	}
	return others.NamespaceSelector != nil && everything(others.NamespaceSelector) || reflect.DeepEqual(others.NamespaceSelector, peer.NamespaceSelector)
}

func everything(selector *metav1.LabelSelector) bool {
	return len(selector.MatchLabels)+len(selector.MatchExpressions) == 0
}

// concerns says whether ports of a rule are such that proxies call another one in their place.
func (c check) concerns(ports []networkingv1.NetworkPolicyPort) bool {
	if !c.needs.OpaqueOnly {
		return slices.ContainsFunc(ports, tcp)
	}
	opaque := slices.Clone(c.needs.Opaque)
	if c.ns.Pods.Opaque != nil {
		opaque = append(opaque, c.ns.Pods.Opaque.Ports...)
	}
	for i := range opaque {
		if slices.ContainsFunc(ports, func(port networkingv1.NetworkPolicyPort) bool { return admits(port, opaque[i].First) }) {
			return true
		}
	}
	return false
}

func tcp(port networkingv1.NetworkPolicyPort) bool {
	return port.Protocol == nil || *port.Protocol == corev1.ProtocolTCP
}

// opensTo says whether a NetworkPolicy lets anybody call a port.
func opensTo(policy *networkingv1.NetworkPolicy, port int32) bool {
	return slices.ContainsFunc(policy.Spec.Ingress, func(rule networkingv1.NetworkPolicyIngressRule) bool { return opens(rule.Ports, port) })
}

// opens says whether a port is among those of a rule, which has all of them when it names none.
func opens(ports []networkingv1.NetworkPolicyPort, port int32) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(one networkingv1.NetworkPolicyPort) bool { return admits(one, port) })
}

// admits says whether a port, by its number, is one of a rule's. The proxies' own have no names that a rule would have been written for.
func admits(ports networkingv1.NetworkPolicyPort, port int32) bool {
	switch {
	case !tcp(ports):
		return false
	case ports.Port == nil:
		return true
	case ports.EndPort != nil:
		return ports.Port.IntVal <= port && port <= *ports.EndPort
	}
	return ports.Port.IntVal == port
}
