package kube

import (
	"net/netip"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// outside closes what packets can tell of the ways out: one NetworkPolicy for pods with a proxy, which looks at hosts, and one for the others, which may
// call no host. Each is complete for its pods. They are written once the mesh knows the hosts, because policies add up: where another one has closed more,
// these open ports that only the mesh guards.
func (c Config) outside(namespace string, of *model.Outside) []driver.Object {
	common := []networkingv1.NetworkPolicyEgressRule{{To: []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{}}}}}
	for i := range of.Networks {
		common = append(common, networkingv1.NetworkPolicyEgressRule{
			To: []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: of.Networks[i].CIDR}}}, Ports: policyPorts(of.Networks[i].Ports),
		})
	}
	meshed := common
	if len(of.Hosts) > 0 {
		meshed = append(slices.Clone(common), hostsRule(of))
	}
	objects := make([]driver.Object, 0, 2)
	for _, one := range []struct {
		name  string
		has   metav1.LabelSelectorOperator
		rules []networkingv1.NetworkPolicyEgressRule
	}{{"egress-meshed", metav1.LabelSelectorOpExists, meshed}, {"egress-unmeshed", metav1.LabelSelectorOpDoesNotExist, common}} {
		objects = append(objects, driver.Object{Origins: []model.Origin{of.Origin.Object()}, Guards: true, Late: true, Object: &networkingv1.NetworkPolicy{
			TypeMeta:   metav1.TypeMeta{APIVersion: networkingv1.SchemeGroupVersion.String(), Kind: "NetworkPolicy"},
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: one.name},
			Spec: networkingv1.NetworkPolicySpec{
				PodSelector: metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: c.MeshedLabel, Operator: one.has}}},
				PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}, Egress: one.rules,
			},
		}})
	}
	return objects
}

// hostsRule opens the ports of hosts, by TCP, wherever those may be: not in the cluster's networks, nor in those that have ports of their own.
func hostsRule(of *model.Outside) networkingv1.NetworkPolicyEgressRule {
	except := slices.Clone(of.Cluster)
	for i := range of.Networks {
		if !of.Networks[i].InCluster {
			except = append(except, of.Networks[i].CIDR)
		}
	}
	var rule networkingv1.NetworkPolicyEgressRule
	for _, all := range []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")} {
		block := &networkingv1.IPBlock{CIDR: all.String()}
		for _, cidr := range except {
			if network, err := netip.ParsePrefix(cidr); err == nil && network.Addr().Is4() == all.Addr().Is4() {
				block.Except = append(block.Except, cidr)
			}
		}
		rule.To = append(rule.To, networkingv1.NetworkPolicyPeer{IPBlock: block})
	}
	var ports []int32
	for i := range of.Hosts {
		ports = append(ports, of.Hosts[i].Ports...)
	}
	slices.Sort(ports)
	for _, number := range slices.Compact(ports) {
		rule.Ports = append(rule.Ports, port(intstr.FromInt32(number)))
	}
	return rule
}
