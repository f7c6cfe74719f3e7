package linkerd

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"pgregory.net/rapid"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver/linkerd/linkerdtest"
	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/model"
)

func TestEveryCallerGetsTheModelsAnswer(t *testing.T) {
	var accesses, refused, allowed, denied, several int
	rapid.Check(t, func(t *rapid.T) {
		svc := &model.Service{Name: "orders", Selector: map[string]string{"app": "orders"}, Access: []model.Access{drawAccess(t)}}
		access := &svc.Access[0]
		accesses++
		rendered, err := inbound(nil, "shop", svc)
		if err != nil {
			if _, ok := model.AsProblems(err); !ok {
				t.Fatalf("not a problem of the user: %v", err)
			}
			refused++
			return
		}
		objects := make([]client.Object, len(rendered))
		for i := range rendered {
			objects[i] = rendered[i].Object
			if err := linkerdtest.Admit(objects[i]); err != nil {
				t.Fatalf("%s: %v", objects[i].GetName(), err)
			}
		}
		if len(objects) > 8 {
			several++
		}
		worlds := aged(t, objects)
		pod := guardedPod(access)
		for range 20 {
			call := drawCall(t)
			call.To = pod
			if call.Request.Method == "GET" && call.Request.Headers == nil && slices.Contains(probePaths(access), call.Request.Path) {
				continue // what the kubelet may ask for, others may get or not
			}
			want := mayCall(access, call)
			if want {
				allowed++
			} else {
				denied++
			}
			for _, world := range worlds {
				if got := world.May(call); got.Allowed() != want {
					t.Fatalf("%+v %+v: should be allowed: %v, but %s: %s", call.From, *call.Request, want, got.Outcome, got.Reason)
				}
			}
		}
	})
	t.Logf("%d accesses, of which %d were refused and %d had more than eight objects; %d calls allowed, %d denied", accesses, refused, several, allowed, denied)
	if several == 0 || refused*3 > accesses || allowed == 0 || denied == 0 {
		t.Error("the property was hardly tested")
	}
}

// aged lets the objects be of several ages: nobody knows beforehand which route is the oldest, and it must not matter.
func aged(t *rapid.T, objects []client.Object) []*evaluate.World {
	worlds := make([]*evaluate.World, 3)
	for seed := range worlds {
		random := rand.New(rand.NewPCG(uint64(seed), 1))
		for _, object := range objects {
			object.SetCreationTimestamp(metav1.Unix(int64(random.IntN(1000)), 0))
		}
		world, err := evaluate.New(objects, evaluate.Cluster{Acceptance: evaluate.AcceptedAlways})
		if err != nil {
			t.Fatal(err)
		}
		worlds[seed] = world
	}
	return worlds
}

// guardedPod is a pod of the Service.
func guardedPod(access *model.Access) *corev1.Pod {
	pod := meshedPod("shop", "orders")
	pod.Labels["app"] = "orders"
	pod.Status.HostIP = "192.168.7.7"
	container := corev1.Container{Ports: []corev1.ContainerPort{{ContainerPort: access.Port.Number}}}
	for _, path := range probePaths(access) {
		container.LivenessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(access.Port.Number)}}}
	}
	pod.Spec.Containers = []corev1.Container{container}
	return pod
}

func meshedPod(namespace, account string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: account, Labels: map[string]string{"linkerd.io/control-plane-ns": "linkerd"}},
		Spec:       corev1.PodSpec{ServiceAccountName: account},
	}
}

// mayCall is what the model says.
func mayCall(access *model.Access, call evaluate.Call) bool {
	request := call.Request
	if request.Method == "GET" && slices.Contains(probePaths(access), request.Path) && request.Headers != nil {
		return true
	}
	return slices.ContainsFunc(access.Grants, func(grant model.Grant) bool {
		return slices.ContainsFunc(grant.Clients, func(c model.Client) bool { return is(call.From, c) }) &&
			(len(grant.Requests) == 0 || slices.ContainsFunc(grant.Requests, func(of model.Request) bool {
				a := asked{method: request.Method, path: request.Path}
				return a.matches(model.Match{Path: of.Path, Methods: of.Methods})
			}))
	})
}

func is(caller evaluate.Caller, c model.Client) bool {
	meshed := caller.Pod != nil
	switch c.Kind {
	case model.ClientServiceAccount:
		return meshed && caller.Pod.Namespace == c.Namespace && caller.Pod.Spec.ServiceAccountName == c.Name
	case model.ClientNamespace:
		return meshed && caller.Pod.Namespace == c.Namespace
	case model.ClientNetwork:
		return netip.MustParsePrefix(c.CIDR).Contains(caller.Address) && (c.Unauthenticated || meshed)
	case model.ClientAny:
	}
	return true
}

func probePaths(access *model.Access) []string {
	var paths []string
	for _, probe := range access.Probes {
		paths = append(paths, probe.Path)
	}
	return paths
}

func drawAccess(t *rapid.T) model.Access {
	access := model.Access{
		Port: model.TargetPort{Number: 8080}, Protocol: model.ProtocolHTTP, Origin: model.Origin{Kind: "MeshPolicy", Name: "orders"},
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "grants") {
		grant := model.Grant{Path: "spec.access.rules[" + string(rune('0'+i)) + "]"}
		grant.Clients = rapid.SliceOfN(rapid.SampledFrom([]model.Client{
			{Kind: model.ClientServiceAccount, Namespace: "web", Name: "shop"},
			{Kind: model.ClientServiceAccount, Namespace: "web", Name: "cart"},
			{Kind: model.ClientNamespace, Namespace: "ops"},
			{Kind: model.ClientNetwork, CIDR: "10.1.0.0/16", Unauthenticated: true},
			{Kind: model.ClientNetwork, CIDR: "10.0.0.0/8"},
			{Kind: model.ClientAny},
		}), 1, 2).Draw(t, "clients")
		if rapid.IntRange(0, 4).Draw(t, "all requests") > 0 {
			grant.Requests = rapid.SliceOfN(rapid.Custom(drawRequestSet), 1, 3).Draw(t, "requests")
		}
		access.Grants = append(access.Grants, grant)
	}
	for _, path := range rapid.SampledFrom([][]string{nil, {"/"}, {"/a"}, {"/healthz"}}).Draw(t, "probes") {
		access.Probes = append(access.Probes, model.Probe{Path: path})
	}
	return access
}

func drawRequestSet(t *rapid.T) model.Request {
	request := model.Request{
		Methods: rapid.SampledFrom([][]string{nil, nil, {"GET"}, {"GET", "POST"}, {"PUT"}}).Draw(t, "methods"),
		Path: rapid.SampledFrom([]*model.PathMatch{
			nil,
			{Kind: model.MatchPrefix, Value: "/"},
			{Kind: model.MatchPrefix, Value: "/a"},
			{Kind: model.MatchPrefix, Value: "/a/b"},
			{Kind: model.MatchExact, Value: "/a"},
			{Kind: model.MatchExact, Value: "/a/b/c"},
			{Kind: model.MatchExact, Value: "/"},
		}).Draw(t, "path"),
	}
	if request.Path == nil && request.Methods == nil {
		request.Methods = []string{"GET"}
	}
	return request
}

func drawCall(t *rapid.T) evaluate.Call {
	caller := rapid.SampledFrom([]evaluate.Caller{
		{},
		{Pod: meshedPod("web", "shop")},
		{Pod: meshedPod("web", "cart")},
		{Pod: meshedPod("ops", "x")},
		{Pod: meshedPod("other", "shop")},
	}).Draw(t, "caller")
	caller.Address = netip.MustParseAddr(rapid.SampledFrom([]string{"10.1.0.1", "10.2.0.1", "192.0.2.1", "2001:db8::1"}).Draw(t, "address"))
	request := evaluate.Request{
		Method: rapid.SampledFrom([]string{"GET", "POST", "PUT"}).Draw(t, "method"),
		Path:   rapid.SampledFrom([]string{"/", "/a", "/a/b", "/a/b/c", "/ab", "/healthz"}).Draw(t, "path"),
	}
	if rapid.Bool().Draw(t, "is the kubelet") {
		request.Headers = map[string][]string{"user-agent": {"kube-probe/1.33"}}
	}
	return evaluate.Call{From: caller, Port: 8080, Request: &request}
}
