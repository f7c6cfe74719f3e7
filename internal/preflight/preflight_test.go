package preflight

import (
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

var needs = driver.ProxyNeeds{
	Injector: "injector", Port: 4143, MetricsPort: 4191, Opaque: []model.PortRange{{First: 3306, Last: 3306}},
	Silent: map[int32]string{3306: "MySQL", 4222: "NATS"}, OpaqueAnnotation: "opaque",
}

func asking(mode model.InjectionMode) *model.Namespace {
	return &model.Namespace{Injection: &model.Injection{Mode: mode, Origin: model.Origin{Kind: "MeshPolicy", Name: "mesh", Path: "spec.injection"}}}
}

// only is the one problem there is.
func only(t *testing.T, problems model.Problems) model.Problem {
	t.Helper()
	if len(problems) != 1 {
		t.Fatalf("problems are %v", problems)
	}
	if problem := problems[0]; !problem.Advisory || problem.Origin.Path != "spec.injection" {
		t.Errorf("%+v is no advice about injection", problem)
	}
	return problems[0]
}

func TestTheInjectorIsMissedOnlyWhereProxiesAreAskedFor(t *testing.T) {
	absent := compose.Snapshot{MissingInjector: "injector"}
	for _, mode := range []model.InjectionMode{model.InjectionEnabled, model.InjectionIngress} {
		if problem := only(t, Check(absent, asking(mode), needs)); problem.Reason != v1alpha1.ReasonInjectorAbsent || !strings.Contains(problem.Message, "injector") {
			t.Errorf("%+v", problem)
		}
	}
	for name, problems := range map[string]model.Problems{
		"proxies are taken away":  Check(absent, asking(model.InjectionDisabled), needs),
		"nobody asks":             Check(absent, &model.Namespace{}, needs),
		"it is there":             Check(compose.Snapshot{}, asking(model.InjectionEnabled), needs),
		"it is another mesh's":    Check(compose.Snapshot{MissingInjector: "other"}, asking(model.InjectionEnabled), needs),
		"the mesh has no webhook": Check(compose.Snapshot{}, asking(model.InjectionEnabled), driver.ProxyNeeds{}),
	} {
		if len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

// network is a NetworkPolicy with one rule for pods of an app.
func network(app string, ports ...networkingv1.NetworkPolicyPort) *networkingv1.NetworkPolicy {
	policy := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Name: "callers"}}
	if app != "" {
		policy.Spec.PodSelector.MatchLabels = map[string]string{"app": app}
	}
	policy.Spec.Ingress = []networkingv1.NetworkPolicyIngressRule{{Ports: ports}}
	return policy
}

func tcpPort(number int32) networkingv1.NetworkPolicyPort {
	port := intstr.FromInt32(number)
	return networkingv1.NetworkPolicyPort{Port: &port}
}

func TestNetworkPoliciesAreToldOfByWhatProxiesCall(t *testing.T) {
	ranged := tcpPort(4000)
	ranged.EndPort = new(int32(5000))
	opaqueOnly := needs
	opaqueOnly.OpaqueOnly = true
	isolated := asking(model.InjectionEnabled)
	isolated.Isolations = []model.Isolation{{Service: "orders", Selector: map[string]string{"app": "orders"}}}
	for name, test := range map[string]struct {
		needs  driver.ProxyNeeds
		ns     *model.Namespace
		policy *networkingv1.NetworkPolicy
		told   bool
	}{
		"a port without that of the proxies":     {needs, asking(model.InjectionEnabled), network("orders", tcpPort(8080)), true},
		"with it":                                {needs, asking(model.InjectionEnabled), network("orders", tcpPort(8080), tcpPort(4143)), false},
		"in a range":                             {needs, asking(model.InjectionEnabled), network("orders", ranged), false},
		"all ports":                              {needs, asking(model.InjectionEnabled), network("orders"), false},
		"pods that the operator isolates itself": {needs, isolated, network("orders", tcpPort(8080)), false},
		"other pods than it isolates":            {needs, isolated, network("users", tcpPort(8080)), true},
		"a mesh that calls pods' own ports":      {driver.ProxyNeeds{}, asking(model.InjectionEnabled), network("orders", tcpPort(8080)), false},
		"but for opaque ones":                    {opaqueOnly, asking(model.InjectionEnabled), network("orders", tcpPort(3306)), true},
		"and this is none":                       {opaqueOnly, asking(model.InjectionEnabled), network("orders", tcpPort(8080)), false},
	} {
		problems := Check(compose.Snapshot{NetworkPolicies: []*networkingv1.NetworkPolicy{test.policy}}, test.ns, test.needs)
		switch {
		case !test.told && len(problems) > 0:
			t.Errorf("%s: %v", name, problems)
		case test.told && (len(problems) != 1 || problems[0].Reason != v1alpha1.ReasonProxyPortClosed || !strings.Contains(problems[0].Message, "NetworkPolicy callers")):
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestManyPortsAreCounted(t *testing.T) {
	var snapshot compose.Snapshot
	for i := range maxNamed + 2 {
		snapshot.Services = append(snapshot.Services, &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "queue-" + strconv.Itoa(i)}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 4222}}},
		})
	}
	problem := only(t, Check(snapshot, asking(model.InjectionEnabled), needs))
	if problem.Reason != v1alpha1.ReasonPortNotOpaque || !strings.Contains(problem.Message, "queue-4 (NATS) and 2 more") {
		t.Errorf("%+v", problem)
	}
}

func TestABypassedPortHoldsNobodyUp(t *testing.T) {
	snapshot := compose.Snapshot{Services: []*corev1.Service{{
		ObjectMeta: metav1.ObjectMeta{Name: "queue"},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 4222, TargetPort: intstr.FromInt32(4222)}}},
	}}}
	for _, bypass := range []*model.Bypass{{Inbound: []model.PortRange{{First: 4222, Last: 4222}}}, {Outbound: []model.PortRange{{First: 4222, Last: 4222}}}} {
		ns := asking(model.InjectionEnabled)
		ns.Pods.Bypass = bypass
		if problems := Check(snapshot, ns, needs); len(problems) > 0 {
			t.Errorf("%v", problems)
		}
	}
	only(t, Check(snapshot, asking(model.InjectionEnabled), needs))
}
