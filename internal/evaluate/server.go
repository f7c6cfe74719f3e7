package evaluate

import (
	"cmp"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

// server is a Server with its selector read.
type server struct {
	meta metav1.ObjectMeta
	ref  Ref
	pods labels.Selector
	port intstr.IntOrString
	// protocol and access are never empty.
	protocol, access string
}

func (s *space) addServer(meta metav1.ObjectMeta, pods metav1.LabelSelector, spec v1beta3.ServerSpec) error {
	selector, err := metav1.LabelSelectorAsSelector(&pods)
	if err != nil {
		return fmt.Errorf("spec.podSelector: %w", err)
	}
	s.servers = append(s.servers, &server{
		meta: meta, ref: Ref{kindServer, meta.Namespace, meta.Name}, pods: selector, port: spec.Port,
		protocol: cmp.Or(spec.ProxyProtocol, protocolUnknown), access: cmp.Or(spec.AccessPolicy, policyDeny),
	})
	return nil
}

// selects says whether a Server is about a port of a pod. A number need not be declared by a container; a name may mean several ports.
func (s *server) selects(pod *corev1.Pod, port int32) bool {
	if !s.pods.Matches(labels.Set(pod.Labels)) {
		return false
	}
	if s.port.Type == intstr.Int {
		return s.port.IntVal == port
	}
	for container := range containers(pod) {
		for _, declared := range container.Ports {
			if declared.Name == s.port.StrVal && declared.ContainerPort == port && isTCP(declared) {
				return true
			}
		}
	}
	return false
}

// serverOf finds the Server that governs a port: of several the oldest, then the first by name. Nil: the default governs.
func (w *World) serverOf(pod *corev1.Pod, port int32) *server {
	for _, one := range w.in(pod.Namespace).servers {
		if one.selects(pod, port) {
			return one
		}
	}
	return nil
}

// Values of proxyProtocol.
const (
	protocolUnknown = "unknown"
	protocolHTTP1   = "HTTP/1"
	protocolHTTP2   = "HTTP/2"
	protocolGRPC    = "gRPC"
	protocolOpaque  = "opaque"
	protocolTLS     = "TLS"
)

// protocolOf is what the proxy expects on a port.
func (w *World) protocolOf(pod *corev1.Pod, port int32) string {
	if governing := w.serverOf(pod, port); governing != nil {
		return governing.protocol
	}
	if portListed(pod, annotationOpaque, port) {
		return protocolOpaque
	}
	return protocolUnknown
}

// opaque says whether a call goes to a port that proxies do not look into.
func (w *World) opaque(call Call) bool { return w.protocolOf(call.To, call.Port) == protocolOpaque }

// The policies for callers whom nothing else allows.
const (
	allUnauthenticated     = "all-unauthenticated"
	allAuthenticated       = "all-authenticated"
	clusterUnauthenticated = "cluster-unauthenticated"
	clusterAuthenticated   = "cluster-authenticated"
	policyAudit            = "audit"
	policyDeny             = "deny"
)

// defaultOf is the policy for a port that no Server governs, and where it comes from. The annotation of the pod decides, which the injector
// copied from its namespace when the pod was made; a value that means nothing counts for nothing.
func (w *World) defaultOf(pod *corev1.Pod, port int32) (string, Ref) {
	policy, by := w.cluster.DefaultPolicy, Ref{Kind: "default inbound policy", Name: w.cluster.DefaultPolicy}
	switch said := pod.Annotations[annotationDefault]; said {
	case allUnauthenticated, allAuthenticated, clusterUnauthenticated, clusterAuthenticated, policyAudit, policyDeny:
		policy, by = said, Ref{"Pod", pod.Namespace, pod.Name}
	}
	if portListed(pod, annotationIdentity, port) {
		policy = strings.Replace(policy, "unauthenticated", "authenticated", 1)
	}
	return policy, by
}
