package compose

import (
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

var (
	byPods     = model.Gateway{Name: "default", Pods: &model.GatewayPods{Namespace: "traefik", Service: "traefik"}}
	byIdentity = model.Gateway{Name: "default", Meshed: true, Pods: &model.GatewayPods{Namespace: "traefik", ServiceAccount: "traefik"}}
	byNetworks = model.Gateway{Name: "default", Pods: &model.GatewayPods{Namespace: "traefik", Networks: []string{"192.168.7.0/28"}}}
	unknowable = model.Gateway{Name: "default"}
)

func fromGateway() v1alpha1.Caller {
	name := v1alpha1.GatewayName("default")
	return v1alpha1.Caller{Gateway: &name}
}

func fromNamespace(name v1alpha1.NamespaceName) v1alpha1.Caller {
	return v1alpha1.Caller{Namespace: &name}
}

func fromNetwork(cidr v1alpha1.CIDR, unauthenticated bool) v1alpha1.Caller {
	caller := v1alpha1.Caller{CIDR: &cidr}
	if unauthenticated {
		caller.Unauthenticated = &unauthenticated
	}
	return caller
}

func underPath(prefix v1alpha1.PathValue) v1alpha1.Requests {
	return v1alpha1.Requests{Paths: []v1alpha1.AccessPath{{Prefix: &prefix}}}
}

// allow is one access rule.
func allow(from v1alpha1.Caller, to ...v1alpha1.Requests) v1alpha1.AccessRule {
	return v1alpha1.AccessRule{From: []v1alpha1.Caller{from}, To: to}
}

func TestGatewaysThatAccessRulesRefuse(t *testing.T) {
	yes, audit, post := true, v1alpha1.AccessAudit, v1alpha1.HTTPMethod("POST")
	for name, test := range map[string]struct {
		gateway   model.Gateway
		addresses []string
		rules     []v1alpha1.AccessRule
		change    func(*v1alpha1.MeshPolicy, *v1alpha1.IngressProfile)
		refused   bool
	}{
		"nobody may call": {gateway: byPods, refused: true},
		"nobody may call, and the gateway is not declared":    {gateway: unknowable, refused: true},
		"somebody may call, who may be an undeclared gateway": {gateway: unknowable, rules: []v1alpha1.AccessRule{allow(fromNamespace("ops"))}},
		"others may call":                         {gateway: byPods, rules: []v1alpha1.AccessRule{allow(fromNamespace("ops"))}, refused: true},
		"the gateway may call":                    {gateway: byPods, addresses: []string{"10.244.1.7/32"}, rules: []v1alpha1.AccessRule{allow(fromGateway())}},
		"the gateway may call once it has pods":   {gateway: byPods, rules: []v1alpha1.AccessRule{allow(fromGateway())}, refused: true},
		"everybody may call":                      {gateway: byPods, rules: []v1alpha1.AccessRule{allow(v1alpha1.Caller{Any: &yes})}},
		"its network may call":                    {gateway: byPods, addresses: []string{"10.244.1.7/32"}, rules: []v1alpha1.AccessRule{allow(fromNetwork("10.244.0.0/16", true))}},
		"its network may call in the mesh only":   {gateway: byPods, addresses: []string{"10.244.1.7/32"}, rules: []v1alpha1.AccessRule{allow(fromNetwork("10.244.0.0/16", false))}, refused: true},
		"the network of one of its pods may call": {gateway: byPods, addresses: []string{"10.244.1.7/32", "10.250.0.1/32"}, rules: []v1alpha1.AccessRule{allow(fromNetwork("10.244.0.0/16", true))}, refused: true},
		"a network may call that may be its own":  {gateway: byPods, rules: []v1alpha1.AccessRule{allow(fromNetwork("10.9.0.0/16", true))}},
		"its namespace may call":                  {gateway: byIdentity, rules: []v1alpha1.AccessRule{allow(fromNamespace("traefik"))}},
		"another namespace may call":              {gateway: byIdentity, rules: []v1alpha1.AccessRule{allow(fromNamespace("ops"))}, refused: true},
		"a part of its networks may call":         {gateway: byNetworks, rules: []v1alpha1.AccessRule{allow(fromNetwork("192.168.7.1/32", true))}},
		"it may send other paths":                 {gateway: byIdentity, rules: []v1alpha1.AccessRule{allow(fromGateway(), underPath("/admin"))}, refused: true},
		"it may send a path below":                {gateway: byIdentity, rules: []v1alpha1.AccessRule{allow(fromGateway(), underPath("/api/v1"))}},
		"it may send a path above":                {gateway: byIdentity, rules: []v1alpha1.AccessRule{allow(fromGateway(), underPath("/"))}},
		"it may send a path that begins alike":    {gateway: byIdentity, rules: []v1alpha1.AccessRule{allow(fromGateway(), underPath("/apis"))}, refused: true},
		"the path is stripped to what it may send": {
			gateway: byIdentity, rules: []v1alpha1.AccessRule{allow(fromGateway(), underPath("/admin"))},
			change: func(_ *v1alpha1.MeshPolicy, p *v1alpha1.IngressProfile) { p.Spec.Routes[0].StripPrefix = true },
		},
		"it may send another method": {
			gateway: byIdentity, rules: []v1alpha1.AccessRule{allow(fromGateway(), v1alpha1.Requests{Methods: []v1alpha1.HTTPMethod{"GET"}})},
			change: func(_ *v1alpha1.MeshPolicy, p *v1alpha1.IngressProfile) {
				p.Spec.Routes[0].Match.Methods = []v1alpha1.HTTPMethod{post}
			}, refused: true,
		},
		"it is only logged": {gateway: byPods, change: func(p *v1alpha1.MeshPolicy, _ *v1alpha1.IngressProfile) { p.Spec.Access.Mode = &audit }},
		"it calls another port": {gateway: byPods, change: func(_ *v1alpha1.MeshPolicy, p *v1alpha1.IngressProfile) {
			p.Spec.Routes[0].To = v1alpha1.IngressBackend{Service: "front", Port: 9090}
		}},
		"another Service over the same pods refuses it": {
			gateway: byPods, change: func(_ *v1alpha1.MeshPolicy, p *v1alpha1.IngressProfile) { p.Spec.Routes[0].To.Service = "front" }, refused: true,
		},
		"another Service over the same pods refuses its questions": {
			gateway: byPods, change: func(_ *v1alpha1.MeshPolicy, p *v1alpha1.IngressProfile) {
				p.Spec.Routes[0].To.Service = "users"
				p.Spec.Routes[0].Auth = &v1alpha1.IngressAuth{Forward: &v1alpha1.ForwardAuth{Service: "front", Port: 8080, Path: "/check"}}
			}, refused: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			snapshot, policy, profile := guardedShop(test.gateway, test.rules)
			if test.addresses != nil {
				snapshot.GatewayAddresses = map[string][]string{"default": test.addresses}
			}
			if test.change != nil {
				test.change(policy, profile)
			}
			result := Namespace(snapshot, nil)
			told := 0
			for _, problem := range result.Problems {
				if problem.Reason == v1alpha1.ReasonGatewayRefused {
					told++
				} else if !problem.Advisory {
					t.Errorf("unexpected: %v", problem)
				}
			}
			want := 0
			if test.refused {
				want = 2 // on both objects
			}
			if told != want {
				t.Errorf("told %d times, want %d: %v", told, want, result.Problems)
			}
			if len(result.Model.Edges) != 1 || !slices.ContainsFunc(result.Model.Services, func(s model.Service) bool { return s.Access != nil }) {
				t.Error("one of the objects takes no part")
			}
		})
	}
}

// guardedShop is a profile that leads /api to orders, whose pods a policy guards.
func guardedShop(gateway model.Gateway, rules []v1alpha1.AccessRule) (Snapshot, *v1alpha1.MeshPolicy, *v1alpha1.IngressProfile) {
	orders, front, users := namedService("orders"), namedService("front"), namedService("users")
	front.Spec.Selector = map[string]string{"tier": "front"}
	for _, service := range []*corev1.Service{front, users} {
		service.Spec.Ports = append(service.Spec.Ports, corev1.ServicePort{Name: "other", Port: 9090})
	}
	orders.Spec.Ports[0].Name = "http"
	service, prefix := v1alpha1.ServiceName("orders"), v1alpha1.PathValue("/api")
	policy := &v1alpha1.MeshPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "orders"},
		Spec:       v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &service}, Access: &v1alpha1.Access{Rules: rules}},
	}
	profile := &v1alpha1.IngressProfile{
		ObjectMeta: metav1.ObjectMeta{Name: "shop"},
		Spec: v1alpha1.IngressProfileSpec{Hosts: []v1alpha1.Host{"shop.example"}, Routes: []v1alpha1.IngressRoute{{
			Match: &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Prefix: &prefix}}, To: v1alpha1.IngressBackend{Service: "orders", Port: 8080},
		}}},
	}
	return Snapshot{
		Namespace: "shop", Policies: []*v1alpha1.MeshPolicy{policy}, Profiles: []*v1alpha1.IngressProfile{profile},
		Services:    []*corev1.Service{orders, front, users},
		Deployments: []*appsv1.Deployment{deploymentOf("orders-v1", map[string]string{"app": "orders", "tier": "front"}, "app"), deploymentOf("users-v1", map[string]string{"app": "users"}, "app")},
		Gateways:    map[string]model.Gateway{"default": gateway},
	}, policy, profile
}

func TestWhichAccessRulesAGatewayMeets(t *testing.T) {
	gateway := &model.Gateway{Name: "public"} // whose pods are not known: whoever is admitted may be it
	of := func(name string, admits bool, except ...string) model.Access {
		access := model.Access{Origin: model.Origin{Name: name}, Port: model.TargetPort{Number: 8080}}
		if admits {
			access.Grants = []model.Grant{{}}
		}
		if len(except) > 0 {
			access.Except = []model.LabelValues{{Key: "kind", Values: except}}
		}
		return access
	}
	known := deployments(deploymentOf("batch", kind("batch"), "app", "kind"), deploymentOf("web", kind("web"), "app", "kind"))
	for name, test := range map[string]struct {
		deployments []*appsv1.Deployment
		access      []model.Access
		service     string
		refused     string // where the rules stand
	}{
		"those that refuse it":                                {known, []model.Access{of("a", false)}, "all", "a"},
		"not those that admit it":                             {known, []model.Access{of("a", true)}, "all", ""},
		"not those that are about none of the pods":           {known, []model.Access{of("a", false, "batch", "web")}, "all", ""},
		"those that are about some of them":                   {known, []model.Access{of("a", false, "batch")}, "all", "a"},
		"behind those that are about none":                    {known, []model.Access{of("a", false, "batch", "web"), of("b", false)}, "all", "b"},
		"those of a Service over the same pods":               {known, []model.Access{of("a", false)}, "web", "a"},
		"of pods that no workload has, those of the selector": {nil, []model.Access{of("a", false)}, "all", "a"},
		"and of no other":                                     {nil, []model.Access{of("a", false)}, "web", ""},
		"a Service that is not there has none":                {known, []model.Access{of("a", false)}, "nowhere", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := newComposer(Snapshot{Services: jobs(), Deployments: test.deployments}, nil)
			c.byName["all"].access = test.access
			origin, refused := c.refuses(c.guarded(), gateway, destination{service: test.service, port: 8080})
			if refused != (test.refused != "") || origin.Name != test.refused {
				t.Errorf("refused by %q (%v), want %q", origin.Name, refused, test.refused)
			}
		})
	}
	c := newComposer(Snapshot{Services: jobs(), Deployments: known}, nil)
	c.byName["all"].access = []model.Access{of("a", false)}
	if guarded := c.guarded(); len(guarded) != 2 || guarded[nil] != nil {
		t.Errorf("guarded are %v, want both workloads alone", guarded)
	}
}
