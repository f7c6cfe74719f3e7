package compose

import (
	"reflect"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// selecting is a Service with the port 8080 that selects by some labels.
func selecting(name string, labels map[string]string) *corev1.Service {
	service := namedService(name)
	service.Spec.Selector = labels
	return service
}

func kind(of string) map[string]string { return map[string]string{"app": "jobs", "kind": of} }

// jobs are Services over the same pods, partly, and one over none that is known.
func jobs() []*corev1.Service {
	return []*corev1.Service{
		selecting("all", map[string]string{"app": "jobs"}), selecting("batch", kind("batch")), selecting("cron", kind("cron")), selecting("manual", nil),
		selecting("other", map[string]string{"app": "other"}), selecting("web", kind("web")),
	}
}

func TestServicesThatShareAPod(t *testing.T) {
	known := deployments(deploymentOf("batch", kind("batch"), "app", "kind"), deploymentOf("web", kind("web"), "app", "kind"))
	other := deployments(deploymentOf("other", map[string]string{"app": "other"}, "app"))
	for name, test := range map[string]struct {
		snapshot Snapshot
		want     map[string][]string
	}{
		"where workloads are known, they tell, and of the others the selectors": {
			Snapshot{Deployments: append(known, other...)},
			map[string][]string{"all": {"batch", "cron", "web"}, "batch": {"all"}, "cron": {"all"}, "other": nil, "web": {"all"}},
		},
		"where none is known the selectors tell": {
			Snapshot{}, map[string][]string{"all": {"batch", "cron", "web"}, "batch": {"all"}, "cron": {"all"}, "other": nil, "web": {"all"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			test.snapshot.Services = jobs()
			c := newComposer(test.snapshot, nil)
			for service, want := range test.want {
				var got []string
				for _, other := range c.sharing(c.byName[service]) {
					got = append(got, other.service.Name)
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("with %s share %v, want %v", service, got, want)
				}
			}
		})
	}
}

func TestWhoseAccessRulesANetworkPolicyHolds(t *testing.T) {
	rule := func(name string) model.Access {
		return model.Access{Origin: model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: name}, Port: model.TargetPort{Number: 8080}}
	}
	isolated := &network{origin: model.Origin{Name: "network"}}
	build := func(change func(c *composer)) *composer {
		c := newComposer(Snapshot{Services: jobs()}, nil)
		c.byName["all"].access, c.byName["batch"].access = []model.Access{rule("all")}, []model.Access{rule("batch")}
		change(c)
		return c
	}
	for name, test := range map[string]struct {
		c    *composer
		of   string
		want []string
	}{
		"its own": {build(func(*composer) {}), "all", []string{"all"}},
		"and what others say of its pods, where the namespace's isolation is about them": {build(func(c *composer) { c.network = isolated }), "all", []string{"all", "batch"}},
		"of those it shares pods with":       {build(func(c *composer) { c.network = isolated }), "web", []string{"all"}},
		"not where it has its own isolation": {build(func(c *composer) { c.network, c.byName["all"].network = isolated, &network{} }), "all", []string{"all"}},
		"the namespace's rules replace those that its own policy left in its name": {build(func(c *composer) {
			c.access = &accessRules{origin: rule("common").Origin}
			c.byName["all"].access = []model.Access{rule("all"), rule("common")}
			c.byName["all"].common = []model.Access{rule("common"), rule("common")}
		}), "all", []string{"all", "common", "common"}},
	} {
		var got []string
		for _, access := range test.c.accessAround(test.c.byName[test.of], claims{}) {
			got = append(got, access.Origin.Name)
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestAServiceWithoutSelectorIsNeverIsolated(t *testing.T) {
	common := accessPolicy("common", "")
	common.Spec.Access, common.Spec.Network = nil, &v1alpha1.Network{Isolate: true}
	result := Namespace(Snapshot{
		Namespace: "shop", Services: jobs(), Policies: []*v1alpha1.MeshPolicy{common, accessPolicy("own", "all", allow(fromNamespace("friends")))},
	}, nil)
	for _, isolation := range result.Model.Isolations {
		if isolation.Service == "manual" {
			t.Errorf("all pods of the namespace are isolated in its name: %+v", isolation)
		}
	}
}

func TestAHeldPolicyOfTheNamespaceStopsWhatItGuardsOnly(t *testing.T) {
	common := accessPolicy("common", "", nonsense())
	result := Namespace(Snapshot{
		Namespace: "shop", Services: []*corev1.Service{namedService("a"), namedService("users"), namedService("web")},
		Policies: []*v1alpha1.MeshPolicy{common, accessPolicy("of-a", "a", nonsense()), accessPolicy("of-users", "users", allow(fromNamespace("friends"))), accessPolicy("of-web", "web", allow(fromNamespace("friends")))},
		Guarding: map[string][]model.Origin{"a": {{Kind: v1alpha1.KindMeshPolicy, Name: "common"}}, "web": {{Kind: v1alpha1.KindMeshPolicy, Name: "common"}}},
	}, nil)
	if got, want := governors(result), (map[string]string{"users": "of-users"}); !reflect.DeepEqual(got, want) {
		t.Errorf("guarded by %v, want %v", got, want)
	}
	if _, waits := result.Waiting[model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "of-web"}]; !waits || len(result.Waiting) != 1 {
		t.Errorf("waiting are %v", result.Waiting)
	}
}

func TestTheNamespacesRulesAreForEachPortOnce(t *testing.T) {
	service := namedService("users")
	service.Spec.Ports = []corev1.ServicePort{{Name: "a", Port: 8080}, {Name: "b", Port: 80, TargetPort: service.Spec.Ports[0].TargetPort}, {Name: "c", Port: 9000}}
	service.Spec.Ports[1].TargetPort.IntVal = 8080
	result := Namespace(Snapshot{Namespace: "shop", Services: []*corev1.Service{service}, Policies: []*v1alpha1.MeshPolicy{accessPolicy("common", "", allow(fromNamespace("friends")))}}, nil)
	var ports []int32
	for _, access := range result.Model.Services[0].Access {
		ports = append(ports, access.Port.Number)
	}
	if want := []int32{8080, 9000}; !reflect.DeepEqual(ports, want) {
		t.Errorf("guarded are %v, want %v", ports, want)
	}
}

func TestGrantsForEverybody(t *testing.T) {
	everybody, somebody := []model.Client{{Kind: model.ClientNamespace}, {Kind: model.ClientAny}}, []model.Client{{Kind: model.ClientNamespace}}
	for name, test := range map[string]struct {
		grant model.Grant
		want  bool
	}{
		"everything to everybody": {model.Grant{Clients: everybody}, true},
		"some requests":           {model.Grant{Clients: everybody, Requests: []model.Request{{}}}, false},
		"somebody":                {model.Grant{Clients: somebody}, false},
	} {
		if got := forEverybody(test.grant); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWhoIsLeftOutOfAnAccess(t *testing.T) {
	access := &model.Access{Except: []model.LabelValues{{Key: "version", Values: []string{"v1", "v2"}}, {Key: "kind", Values: []string{""}}}}
	for name, test := range map[string]struct {
		labels map[string]string
		want   bool
	}{
		"a value that is named":        {map[string]string{"version": "v2"}, true},
		"another value":                {map[string]string{"version": "v3"}, false},
		"no label":                     {map[string]string{}, false},
		"an empty value that is named": {map[string]string{"kind": ""}, true},
	} {
		one := &workload{template: &corev1.PodTemplateSpec{}}
		one.template.Labels = test.labels
		if got := without(access, one); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestPodsThatTwoPoliciesClaim(t *testing.T) {
	older, younger := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "older"}, model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "younger"}
	c := newComposer(Snapshot{Services: jobs(), Deployments: deployments(deploymentOf("batch", kind("batch"), "app", "kind"), deploymentOf("web", kind("web"), "app", "kind"))}, nil)
	owners := claims{}
	for _, service := range []string{"nowhere", "manual", "web"} {
		if problems := c.claimPods(owners, service, older); len(problems) > 0 {
			t.Errorf("%s: %v", service, problems)
		}
	}
	if problems := c.claimPods(owners, "all", younger); len(problems) != 1 || !strings.Contains(problems[0].Message, "Deployment web") {
		t.Errorf("the younger is told %v", problems)
	}
	a, b := claimed{"a", "x"}, claimed{"b", "x"}
	if problems := claimAll(claims{a: younger, b: older}, []claimed{b, a, a}, younger); len(problems) != 1 {
		t.Errorf("behind what it has already: %v", problems)
	}
	if got := podPort(&corev1.PodSpec{}, model.TargetPort{Name: "http"}); got != "http" {
		t.Errorf("a port that no container has is %q", got)
	}
}

func TestWhoWantsSomethingOfAService(t *testing.T) {
	common, own := &resilience{origin: model.Origin{Name: "common"}}, &resilience{origin: model.Origin{Name: "own"}}
	guarded := []model.Access{{Origin: model.Origin{Name: "access"}}}
	for name, test := range map[string]struct {
		p    part
		want []string
	}{
		"nobody":                             {part{}, nil},
		"its own policy":                     {part{resilience: own, access: guarded}, []string{"access", "own"}},
		"the namespace's, where it is alone": {part{resilience: common}, []string{"common"}},
		"but not where somebody else wants something": {part{resilience: common, access: guarded}, []string{"access"}},
	} {
		c := &composer{resilience: common}
		var got []string
		for _, origin := range c.originsOf(&test.p) {
			got = append(got, origin.Name)
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestAServiceThatSpeaksNoHTTPGetsNoResilience(t *testing.T) {
	kafka, timeout := "kafka", v1alpha1.Duration("5s")
	bytes := namedService("bytes")
	bytes.Spec.Ports[0].AppProtocol = &kafka
	common, own := accessPolicy("common", ""), accessPolicy("own", "bytes")
	common.Spec.Access, common.Spec.Resilience = nil, &v1alpha1.Resilience{CircuitBreaker: &v1alpha1.CircuitBreaker{}}
	own.Spec.Access, own.Spec.Resilience = nil, &v1alpha1.Resilience{Timeout: &timeout}
	result := Namespace(Snapshot{Namespace: "shop", Services: []*corev1.Service{bytes}, Policies: []*v1alpha1.MeshPolicy{common}}, nil)
	if len(result.Model.Services) > 0 {
		t.Errorf("it gets %+v", result.Model.Services)
	}
	result = Namespace(Snapshot{Namespace: "shop", Services: []*corev1.Service{bytes}, Policies: []*v1alpha1.MeshPolicy{own}}, nil)
	if !containsMessage(result.Problems, "has no port that carries HTTP") {
		t.Errorf("its own policy is told %v", result.Problems)
	}
}

func TestAReleaseBehindOneThatHasLostItsService(t *testing.T) {
	made := func(name, service string, age int64) *v1alpha1.CanaryRelease {
		release := &v1alpha1.CanaryRelease{Spec: v1alpha1.CanaryReleaseSpec{Service: v1alpha1.ReleaseService{Name: v1alpha1.ServiceName(service)}, Stable: "v1"}}
		release.Name, release.CreationTimestamp = name, metav1.NewTime(time.Unix(age, 0))
		of := v1alpha1.ObjectName(service + "-v1")
		release.Spec.Variants = []v1alpha1.Variant{{Name: "v1", Deployment: &of}}
		return release
	}
	result := Namespace(Snapshot{
		Namespace: "shop", Services: []*corev1.Service{namedService("orders"), namedService("users")},
		Deployments: deployments(
			deploymentOf("orders-v1", map[string]string{"app": "orders", "version": "v1"}, "app", "version"), deploymentOf("users-v1", map[string]string{"app": "users", "version": "v1"}, "app", "version"),
		),
		Releases: []*v1alpha1.CanaryRelease{made("a", "orders", 1), made("b", "orders", 2), made("c", "users", 3)},
	}, nil)
	var leaves []string
	for _, service := range result.Model.Services {
		for _, leaf := range service.Leaves {
			leaves = append(leaves, service.Name+" "+leaf.Origin.Name)
		}
	}
	if want := []string{"orders a", "users c"}; !reflect.DeepEqual(leaves, want) {
		t.Errorf("leaves are %v, want %v: %v", leaves, want, result.Problems)
	}
}

func TestARefusedIsolationOfAServiceWithoutSelectorTakesNothingFromOthers(t *testing.T) {
	isolating := func(name, service string) *v1alpha1.MeshPolicy {
		policy := accessPolicy(name, service)
		policy.Spec.Access, policy.Spec.Network = nil, &v1alpha1.Network{Isolate: true}
		return policy
	}
	isolations := func(more ...*v1alpha1.MeshPolicy) []model.Isolation {
		policies := append([]*v1alpha1.MeshPolicy{isolating("common", ""), accessPolicy("own", "all", allow(fromNamespace("friends")))}, more...)
		return Namespace(Snapshot{Namespace: "shop", Services: jobs(), Policies: policies}, nil).Model.Isolations
	}
	if got, want := isolations(isolating("refused", "manual")), isolations(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestAForeignGuardOfAPortThatPodsDoNotHave(t *testing.T) {
	pods := deployments(deploymentOf("users", map[string]string{"app": "users"}, "app"))
	c := newComposer(Snapshot{Services: []*corev1.Service{namedService("users")}, Deployments: pods}, nil)
	guard := guardOf("app=users", 0)
	guard.Port.Name = "nowhere"
	c.snapshot.ForeignGuards = []Guard{guard}
	if got := c.foreignGuardOf(c.byName["users"], model.TargetPort{Name: "http"}); got != "" {
		t.Errorf("a port without a number is guarded by %s", got)
	}
}

func TestDecidedSharesOfNobodyLeaveTheWeightsByHand(t *testing.T) {
	of := releaseOf(0, "rr", 90, 10).release
	of.Status.Release = &v1alpha1.ReleaseStatus{}
	if got, want := Weights(of), []int32{90, 10}; !reflect.DeepEqual(got, want) {
		t.Errorf("weights are %v, want %v", got, want)
	}
}

func TestAVariantWithAServiceOfItsOwnBeforeOneWithADeployment(t *testing.T) {
	pods := deploymentOf("v2", map[string]string{"app": "orders", "version": "v2"}, "app", "version")
	selectors, problems := leafSelectors([]v1alpha1.Variant{{Name: "v1"}, {Name: "v2"}}, deployments(nil, pods), model.Origin{})
	if len(problems) > 0 || selectors[0] != nil || selectors[1]["version"] != "v2" {
		t.Errorf("%v %v", selectors, problems)
	}
}

func TestStrayPorts(t *testing.T) {
	service := namedService("db")
	service.Spec.Selector = map[string]string{"app": "db"}
	service.Spec.Ports = []corev1.ServicePort{{Name: "sql", Port: 3306}, {Name: "other", Port: 3307, TargetPort: intstr.FromString("nowhere")}}
	database := deploymentOf("db", map[string]string{"app": "db"}, "app")
	database.Spec.Template.Spec.Containers = []corev1.Container{{Ports: []corev1.ContainerPort{{ContainerPort: 9000}, {ContainerPort: 53, Protocol: corev1.ProtocolUDP}, {ContainerPort: 8080}}}}
	c := newComposer(Snapshot{Services: []*corev1.Service{service}, Deployments: deployments(database)}, nil)
	p := c.byName["db"]
	known := guarded{}
	known.add(c.workloadsOf(p)[0], 8080)
	if got, want := c.strays(p, known), []int32{3306, 9000}; !reflect.DeepEqual(got, want) {
		t.Errorf("ports that nobody guards are %v, want %v", got, want)
	}
}
