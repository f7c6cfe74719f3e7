package compose

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

func TestBypassesOfTheNamespaceThatHaveEnded(t *testing.T) {
	now := time.Unix(1000, 0)
	at := func(seconds int64) *metav1.Time {
		ends := metav1.Unix(seconds, 0)
		return &ends
	}
	policy := func(service string, bypass *v1alpha1.Bypass) []*v1alpha1.MeshPolicy {
		made := accessPolicy("own", service)
		made.Spec.Bypass = bypass
		return []*v1alpha1.MeshPolicy{accessPolicy("other", ""), made}
	}
	for name, test := range map[string]struct {
		policies []*v1alpha1.MeshPolicy
		want     bool
	}{
		"one that ended is one":         {policy("", &v1alpha1.Bypass{Expires: at(999)}), true},
		"at the very moment too":        {policy("", &v1alpha1.Bypass{Expires: at(1000)}), true},
		"one that lasts is not":         {policy("", &v1alpha1.Bypass{Expires: at(1001)}), false},
		"nor one without an end":        {policy("", &v1alpha1.Bypass{}), false},
		"nor one of a Service":          {policy("users", &v1alpha1.Bypass{Expires: at(999)}), false},
		"nor a policy without a bypass": {policy("", nil), false},
	} {
		if got := BypassExpired(test.policies, now); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTheSoonestChangeIsDue(t *testing.T) {
	c := &composer{}
	for _, seconds := range []int64{9, 5, 7} {
		c.wakeAt(time.Unix(seconds, 0))
	}
	if want := time.Unix(5, 0); !c.due.Equal(want) {
		t.Errorf("due is %v, want %v", c.due, want)
	}
}

func TestTLSSettingsAsText(t *testing.T) {
	settings := []*model.TLS{
		nil,
		{SecretName: "a", MinVersion: "1.2"},
		{SecretName: "b", MinVersion: "1.2"},
		{SecretName: "a", MinVersion: "1.3"},
		{SecretName: "a", MinVersion: "1.2", CipherSuites: []string{"x"}},
		{SecretName: "a", MinVersion: "1.2", ClientAuth: &model.ClientAuth{CASecret: "ca"}},
		{SecretName: "b", MinVersion: "1.2", ClientAuth: &model.ClientAuth{CASecret: "ca"}},
		{SecretName: "a", MinVersion: "1.2", ClientAuth: &model.ClientAuth{CASecret: "ca", Required: true}},
		{SecretName: "a", MinVersion: "1.2", ClientAuth: &model.ClientAuth{CASecret: "other"}},
	}
	seen := map[string]int{}
	for i, tls := range settings {
		if before, known := seen[tlsText(tls)]; known {
			t.Errorf("%d and %d are the same: %q", before, i, tlsText(tls))
		}
		seen[tlsText(tls)] = i
	}
}

func TestRoutesThatAskForDifferentTimeouts(t *testing.T) {
	route := func(path string, port int32, timeout time.Duration, backends ...string) model.EdgeRoute {
		made := model.EdgeRoute{Service: backends[0], Port: port, Timeout: timeout, YAMLPath: path}
		for _, backend := range backends {
			made.Table = append(made.Table, model.Route{Split: []model.Share{{Backend: backend, Weight: 1}}})
		}
		return made
	}
	edge := func(name string, routes ...model.EdgeRoute) model.Edge {
		return model.Edge{Name: name, Gateway: model.Gateway{Name: "public"}, Origin: model.Origin{Kind: v1alpha1.KindIngressProfile, Name: name}, Routes: routes}
	}
	for name, test := range map[string]struct {
		older, younger model.Edge
		want           []string // places of the younger
		words          string
	}{
		"ports of their own go":                          {edge("a", route("r0", 80, time.Second, "web")), edge("b", route("r0", 81, 0, "web"), route("r1", 81, 0, "web")), nil, ""},
		"no timeout goes with none of another":           {edge("a", route("r0", 80, 0, "web")), edge("b", route("r0", 80, 0, "web")), nil, ""},
		"a timeout does not go with the same of another": {edge("a", route("r0", 80, time.Second, "web")), edge("b", route("r0", 80, time.Second, "web")), []string{"r0.timeout"}, "says 1s at r0"},
		"nor with none":                                  {edge("a", route("r0", 80, 0, "web")), edge("b", route("r0", 80, time.Second, "web")), []string{"r0.timeout"}, "says no timeout at r0"},
		"within a profile the same goes":                 {edge("a"), edge("b", route("r0", 80, time.Second, "web"), route("r1", 80, time.Second, "web")), nil, ""},
		"and another does not":                           {edge("a"), edge("b", route("r0", 80, time.Second, "web"), route("r1", 80, 2*time.Second, "web")), []string{"r1.timeout"}, "says 1s at r0"},
		"every backend counts":                           {edge("a", route("r0", 80, time.Second, "web-v2")), edge("b", route("r0", 80, 0, "web", "web-v2")), []string{"r0.timeout"}, "Service web-v2"},
		"also behind one that agrees":                    {edge("a", route("r0", 80, 0, "web"), route("r1", 80, time.Second, "web-v2")), edge("b", route("r0", 80, 0, "web", "web-v2")), []string{"r0.timeout"}, "Service web-v2"},
		"each route is told, once":                       {edge("a", route("r0", 80, time.Second, "web", "web-v2")), edge("b", route("r0", 80, 0, "web", "web-v2"), route("r1", 80, 0, "web")), []string{"r0.timeout", "r1.timeout"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			known := transports{}
			if problems := known.agree(&test.older); len(problems) > 0 {
				t.Fatal(problems)
			}
			problems := known.agree(&test.younger)
			var got []string
			for _, problem := range problems {
				got = append(got, problem.Origin.Path)
			}
			expectList(t, got, test.want)
			if test.words != "" && !containsMessage(problems, test.words) {
				t.Errorf("nobody says %q: %v", test.words, problems)
			}
		})
	}
}

func TestPortsThatPodsDoNotHaveAreNotOpaqueThere(t *testing.T) {
	service := namedService("db")
	service.Spec.Ports = []corev1.ServicePort{{Name: "sql", Port: 3306, TargetPort: intstr.FromString("sql")}, {Name: "other", Port: 3307, TargetPort: intstr.FromString("nowhere")}}
	database := deploymentOf("db", map[string]string{"app": "db"}, "app")
	database.Spec.Template.Spec.Containers = []corev1.Container{{Ports: []corev1.ContainerPort{{Name: "sql", ContainerPort: 13306}}}}
	c := newComposer(Snapshot{Namespace: "shop", Services: []*corev1.Service{service}, Deployments: deployments(database)}, nil)
	p := c.byName["db"]
	if got := c.targetNumbers(p, model.TargetPort{Name: "sql"}); len(got) != 1 || got[0] != 13306 {
		t.Errorf("sql is %v", got)
	}
	if got := c.targetNumbers(p, model.TargetPort{Name: "nowhere"}); len(got) != 0 {
		t.Errorf("a port that no container has is %v", got)
	}
}
