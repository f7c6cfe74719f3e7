package kube

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// policies writes an isolation: one NetworkPolicy, or several where the pods that are left out take several selectors. Each is complete for its pods, so
// that the first that is written cuts nobody off whom the next would let through.
func (c Config) policies(namespace string, isolation *model.Isolation) ([]driver.Object, error) {
	selectors := []metav1.LabelSelector{{MatchLabels: isolation.Selector}}
	if isolation.Service == "" {
		var err error
		if selectors, err = allBut(isolation); err != nil {
			return nil, err
		}
	}
	rules := c.rules(isolation.Passages)
	objects := make([]driver.Object, len(selectors))
	for i, selector := range selectors {
		objects[i] = driver.Object{Origins: isolation.Origins, Guards: true, Trails: true, Object: &networkingv1.NetworkPolicy{
			TypeMeta:   metav1.TypeMeta{APIVersion: networkingv1.SchemeGroupVersion.String(), Kind: "NetworkPolicy"},
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: policyName(namespace, isolation.Service, i)},
			Spec:       networkingv1.NetworkPolicySpec{PodSelector: selector, PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}, Ingress: rules},
		}}
	}
	return objects, nil
}

// policyName names a NetworkPolicy. The namespace's come after those of Services, and so are written after them: those let through what the
// namespace's would cut off.
func policyName(namespace, service string, part int) string {
	if service != "" {
		sum := sha256.Sum256([]byte(namespace + "/" + service))
		return "network-of-" + service + "-" + hex.EncodeToString(sum[:4])
	}
	if part == 0 {
		return "network-rest"
	}
	return "network-rest-" + strconv.Itoa(part+1)
}

// rules writes passages, and what the cluster itself needs. A rule without peers lets everybody through, one without ports to all of them.
func (c Config) rules(passages []model.Passage) []networkingv1.NetworkPolicyIngressRule {
	rules := make([]networkingv1.NetworkPolicyIngressRule, 0, len(passages)+1)
	for i := range passages {
		rules = append(rules, networkingv1.NetworkPolicyIngressRule{From: peers(passages[i].Peers), Ports: c.ports(&passages[i])})
	}
	if len(c.MetricsNamespaces) > 0 && len(c.MetricsPorts) > 0 {
		rule := networkingv1.NetworkPolicyIngressRule{}
		for _, name := range c.MetricsNamespaces {
			rule.From = append(rule.From, namespacePeer(name))
		}
		for _, number := range c.MetricsPorts {
			rule.Ports = append(rule.Ports, port(intstr.FromInt32(number)))
		}
		rules = append(rules, rule)
	}
	return rules
}

func peers(of []model.Peer) []networkingv1.NetworkPolicyPeer {
	out := make([]networkingv1.NetworkPolicyPeer, 0, len(of))
	for _, peer := range of {
		if peer.CIDR != "" {
			out = append(out, networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: peer.CIDR}})
			continue
		}
		from := namespacePeer(peer.Namespace)
		if peer.Pods != nil {
			from.PodSelector = &metav1.LabelSelector{MatchLabels: peer.Pods.Labels}
		}
		out = append(out, from)
	}
	return out
}

// namespacePeer is all pods of a namespace, by the label that Kubernetes itself puts on it.
func namespacePeer(name string) networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: name}}}
}

// ports are those of a passage and the proxy's. Nil: all.
func (c Config) ports(passage *model.Passage) []networkingv1.NetworkPolicyPort {
	if len(passage.Targets)+len(passage.Ranges) == 0 {
		return nil
	}
	out := make([]networkingv1.NetworkPolicyPort, 0, len(passage.Targets)+len(passage.Ranges)+1)
	for _, one := range passage.Targets {
		out = append(out, port(target(one)))
	}
	for _, one := range passage.Ranges {
		ranged := port(intstr.FromInt32(one.First))
		if one.Last > one.First {
			ranged.EndPort = &one.Last
		}
		out = append(out, ranged)
	}
	if c.ProxyPort > 0 {
		out = append(out, port(intstr.FromInt32(c.ProxyPort)))
	}
	return out
}

func port(number intstr.IntOrString) networkingv1.NetworkPolicyPort {
	protocol := corev1.ProtocolTCP
	return networkingv1.NetworkPolicyPort{Protocol: &protocol, Port: &number}
}
