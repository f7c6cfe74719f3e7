package compose

import (
	"reflect"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/release"
)

func exactly(path string) *model.PathMatch {
	return &model.PathMatch{Kind: model.MatchExact, Value: path}
}

func under(path string) *model.PathMatch {
	return &model.PathMatch{Kind: model.MatchPrefix, Value: path}
}

func TestPathsThatMeet(t *testing.T) {
	for _, test := range []struct {
		a, b *model.PathMatch
		want bool
	}{
		{nil, nil, true},
		{nil, exactly("/a"), true},
		{under("/a"), nil, true},
		{exactly("/a"), exactly("/a"), true},
		{exactly("/a"), exactly("/a/b"), false},
		{exactly("/"), exactly("/a"), false},
		{exactly("/a/b"), under("/a"), true},
		{exactly("/a"), under("/a/b"), false},
		{exactly("/ab"), under("/a"), false},
		{exactly("/x"), under("/"), true},
		{under("/a"), under("/a/b"), true},
		{under("/a"), under("/ab"), false},
		{under("/"), under("/a"), true},
	} {
		for _, pair := range [][2]*model.PathMatch{{test.a, test.b}, {test.b, test.a}} {
			if got := pathsMeet(pair[0], pair[1]); got != test.want {
				t.Errorf("%+v and %+v meet: %v", pair[0], pair[1], got)
			}
		}
	}
}

func TestMethodsThatMeet(t *testing.T) {
	for _, test := range []struct {
		a, b []string
		want bool
	}{
		{nil, nil, true}, {nil, []string{"GET"}, true}, {[]string{"GET"}, []string{"PUT", "GET"}, true}, {[]string{"GET"}, []string{"PUT"}, false},
	} {
		for _, pair := range [][2][]string{{test.a, test.b}, {test.b, test.a}} {
			if got := methodsMeet(pair[0], pair[1]); got != test.want {
				t.Errorf("%v and %v meet: %v", pair[0], pair[1], got)
			}
		}
	}
}

func TestWhoAGatewayMayBe(t *testing.T) {
	meshed := model.Client{Kind: model.ClientServiceAccount, Namespace: "edge", Name: "traefik", Gateway: "public"}
	outside := model.Client{Kind: model.ClientNetwork, CIDR: "10.1.0.5/32", Unauthenticated: true, Gateway: "public"}
	unknown := model.Client{Kind: model.ClientNetwork, Unauthenticated: true}
	for name, test := range map[string]struct {
		client, face model.Client
		want         bool
	}{
		"everybody is anybody":                     {model.Client{Kind: model.ClientAny}, meshed, true},
		"a gateway is itself":                      {model.Client{Kind: model.ClientNetwork, Gateway: "public"}, meshed, true},
		"and no other gateway":                     {model.Client{Kind: model.ClientServiceAccount, Namespace: "x", Name: "y", Gateway: "private"}, meshed, false},
		"a meshed one is its ServiceAccount":       {model.Client{Kind: model.ClientServiceAccount, Namespace: "edge", Name: "traefik"}, meshed, true},
		"and no other one of its namespace":        {model.Client{Kind: model.ClientServiceAccount, Namespace: "edge", Name: "nginx"}, meshed, false},
		"nor the same name elsewhere":              {model.Client{Kind: model.ClientServiceAccount, Namespace: "shop", Name: "traefik"}, meshed, false},
		"it is in its namespace":                   {model.Client{Kind: model.ClientNamespace, Namespace: "edge"}, meshed, true},
		"and in no other":                          {model.Client{Kind: model.ClientNamespace, Namespace: "shop"}, meshed, false},
		"its address is not known":                 {model.Client{Kind: model.ClientNetwork, CIDR: "192.168.0.0/16"}, meshed, true},
		"one outside the mesh is in its network":   {model.Client{Kind: model.ClientNetwork, CIDR: "10.1.0.0/16", Unauthenticated: true}, outside, true},
		"but not where an identity is asked for":   {model.Client{Kind: model.ClientNetwork, CIDR: "10.1.0.0/16"}, outside, false},
		"nor in another network":                   {model.Client{Kind: model.ClientNetwork, CIDR: "10.2.0.0/16", Unauthenticated: true}, outside, false},
		"it has no ServiceAccount":                 {model.Client{Kind: model.ClientServiceAccount, Namespace: "edge", Name: "traefik"}, outside, false},
		"one whose address is not known is in any": {model.Client{Kind: model.ClientNetwork, CIDR: "10.2.0.0/16", Unauthenticated: true}, unknown, true},
		"what is no network holds no address":      {model.Client{Kind: model.ClientNetwork, CIDR: "nonsense", Unauthenticated: true}, outside, false},
	} {
		if got := mayBe(test.client, test.face); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestPortsThatTwoServicesShare(t *testing.T) {
	one, same, other := &part{service: namedService("a")}, &part{service: namedService("a")}, &part{service: namedService("b")}
	byNumber, byName := model.TargetPort{Number: 8080}, model.TargetPort{Name: "http"}
	pods := &workload{template: &corev1.PodTemplateSpec{}}
	pods.template.Spec.Containers = []corev1.Container{{Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}, {Name: "admin", ContainerPort: 9000}}}}
	for name, test := range map[string]struct {
		of   *workload
		a    model.TargetPort
		b    *part
		with model.TargetPort
		want bool
	}{
		"the same number of the same selector":              {nil, byNumber, same, byNumber, true},
		"not of another selector":                           {nil, byNumber, other, byNumber, false},
		"a name is not known to be a number":                {nil, byNumber, same, byName, false},
		"but where the pods are known it is":                {pods, byNumber, other, byName, true},
		"and another name is another number":                {pods, byNumber, other, model.TargetPort{Name: "admin"}, false},
		"a name that no container has is no other's number": {pods, model.TargetPort{Name: "none"}, other, byNumber, false},
	} {
		if got := samePort(test.of, one, test.a, test.b, test.with); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestReplicas(t *testing.T) {
	deployment := func(wanted *int32, ready int32) *appsv1.Deployment {
		return &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Replicas: wanted}, Status: appsv1.DeploymentStatus{ReadyReplicas: ready}}
	}
	count := func(n int32) *int32 { return &n }
	for name, test := range map[string]struct {
		endpoints  Endpoints
		deployment *appsv1.Deployment
		want       release.Replicas
	}{
		"a Service of its own has what it sends to":               {Endpoints{Ready: 2, Total: 3}, nil, release.Replicas{Ready: 2, Wanted: 3}},
		"a Deployment wants what it says":                         {Endpoints{Ready: 2, Total: 2}, deployment(count(5), 4), release.Replicas{Ready: 2, Wanted: 5}},
		"or one":                                                  {Endpoints{Ready: 1, Total: 1}, deployment(nil, 1), release.Replicas{Ready: 1, Wanted: 1}},
		"before there is a Service its own count goes":            {Endpoints{}, deployment(count(3), 2), release.Replicas{Ready: 2, Wanted: 3}},
		"no longer when there is one, though none is ready there": {Endpoints{Total: 3}, deployment(count(3), 2), release.Replicas{Ready: 0, Wanted: 3}},
		"what is to have none has none":                           {Endpoints{Ready: 2, Total: 2}, deployment(count(0), 2), release.Replicas{}},
	} {
		if got := Replicas(test.endpoints, test.deployment); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestPortsOfAService(t *testing.T) {
	service := namedService("users")
	service.Spec.Ports = []corev1.ServicePort{
		{Name: "dns", Port: 53, Protocol: corev1.ProtocolUDP},
		{Name: "named", Port: 80, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString("http")},
		{Name: "numbered", Port: 81, TargetPort: intstr.FromInt32(8081)},
		{Name: "same", Port: 82},
		{Name: "empty", Port: 83, TargetPort: intstr.FromString("")},
	}
	want := map[string]model.TargetPort{"named": {Name: "http"}, "numbered": {Number: 8081}, "same": {Number: 82}, "empty": {Number: 83}}
	got := map[string]model.TargetPort{}
	for _, port := range servicePorts(service) {
		got[port.Name] = port.Target
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("ports lead to %v, want %v", got, want)
	}
}

func TestPassagesAreJoined(t *testing.T) {
	friends, strangers := []model.Peer{{Namespace: "friends"}}, []model.Peer{{Namespace: "strangers"}}
	http, admin := []model.TargetPort{{Number: 8080}}, []model.TargetPort{{Number: 9000}}
	ranges := []model.PortRange{{First: 1, Last: 9}}
	for name, test := range map[string]struct {
		all, want []model.Passage
	}{
		"ports of the same peers": {
			[]model.Passage{{Peers: friends, Targets: admin}, {Peers: friends, Targets: http}}, []model.Passage{{Peers: friends, Targets: append(http[:1:1], admin...)}},
		},
		"of the second peers too": {
			[]model.Passage{{Peers: friends, Targets: admin}, {Peers: strangers, Targets: http}, {Peers: strangers, Ranges: ranges}},
			[]model.Passage{{Peers: friends, Targets: admin}, {Peers: strangers, Targets: http, Ranges: ranges}},
		},
		"every port takes the others in":             {[]model.Passage{{Peers: friends, Targets: http}, {Peers: friends}}, []model.Passage{{Peers: friends}}},
		"also when it comes first":                   {[]model.Passage{{Peers: friends}, {Peers: friends, Targets: http}}, []model.Passage{{Peers: friends}}},
		"ranges alone are not every port":            {[]model.Passage{{Peers: friends, Ranges: ranges}, {Peers: friends, Targets: http}}, []model.Passage{{Peers: friends, Targets: http, Ranges: ranges}}},
		"as many names as ranges are not every port": {[]model.Passage{{Peers: friends, Targets: http, Ranges: ranges}, {Peers: friends, Targets: http, Ranges: ranges}}, []model.Passage{{Peers: friends, Targets: http, Ranges: ranges}}},
	} {
		got := mergePassages(test.all)
		for i := range got {
			if len(got[i].Targets) == 0 {
				got[i].Targets = nil
			}
			if len(got[i].Ranges) == 0 {
				got[i].Ranges = nil
			}
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestWhoseWaysOutAreClosed(t *testing.T) {
	policy := func(egress bool) *v1alpha1.MeshPolicy {
		made := accessPolicy("closing", "")
		made.Spec.Access, made.CreationTimestamp = nil, metav1.Unix(5, 0)
		if egress {
			made.Spec.Egress = &v1alpha1.MeshEgress{}
		}
		return made
	}
	for name, test := range map[string]struct {
		policy  *v1alpha1.MeshPolicy
		network bool
		age     int64
		want    bool
	}{
		"an older policy closes them":                  {policy(true), true, 6, true},
		"one of the same age too":                      {policy(true), true, 5, true},
		"a younger one does not":                       {policy(true), true, 4, false},
		"nor one that says nothing of them":            {policy(false), true, 6, false},
		"a profile that closes nothing goes with both": {policy(true), false, 6, false},
	} {
		profile := &v1alpha1.EgressProfile{}
		profile.CreationTimestamp = metav1.Unix(test.age, 0)
		if test.network {
			profile.Spec.Network = &v1alpha1.EgressNetwork{}
		}
		c := newComposer(Snapshot{Namespace: "shop", Policies: []*v1alpha1.MeshPolicy{test.policy}}, nil)
		if origin, got := c.closedBy(profile); got != test.want || got && origin.Name != "closing" {
			t.Errorf("%s: %v %v", name, origin, got)
		}
	}
}
