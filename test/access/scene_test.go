package access

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/evaluate"
)

const (
	// namespace is where the policies stand.
	namespace = "shop"
	// bytesPort is a port that carries no HTTP.
	bytesPort = 3306
)

// scene is a namespace with policies, and the pods that its Deployments make.
type scene struct {
	snapshot compose.Snapshot
	pods     []*corev1.Pod
}

// drawScene makes two applications, one of them in two versions, Services that share pods, and policies of different ages. Of five scenes the
// share has policies that tell requests apart.
func drawScene(random *rand.Rand, share int) scene {
	s := scene{snapshot: compose.Snapshot{Namespace: namespace, Endpoints: map[string]compose.Endpoints{}, Gateways: gateways, GatewayAddresses: gatewayAddresses}}
	for _, name := range []string{"orders-v1", "orders-v2", "users-v1"} {
		s.deploy(random, name)
	}
	s.serve("orders", map[string]string{"app": "orders"}, servicePort("http", 80, intstr.FromString("http"), appProtocols[random.IntN(len(appProtocols))]),
		servicePort("admin", 9090, intstr.FromInt32(9090), ""))
	s.serve("orders-old", map[string]string{"app": "orders", "version": "v1"}, servicePort("http", 81, intstr.FromInt32([]int32{8080, 7000}[random.IntN(2)]), ""))
	s.serve("users", map[string]string{"app": "users"}, servicePort("http", 80, intstr.FromInt32(8080), ""), servicePort("same", 8000, intstr.FromInt32(8080), ""),
		servicePort("db", bytesPort, intstr.FromInt32(bytesPort), "tcp"))
	some := random.IntN(5) < share
	for i, target := range []v1alpha1.ServiceName{"orders", "orders-old", "users"} {
		if random.IntN(6) == 0 {
			continue
		}
		created := metav1.Unix(int64(random.IntN(3)*10+i), 0)
		policy := policyFor(target, drawAccess(random, s.portsOf(string(target)), some))
		policy.CreationTimestamp = created
		s.snapshot.Policies = append(s.snapshot.Policies, policy)
	}
	if random.IntN(3) == 0 {
		s.guardAll(random, some)
	}
	return s
}

// guardAll adds a policy about access to all pods, sometimes in place of one for a Service.
func (s *scene) guardAll(random *rand.Rand, some bool) {
	policy := &v1alpha1.MeshPolicy{Spec: v1alpha1.MeshPolicySpec{
		Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, Access: drawAccess(random, []v1alpha1.PortNumber{8080, 9090, bytesPort, 7000}, some),
	}}
	policy.Namespace, policy.Name = namespace, "guarded"
	policy.CreationTimestamp = metav1.Unix(int64(random.IntN(30)), 0)
	if len(s.snapshot.Policies) > 0 && random.IntN(2) == 0 {
		index := random.IntN(len(s.snapshot.Policies))
		s.snapshot.Policies = slices.Delete(s.snapshot.Policies, index, index+1)
	}
	s.snapshot.Policies = append(s.snapshot.Policies, policy)
}

// declared are the ports of a Service's pods that the Service or a container declares.
func (s *scene) declared(service *corev1.Service) []int32 {
	var numbers []int32
	for _, pod := range s.pods {
		if !selects(service.Spec.Selector, pod.Labels) {
			continue
		}
		for _, port := range pod.Spec.Containers[0].Ports {
			numbers = append(numbers, port.ContainerPort)
		}
		for _, number := range []int32{bytesPort, 7000} {
			if len(numbersOf(service, evaluate.Call{To: pod, Port: number})) > 0 {
				numbers = append(numbers, number)
			}
		}
	}
	return numbers
}

func policyFor(service v1alpha1.ServiceName, access *v1alpha1.Access) *v1alpha1.MeshPolicy {
	return &v1alpha1.MeshPolicy{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: string(service)},
		Spec:       v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &service}, Access: access},
	}
}

// appProtocols are what the pods of orders may be declared to speak.
var appProtocols = []string{"", "", "http", "kubernetes.io/h2c"}

func (s *scene) deploy(random *rand.Rand, name string) {
	app, version, _ := strings.Cut(name, "-")
	labels := map[string]string{"app": app, "version": version}
	container := corev1.Container{Name: app, Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}, {Name: "admin", ContainerPort: 9090}}}
	if path := []string{"", "/healthz", "/a", "/"}[random.IntN(4)]; path != "" {
		container.ReadinessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromString("http")}}}
	}
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: appsv1.DeploymentSpec{
		Selector: &metav1.LabelSelector{MatchLabels: labels},
		Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{Containers: []corev1.Container{container}}},
	}}
	s.snapshot.Deployments = append(s.snapshot.Deployments, deployment)
	pod := meshed(namespace, app, fmt.Sprintf("10.244.0.%d", 10+len(s.pods)))
	pod.Name, pod.Spec.Containers = name, deployment.Spec.Template.Spec.Containers
	for key, value := range labels {
		pod.Labels[key] = value
	}
	if random.IntN(20) == 0 {
		delete(pod.Labels, labelMeshed)
	}
	s.pods = append(s.pods, pod)
}

func servicePort(name string, port int32, target intstr.IntOrString, protocol string) corev1.ServicePort {
	out := corev1.ServicePort{Name: name, Port: port, TargetPort: target}
	if protocol != "" {
		out.AppProtocol = &protocol
	}
	return out
}

func (s *scene) serve(name string, selector map[string]string, ports ...corev1.ServicePort) {
	s.snapshot.Services = append(s.snapshot.Services, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, ClusterIP: "10.0.0.1", Selector: selector, Ports: ports},
	})
}

func (s *scene) service(name string) *corev1.Service {
	for _, svc := range s.snapshot.Services {
		if svc.Name == name {
			return svc
		}
	}
	return nil
}

func (s *scene) portsOf(service string) []v1alpha1.PortNumber {
	var ports []v1alpha1.PortNumber
	for _, port := range s.service(service).Spec.Ports {
		ports = append(ports, v1alpha1.PortNumber(port.Port))
	}
	return ports
}

// labelMeshed is what the injector puts on pods.
const labelMeshed = "linkerd.io/control-plane-ns"

func meshed(namespace, account, address string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: account, Labels: map[string]string{labelMeshed: "linkerd"}},
		Spec:       corev1.PodSpec{ServiceAccountName: account},
		Status:     corev1.PodStatus{PodIP: address, HostIP: "192.168.7.7"},
	}
}

func drawAccess(random *rand.Rand, ports []v1alpha1.PortNumber, some bool) *v1alpha1.Access {
	access := &v1alpha1.Access{}
	if some && random.IntN(5) == 0 {
		audit := v1alpha1.AccessAudit
		access.Mode = &audit
	}
	for range random.IntN(4) {
		rule := v1alpha1.AccessRule{}
		for range 1 + random.IntN(2) {
			rule.From = append(rule.From, drawCaller(random))
		}
		for range random.IntN(3) {
			rule.To = append(rule.To, drawRequests(random, ports, some))
		}
		access.Rules = append(access.Rules, rule)
	}
	return access
}

func drawCaller(random *rand.Rand) v1alpha1.Caller {
	yes := true
	switch random.IntN(14) {
	case 0, 1, 2, 3:
		return v1alpha1.Caller{ServiceAccount: &v1alpha1.ServiceAccountRef{Namespace: "web", Name: pick(random, v1alpha1.ObjectName("shop"), "cart")}}
	case 4, 5, 6:
		name := pick(random, v1alpha1.NamespaceName("ops"), "web")
		return v1alpha1.Caller{Namespace: &name}
	case 7, 8:
		cidr := pick(random, v1alpha1.CIDR("10.244.1.0/24"), "10.244.0.0/16")
		return v1alpha1.Caller{CIDR: &cidr}
	case 9, 10:
		cidr := pick(random, v1alpha1.CIDR("10.244.3.0/24"), "203.0.113.0/24", "2001:db8::/32")
		return v1alpha1.Caller{CIDR: &cidr, Unauthenticated: &yes}
	case 11, 12:
		name := pick(random, v1alpha1.GatewayName("edge"), "edge", "meshed", "nat")
		return v1alpha1.Caller{Gateway: &name}
	}
	return v1alpha1.Caller{Any: &yes}
}

func drawRequests(random *rand.Rand, ports []v1alpha1.PortNumber, some bool) v1alpha1.Requests {
	var to v1alpha1.Requests
	for !some || random.IntN(2) == 0 {
		to.Ports = []v1alpha1.PortNumber{ports[random.IntN(len(ports))]}
		break
	}
	if some && random.IntN(2) == 0 {
		to.Methods = pick(random, []v1alpha1.HTTPMethod{"GET"}, []v1alpha1.HTTPMethod{"POST"}, []v1alpha1.HTTPMethod{"GET", "POST"})
	}
	if some && to.Methods == nil && random.IntN(2) == 0 {
		call := v1alpha1.GRPCMatch{Service: pick(random, "b.S", "b.T")}
		if random.IntN(2) == 0 {
			method := pick(random, "M", "N")
			call.Method = &method
		}
		to.GRPC = []v1alpha1.GRPCMatch{call}
		return to
	}
	if some && (random.IntN(2) == 0 || to.Ports == nil && to.Methods == nil) {
		for range 1 + random.IntN(2) {
			to.Paths = append(to.Paths, drawPath(random))
		}
	}
	return to
}

func drawPath(random *rand.Rand) v1alpha1.AccessPath {
	path := pick(random, v1alpha1.PathValue("/"), "/a", "/a/b", "/a/b/c", "/healthz", "/b.S/M")
	if random.IntN(2) == 0 {
		return v1alpha1.AccessPath{Exact: &path}
	}
	return v1alpha1.AccessPath{Prefix: &path}
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

// age gives an object some age: which of several is the oldest must not matter.
func age(random *rand.Rand, object metav1.Object) {
	object.SetCreationTimestamp(metav1.NewTime(time.Unix(int64(random.IntN(5)), 0)))
}
