package access

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/evaluate"
)

// feature is something in a policy that can decide a call.
type feature string

// The features. A reading without one of them tells whether it decided.
const (
	none              feature = ""
	byServiceAccount  feature = "serviceAccount"
	byNamespace       feature = "namespace"
	byNetwork         feature = "cidr"
	byUnauthenticated feature = "cidr, unauthenticated"
	byGateway         feature = "gateway"
	byAny             feature = "any"
	byPort            feature = "ports"
	byMethod          feature = "methods"
	byExact           feature = "paths, exact"
	byPrefix          feature = "paths, prefix"
	byCall            feature = "grpc"
	byProbe           feature = "probes"
	byAudit           feature = "mode Audit"
	byDenial          feature = "default deny"
	byCommon          feature = "access of the namespace"
)

var ofMesh = []feature{byServiceAccount, byNamespace, byNetwork, byUnauthenticated, byGateway, byAny, byPort, byMethod, byExact, byPrefix, byCall, byProbe, byAudit, byDenial, byCommon}

// ofPolicy are the features that only the policy generation has.
var ofPolicy = []feature{byMethod, byExact, byPrefix, byCall, byAudit}

// reading is what policies say (design: MeshPolicy, access), with one feature left out. It knows no model and no mesh.
type reading struct {
	scene    scene
	accepted []*v1alpha1.MeshPolicy
	without  feature
}

// allows says whether a call is allowed.
func (r reading) allows(call evaluate.Call) bool {
	return r.arrives(call) && (r.grants(call) || r.audits(call) && r.without != byAudit)
}

// audits says whether what is not granted is only logged.
func (r reading) audits(call evaluate.Call) bool {
	governing := r.governing(call)
	return governing != nil && governing.Spec.Access.Mode != nil && *governing.Spec.Access.Mode == v1alpha1.AccessAudit
}

// grants says whether a call is one that the policies allow.
func (r reading) grants(call evaluate.Call) bool {
	if r.without == byDenial || !hasProxy(call.To) {
		return true
	}
	governing := r.governing(call)
	guardian := r.guardian(call)
	switch {
	case governing == nil && guardian == nil:
		return true // the mesh's own default, which lets everybody through
	case r.without != byProbe && call.From.Node && isProbe(call):
		return true
	case governing == nil:
		return r.letsThrough(guardian, call)
	}
	service := r.scene.service(target(governing)) // nil: the namespace, whose rules name ports of pods
	return slices.ContainsFunc(governing.Spec.Access.Rules, func(rule v1alpha1.AccessRule) bool {
		return slices.ContainsFunc(rule.From, func(from v1alpha1.Caller) bool { return r.from(from, call) }) &&
			(len(rule.To) == 0 || slices.ContainsFunc(rule.To, func(to v1alpha1.Requests) bool { return r.to(to, service, call) }))
	})
}

// governing is the policy about the pod and its port: that of a Service, of several Services over the same pods the oldest one, else the namespace's.
func (r reading) governing(call evaluate.Call) *v1alpha1.MeshPolicy {
	if own := r.governingService(call); own != nil {
		return own
	}
	if common := r.commonAccess(); common != nil && r.without != byCommon && r.declares(call) {
		return common
	}
	return nil
}

func (r reading) governingService(call evaluate.Call) *v1alpha1.MeshPolicy {
	var found []*v1alpha1.MeshPolicy
	for _, policy := range r.accepted {
		if policy.Spec.Access == nil || target(policy) == "" {
			continue
		}
		service := r.scene.service(target(policy))
		if selects(service.Spec.Selector, call.To.Labels) && len(numbersOf(service, call)) > 0 {
			found = append(found, policy)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return slices.MinFunc(found, func(a, b *v1alpha1.MeshPolicy) int {
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), cmp.Compare(a.Name, b.Name))
	})
}

// commonAccess is the policy about access to the namespace's pods. Nil: none.
func (r reading) commonAccess() *v1alpha1.MeshPolicy {
	for _, policy := range r.accepted {
		if target(policy) == "" && policy.Spec.Access != nil {
			return policy
		}
	}
	return nil
}

// declares says whether the port that is called is one that a container or a Service of the pod declares, or one of another pod of the Service.
func (r reading) declares(call evaluate.Call) bool {
	return slices.ContainsFunc(r.scene.snapshot.Services, func(service *corev1.Service) bool {
		return selects(service.Spec.Selector, call.To.Labels) && slices.Contains(r.scene.declared(service), call.Port)
	})
}

// numbersOf are the ports of a Service that lead to the port that is called.
func numbersOf(service *corev1.Service, call evaluate.Call) []int32 {
	var numbers []int32
	for _, port := range service.Spec.Ports {
		target := port.TargetPort
		if target.Type == intstr.Int && target.IntVal == call.Port || target.Type == intstr.String && target.StrVal == nameOf(call) {
			numbers = append(numbers, port.Port)
		}
	}
	return numbers
}

func nameOf(call evaluate.Call) string {
	for _, port := range call.To.Spec.Containers[0].Ports {
		if port.ContainerPort == call.Port {
			return port.Name
		}
	}
	return ""
}

// from says whether the caller is the one that a rule names. Who is meshed is known by ServiceAccount; others by network alone.
func (r reading) from(from v1alpha1.Caller, call evaluate.Call) bool {
	pod := call.From.Pod
	known := hasProxy(pod)
	switch {
	case from.ServiceAccount != nil:
		return r.without != byServiceAccount && known && pod.Namespace == string(from.ServiceAccount.Namespace) && pod.Spec.ServiceAccountName == string(from.ServiceAccount.Name)
	case from.Namespace != nil:
		return r.without != byNamespace && known && pod.Namespace == string(*from.Namespace)
	case from.Gateway != nil:
		return r.without != byGateway && isGateway(string(*from.Gateway), call)
	case from.CIDR != nil:
		near := netip.MustParsePrefix(string(*from.CIDR)).Contains(addressOf(call))
		if from.Unauthenticated != nil {
			return near && r.without != byUnauthenticated
		}
		return near && known && r.without != byNetwork
	}
	return r.without != byAny
}

// to says whether a call is one that a rule allows. All that is set must be true.
func (r reading) to(to v1alpha1.Requests, service *corev1.Service, call evaluate.Call) bool {
	numbers := []int32{call.Port}
	if service != nil {
		numbers = numbersOf(service, call)
	}
	if len(to.Ports) > 0 && r.without != byPort && !slices.ContainsFunc(numbers, func(n int32) bool { return slices.Contains(to.Ports, v1alpha1.PortNumber(n)) }) {
		return false
	}
	if len(to.Methods) == 0 && len(to.Paths) == 0 && len(to.GRPC) == 0 {
		return true
	}
	if call.Request == nil {
		return false // no method and no path
	}
	if len(to.GRPC) > 0 {
		return r.without != byCall && slices.ContainsFunc(to.GRPC, func(of v1alpha1.GRPCMatch) bool { return isCall(of, call.Request) })
	}
	return (len(to.Methods) == 0 || r.without == byMethod || slices.Contains(to.Methods, v1alpha1.HTTPMethod(call.Request.Method))) &&
		(len(to.Paths) == 0 || slices.ContainsFunc(to.Paths, func(path v1alpha1.AccessPath) bool { return r.path(path, call.Request.Path) }))
}

// isCall says whether a request is a call of gRPC: POST /package.Service/Method.
func isCall(of v1alpha1.GRPCMatch, request *evaluate.Request) bool {
	service, method, _ := strings.Cut(strings.TrimPrefix(request.Path, "/"), "/")
	return request.Method == "POST" && service == of.Service && (of.Method == nil || method == *of.Method)
}

// path compares the whole path, or a prefix of whole segments.
func (r reading) path(of v1alpha1.AccessPath, path string) bool {
	if of.Exact != nil {
		return r.without != byExact && path == string(*of.Exact)
	}
	prefix := strings.TrimSuffix(string(*of.Prefix), "/")
	return r.without != byPrefix && (path == prefix || strings.HasPrefix(path, prefix+"/"))
}

func hasProxy(pod *corev1.Pod) bool { return pod != nil && pod.Labels[labelMeshed] != "" }

func addressOf(call evaluate.Call) netip.Addr {
	switch {
	case call.From.Pod != nil:
		return netip.MustParseAddr(call.From.Pod.Status.PodIP)
	case call.From.Node:
		return netip.MustParseAddr(call.To.Status.HostIP)
	}
	return call.From.Address
}

// isProbe says whether a request is one of the pod's probes.
func isProbe(call evaluate.Call) bool {
	probe := call.To.Spec.Containers[0].ReadinessProbe
	return probe != nil && call.Request != nil && call.Request.Method == "GET" && call.Request.Path == probe.HTTPGet.Path && probe.HTTPGet.Port.StrVal == nameOf(call)
}

// mayBeOpen says whether a request is a probe of some pod of the application: for the kubelet's sake it may be open to everybody.
func (r reading) mayBeOpen(call evaluate.Call) bool {
	return slices.ContainsFunc(r.scene.pods, func(pod *corev1.Pod) bool {
		other := call
		other.To = pod
		return pod.Labels["app"] == call.To.Labels["app"] && isProbe(other)
	})
}

func selects(selector, labels map[string]string) bool {
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return true
}
