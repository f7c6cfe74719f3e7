package linkerd

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver/linkerd/linkerdtest"
	"github.com/kubemate/kubemate/internal/model"
)

func TestEveryCallerGetsTheModelsAnswer(t *testing.T) {
	var accesses, refused, allowed, denied, several int
	rapid.Check(t, func(t *rapid.T) {
		svc := &model.Service{Name: "orders", Selector: map[string]string{"app": "orders"}, Access: []model.Access{drawAccess(t)}}
		access := &svc.Access[0]
		accesses++
		rendered, err := inbound("shop", svc)
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
		in := linkerdtest.NewInbound(objects, serverName("shop", "orders", access.Port))
		if len(in.Routes) > 3 {
			several++
		}
		for range 20 {
			caller, request := drawCall(t)
			if request.Method == "GET" && request.Headers == nil && slices.Contains(probePaths(access), request.Path) {
				continue // what the kubelet may ask for, others may get or not
			}
			want := mayCall(access, caller, request)
			if want {
				allowed++
			} else {
				denied++
			}
			for seed := range uint64(3) { // the age of routes must not matter
				random := rand.New(rand.NewPCG(seed, 1))
				random.Shuffle(len(in.Routes), func(i, j int) { in.Routes[i], in.Routes[j] = in.Routes[j], in.Routes[i] })
				if got := in.Allows(caller, request, probePaths(access)); got != want {
					t.Fatalf("%+v %s %s: allowed is %v, should be %v", caller, request.Method, request.Path, got, want)
				}
			}
		}
	})
	t.Logf("%d accesses, of which %d were refused and %d had more than three routes; %d calls allowed, %d denied", accesses, refused, several, allowed, denied)
	if several == 0 || refused*3 > accesses || allowed == 0 || denied == 0 {
		t.Error("the property was hardly tested")
	}
}

// mayCall is what the model says.
func mayCall(access *model.Access, caller linkerdtest.Caller, request linkerdtest.Request) bool {
	if request.Method == "GET" && slices.Contains(probePaths(access), request.Path) && request.Headers != nil {
		return true
	}
	return slices.ContainsFunc(access.Grants, func(grant model.Grant) bool {
		return slices.ContainsFunc(grant.Clients, func(c model.Client) bool { return is(caller, c) }) &&
			(len(grant.Requests) == 0 || slices.ContainsFunc(grant.Requests, func(of model.Request) bool {
				a := asked{method: request.Method, path: request.Path}
				return a.matches(model.Match{Path: of.Path, Methods: of.Methods})
			}))
	})
}

func is(caller linkerdtest.Caller, c model.Client) bool {
	switch c.Kind {
	case model.ClientServiceAccount:
		return caller.Namespace == c.Namespace && caller.ServiceAccount == c.Name
	case model.ClientNamespace:
		return caller.Namespace == c.Namespace && caller.ServiceAccount != ""
	case model.ClientNetwork:
		return netip.MustParsePrefix(c.CIDR).Contains(caller.Address) && (c.Unauthenticated || caller.ServiceAccount != "")
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

func drawCall(t *rapid.T) (linkerdtest.Caller, linkerdtest.Request) {
	caller := rapid.SampledFrom([]linkerdtest.Caller{
		{},
		{Namespace: "web", ServiceAccount: "shop"},
		{Namespace: "web", ServiceAccount: "cart"},
		{Namespace: "ops", ServiceAccount: "x"},
		{Namespace: "other", ServiceAccount: "shop"},
	}).Draw(t, "caller")
	caller.Address = netip.MustParseAddr(rapid.SampledFrom([]string{"10.1.0.1", "10.2.0.1", "192.0.2.1", "2001:db8::1"}).Draw(t, "address"))
	request := linkerdtest.Request{
		Method: rapid.SampledFrom([]string{"GET", "POST", "PUT"}).Draw(t, "method"),
		Path:   rapid.SampledFrom([]string{"/", "/a", "/a/b", "/a/b/c", "/ab", "/healthz"}).Draw(t, "path"),
	}
	if rapid.Bool().Draw(t, "is the kubelet") {
		request.Headers = map[string][]string{"user-agent": {"kube-probe/1.33"}}
	}
	return caller, request
}
