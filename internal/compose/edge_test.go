package compose

import (
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "512": 512, "1Ki": 1024, "10Mi": 10 << 20, "0": 0, "0Mi": 0, "-1": 0, "": 0, "Ki": 0, "1Gi": 0, "1MiKi": 0, "1KiMi": 0, "4294967296": 0,
	} {
		got, ok := byteSize(text)
		if ok != (want > 0) || ok && got != want {
			t.Errorf("%q is %d bytes (%v), want %d", text, got, ok, want)
		}
	}
}

func TestThePathOfARoute(t *testing.T) {
	root, api := v1alpha1.PathValue("/"), v1alpha1.PathValue("/api")
	for name, test := range map[string]struct {
		match *v1alpha1.IngressMatch
		want  *model.PathMatch
	}{
		"no match is every path":         {nil, nil},
		"no path is every path":          {&v1alpha1.IngressMatch{}, nil},
		"the prefix / is every path":     {&v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Prefix: &root}}, nil},
		"another prefix is not":          {&v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Prefix: &api}}, &model.PathMatch{Kind: model.MatchPrefix, Value: "/api"}},
		"the exact path / is itself":     {&v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Exact: &root}}, &model.PathMatch{Kind: model.MatchExact, Value: "/"}},
		"and so is any other exact path": {&v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Exact: &api}}, &model.PathMatch{Kind: model.MatchExact, Value: "/api"}},
	} {
		got := routePath(&v1alpha1.IngressRoute{Match: test.match})
		if (got == nil) != (test.want == nil) || got != nil && *got != *test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestOnlyWhoLosesHostsIsFreed(t *testing.T) {
	public := map[string]model.Gateway{"public": {Name: "public", HTTP: "web"}}
	other := []Claim{{HostKey: model.HostKey{Gateway: "public", Host: "b.example"}, Namespace: "bank", Profile: "b"}}
	for name, test := range map[string]struct {
		profile *v1alpha1.IngressProfile
		want    bool
	}{
		"one that has all its hosts is not":                      {hostProfile("a.example"), false},
		"one that lost one of them is":                           {hostProfile("a.example", "b.example"), true},
		"one that never served the only one that it lost is not": {hostProfile("b.example"), false},
	} {
		result := Namespace(Snapshot{Namespace: "shop", Services: []*corev1.Service{namedService("web")}, Gateways: public, Profiles: []*v1alpha1.IngressProfile{test.profile}, Claims: other}, nil)
		if got := len(result.Freed) == 1; got != test.want {
			t.Errorf("%s: freed are %v: %v", name, result.Freed, result.Problems)
		}
	}
}

func TestOnlyAMeshedGatewaySharesOutTwice(t *testing.T) {
	c := newComposer(Snapshot{Namespace: "shop", Services: []*corev1.Service{namedService("web"), namedService("web-v2")}}, nil)
	c.byName["web-v2"].table = &table{ports: []int32{8080}}
	route := &model.EdgeRoute{
		Service: "web", Port: 8080, Retain: &model.Retain{Service: "web"},
		Table: []model.Route{{Split: []model.Share{{Backend: "web-v2", Weight: 1}}}},
	}
	plain := *route
	plain.Retain = nil
	for name, test := range map[string]struct {
		route  *model.EdgeRoute
		meshed bool
		want   bool
	}{
		"a meshed one does":                  {route, true, true},
		"one outside the mesh does not":      {route, false, false},
		"nor a route that is not shared out": {&plain, true, false},
	} {
		if got := c.splitTwice(test.route, model.Gateway{Name: "public", Meshed: test.meshed}); (got != "") != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestWhoseTLSOptionsAHostHas(t *testing.T) {
	named := func(name string, age int, hosts ...v1alpha1.Host) *v1alpha1.IngressProfile {
		profile := hostProfile(hosts...)
		path := v1alpha1.PathValue("/" + name)
		profile.Name, profile.CreationTimestamp = name, metav1.NewTime(time.Unix(int64(age), 0))
		profile.Spec.Routes[0].Match = &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Prefix: &path}}
		profile.Spec.TLS = &v1alpha1.IngressTLS{SecretName: "tls"}
		return profile
	}
	broken := named("a", 1, "a.example")
	broken.Spec.Routes[0].To.Service = "nowhere"
	for name, test := range map[string]struct {
		profiles []*v1alpha1.IngressProfile
		problem  string // of the last
		options  string // of the last
	}{
		"its own": {[]*v1alpha1.IngressProfile{named("a", 1, "a.example"), named("b", 2, "b.example")}, "", ""},
		"those of the older one that it shares a host with": {[]*v1alpha1.IngressProfile{named("a", 1, "a.example"), named("b", 2, "b.example", "a.example")}, "", "a"},
		"of several hosts that it shares with one":          {[]*v1alpha1.IngressProfile{named("a", 1, "a.example", "aa.example"), named("b", 2, "a.example", "b.example", "aa.example")}, "", "a"},
		"not of two at once": {
			[]*v1alpha1.IngressProfile{named("a", 1, "a.example"), named("b", 2, "b.example"), named("c", 3, "c.example", "a.example", "b.example")},
			"the hosts are shared with IngressProfile/a and with IngressProfile/b", "",
		},
		"not of one that is not accepted": {[]*v1alpha1.IngressProfile{broken, named("b", 2, "b.example", "a.example")}, "is not accepted itself", ""},
	} {
		t.Run(name, func(t *testing.T) {
			result := Namespace(Snapshot{
				Namespace: "shop", Services: []*corev1.Service{namedService("web")}, Profiles: test.profiles,
				Gateways: map[string]model.Gateway{"public": {Name: "public", HTTP: "web", HTTPS: "websecure"}},
			}, nil)
			last := test.profiles[len(test.profiles)-1].Name
			var found string
			for _, problem := range result.Problems {
				if problem.Origin.Name == last {
					found += problem.Message
				}
			}
			if (found != "") != (test.problem != "") || !strings.Contains(found, test.problem) {
				t.Errorf("the problem is %q, want %q", found, test.problem)
			}
			at := slices.IndexFunc(result.Model.Edges, func(edge model.Edge) bool { return edge.Name == last })
			if test.problem == "" && (at < 0 || result.Model.Edges[at].TLS.Options != test.options) {
				t.Errorf("the options are those of %+v, want %q", result.Model.Edges[at].TLS, test.options)
			}
		})
	}
}

func TestPathsOfOneHost(t *testing.T) {
	one := func(path v1alpha1.PathValue, methods ...v1alpha1.HTTPMethod) v1alpha1.IngressRoute {
		return v1alpha1.IngressRoute{
			Match: &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Prefix: &path}, Methods: methods}, To: v1alpha1.IngressBackend{Service: "web", Port: 8080},
		}
	}
	for name, test := range map[string]struct {
		older, younger []v1alpha1.IngressRoute
		want           []string // places of conflicts of the younger
	}{
		"each its own":                                             {[]v1alpha1.IngressRoute{one("/a")}, []v1alpha1.IngressRoute{one("/b"), one("/c")}, nil},
		"every path that is another's is told":                     {[]v1alpha1.IngressRoute{one("/a"), one("/b")}, []v1alpha1.IngressRoute{one("/a"), one("/c"), one("/b")}, []string{"spec.routes[0].match.path", "spec.routes[2].match.path"}},
		"one path, told apart by what is asked":                    {nil, []v1alpha1.IngressRoute{one("/a", "GET"), one("/a", "PUT"), one("/a")}, nil},
		"one path twice is a mistake, each of them":                {nil, []v1alpha1.IngressRoute{one("/a"), one("/a"), one("/b"), one("/b")}, []string{"spec.routes[1].match.path", "spec.routes[3].match.path"}},
		"what is asked does not share a path with another profile": {[]v1alpha1.IngressRoute{one("/a", "GET")}, []v1alpha1.IngressRoute{one("/a", "PUT")}, []string{"spec.routes[0].match.path"}},
	} {
		t.Run(name, func(t *testing.T) {
			older, younger := hostProfile("a.example"), hostProfile("a.example")
			older.Name, older.Spec.Routes = "older", append(test.older, one("/older"))
			younger.Name, younger.Spec.Routes, younger.CreationTimestamp = "younger", test.younger, metav1.NewTime(time.Unix(9, 0))
			result := Namespace(Snapshot{
				Namespace: "shop", Services: []*corev1.Service{namedService("web")}, Profiles: []*v1alpha1.IngressProfile{older, younger},
				Gateways: map[string]model.Gateway{"public": {Name: "public", HTTP: "web"}},
			}, nil)
			var got []string
			for _, problem := range result.Problems {
				if problem.Origin.Name == "younger" {
					got = append(got, problem.Origin.Path)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, test.want) {
				t.Errorf("conflicts at %v, want %v: %v", got, test.want, result.Problems)
			}
		})
	}
}
