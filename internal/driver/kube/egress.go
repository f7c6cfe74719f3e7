package kube

import (
	"crypto/sha256"
	"encoding/hex"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// egress writes the two Services of each partner, by which callers find the gateway and the gateway finds the partner, and the NetworkPolicy that
// closes the other ways out.
func egress(namespace string, of *model.Egress) []driver.Object {
	var out []driver.Object
	for i := range of.Partners {
		partner := &of.Partners[i]
		out = append(out,
			from(of, alias(namespace, partner.Name, of.Gateway.Egress.Address, "http", callersPort)),
			from(of, alias(namespace, partner.Backend, partner.Host, "https", partner.Port)),
		)
	}
	if of.Confine != nil {
		out = append(out, driver.Object{Object: confinement(namespace, of), Origins: []model.Origin{of.Confine.Origin.Object()}})
	}
	return out
}

func from(of *model.Egress, service *corev1.Service) driver.Object {
	return driver.Object{Object: service, Origins: []model.Origin{of.Origin.Object()}}
}

// callersPort is the port that callers know the gateway by.
const callersPort = 80

// alias is another name for a host. Its port is for gateways that ask for one: a name has none.
func alias(namespace, name, host, protocol string, number int32) *corev1.Service {
	port := corev1.ServicePort{Name: protocol, Protocol: corev1.ProtocolTCP, Port: number, TargetPort: intstr.FromInt32(number)}
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: host, Ports: []corev1.ServicePort{port}},
	}
}

// confinement lets all pods of the namespace call pods of the cluster and some networks, and nothing else. Policies add up, so one of another
// author can open more.
func confinement(namespace string, of *model.Egress) *networkingv1.NetworkPolicy {
	rules := []networkingv1.NetworkPolicyEgressRule{{To: []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{}}}}}
	for _, allowed := range of.Confine.Allowed {
		rules = append(rules, networkingv1.NetworkPolicyEgressRule{
			To: []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: allowed.CIDR}}}, Ports: policyPorts(allowed.Ports),
		})
	}
	return &networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: networkingv1.SchemeGroupVersion.String(), Kind: "NetworkPolicy"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: confinementName(namespace, of.Name)},
		Spec: networkingv1.NetworkPolicySpec{
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}, Egress: rules,
		},
	}
}

// policyPorts are ports by TCP and UDP. None: all, by every protocol.
func policyPorts(ports []int32) []networkingv1.NetworkPolicyPort {
	var out []networkingv1.NetworkPolicyPort
	for _, number := range ports {
		port := intstr.FromInt32(number)
		for _, protocol := range []corev1.Protocol{corev1.ProtocolTCP, corev1.ProtocolUDP} {
			out = append(out, networkingv1.NetworkPolicyPort{Protocol: &protocol, Port: &port})
		}
	}
	return out
}

// confinementName is the profile's name with a digest, so that it meets nobody else's.
func confinementName(namespace, profile string) string {
	digest := sha256.Sum256([]byte("egress/" + namespace + "/" + profile))
	suffix := "-egress-" + hex.EncodeToString(digest[:4])
	return profile[:min(len(profile), 63-len(suffix))] + suffix
}
