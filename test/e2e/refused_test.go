package e2e

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// refusal is an object that the schema admits and the operator refuses, because of other objects.
type refusal struct {
	rule   string
	object func() client.Object
	reason string
	path   string
	// says are parts of the message: what is wrong, and what to do.
	says []string
}

var refusals = []refusal{
	{"the Service does not exist", func() client.Object { return release("nobody", "v1", 1, "v2", 1) }, v1alpha1.ReasonServiceNotFound, "spec.service.name", []string{"no Service nobody", "create it"}},
	{"the Service is an ExternalName", func() client.Object { return release("external", "v1", 1, "v2", 1) }, v1alpha1.ReasonServiceNotFound, "spec.service.name", []string{"ExternalName", "cluster IP"}},
	{"the Service is headless", func() client.Object { return release("headless", "v1", 1, "v2", 1) }, v1alpha1.ReasonServiceNotFound, "spec.service.name", []string{"headless", "cluster IP"}},
	{"the Service has no port that carries HTTP", func() client.Object { return release("database", "v1", 1, "v2", 1) }, v1alpha1.ReasonPortNotFound, "spec.service.name", []string{"carries HTTP", "appProtocol"}},
	{"the port is not one of the Service's", func() client.Object { return withPorts(release("spare", "v1", 1, "v2", 1), 8080) }, v1alpha1.ReasonPortNotFound, "spec.service.ports[0]", []string{"no TCP port 8080", "name the port of the Service"}},
	{"the port is declared as something else than HTTP", func() client.Object { return withPorts(release("spare", "v1", 1, "v2", 1), 5432) }, v1alpha1.ReasonPortNotFound, "spec.service.ports[0]", []string{"appProtocol", "leave it out"}},
	{"a Deployment does not exist", func() client.Object { return release("spare", "v1", 1, "v9", 1) }, v1alpha1.ReasonDeploymentNotFound, "spec.variants[1].deployment", []string{"no Deployment spare-v9", "create it"}},
	{"a variant's Service does not exist", func() client.Object { return withLeaf(release("spare", "v1", 1, "v2", 1), "nobody") }, v1alpha1.ReasonServiceNotFound, "spec.variants[1].service", []string{"no Service nobody"}},
	{"a variant's Service is the released one", func() client.Object { return withLeaf(release("spare", "v1", 1, "v2", 1), "spare") }, v1alpha1.ReasonInvalid, "spec.variants[1].service", []string{"the one that is released", "its own pods"}},
	{"a variant's Service lacks a port", func() client.Object { return withLeaf(release("spare", "v1", 1, "v2", 1), "other-port") }, v1alpha1.ReasonPortNotFound, "spec.variants[1].service", []string{"no TCP port 80", "same ports"}},
	{"the pods of two variants cannot be told apart", func() client.Object { return release("twins", "v1", 1, "v2", 1) }, v1alpha1.ReasonVariantsOverlap, "spec.variants[0].deployment", []string{"cannot be told", "give the pod templates a label"}},
	{"an older release has the Service", func() client.Object { return named(release("orders", "v1", 1, "v2", 1), "younger") }, v1alpha1.ReasonConflicted, "spec.service.name", []string{"CanaryRelease/orders", "older"}},
	{"the mesh cannot keep the order of two expressions", func() client.Object { return withTwoRegexes(release("spare", "v1", 1, "v2", 1)) }, v1alpha1.ReasonUnsupported, "spec.matches", []string{"spec.matches[0]", "spec.matches[1]"}},
	{"the release is marked hands off", func() client.Object { return handsOff(release("spare", "v1", 1, "v2", 1)) }, v1alpha1.ReasonSuspended, "metadata.annotations", []string{"stays as it is", "remove the annotation"}},

	{"the policy's Service does not exist", func() client.Object { return policy("nobody", nil) }, v1alpha1.ReasonServiceNotFound, "spec.target.name", []string{"no Service nobody"}},
	{"access needs pods, and the Service has no selector", func() client.Object {
		return policy("selectorless", access(v1alpha1.Requests{Ports: []v1alpha1.PortNumber{80}}))
	}, v1alpha1.ReasonServiceNotFound, "spec.target.name", []string{"no selector", "name a Service with a selector"}},
	{"access names a port that is not there", func() client.Object {
		return policy("spare", access(v1alpha1.Requests{Ports: []v1alpha1.PortNumber{81}}))
	}, v1alpha1.ReasonPortNotFound, "spec.access.rules[0].to[0].ports[0]", []string{"no TCP port 81"}},
	{"access names methods on a port without HTTP", func() client.Object {
		return policy("spare", access(v1alpha1.Requests{Ports: []v1alpha1.PortNumber{5432}, Methods: []v1alpha1.HTTPMethod{"GET"}}))
	}, v1alpha1.ReasonInvalid, "spec.access.rules[0].to[0]", []string{"appProtocol", "no requests of HTTP", "leave methods, paths and grpc out"}},
	{"an older policy has the aspect", func() client.Object { return named(policy("orders", nil), "younger") }, v1alpha1.ReasonConflicted, "spec.resilience", []string{"MeshPolicy/orders", "older"}},
	{"a timeout needs a port with HTTP", func() client.Object { return policy("database", nil) }, v1alpha1.ReasonPortNotFound, "spec.resilience", []string{"carries HTTP"}},

	{"the gateway is not in the configuration", func() client.Object { return withGateway(profile("a.example", "spare", 80), "nowhere") }, v1alpha1.ReasonInvalid, "spec.gateway", []string{"no gateway nowhere", "administrator"}},
	{"a route's Service does not exist", func() client.Object { return profile("b.example", "nobody", 80) }, v1alpha1.ReasonServiceNotFound, "spec.routes[0].to.service", []string{"no Service nobody"}},
	{"a route's port is not there", func() client.Object { return profile("c.example", "spare", 8080) }, v1alpha1.ReasonPortNotFound, "spec.routes[0].to.port", []string{"no TCP port 8080"}},
	{"an older profile has the host and path", func() client.Object { return named(profile("refused.example", "spare", 80), "younger") }, v1alpha1.ReasonConflicted, "spec.routes[0].match.path", []string{"IngressProfile/orders", "older"}},
	{"a host has two certificates", func() client.Object { return withCertificate(profile("refused.example", "spare", 80)) }, v1alpha1.ReasonConflicted, "spec.tls", []string{"one certificate", "same secretName"}},
	{"a path stands twice in one profile", func() client.Object { return twice(profile("d.example", "spare", 80)) }, v1alpha1.ReasonInvalid, "spec.routes[1].match.path", []string{"twice", "remove one"}},
	{"a profile of another namespace has the host", func() client.Object { return profile("taken.example", "spare", 80) }, v1alpha1.ReasonConflicted, "spec.hosts[0]", []string{"host taken.example", "refused-elsewhere", "choose another host"}},
}

var _ = Describe("an object that other objects make wrong", Ordered, func() {
	var s *shop
	neighbours := []client.Object{release("orders", "v1", 90, "v2", 10), policy("orders", nil), profile("refused.example", "orders", 80)}

	BeforeAll(func() {
		ctx := context.Background()
		elsewhere := newShop(ctx, "refused-elsewhere")
		elsewhere.service("spare", "v1")
		taken := named(profile("taken.example", "spare", 80), "taken")
		elsewhere.create(taken)
		elsewhere.eventuallyIsReady(taken)
		s = newShop(ctx, "refused")
		s.service("orders", "v1", "v2")
		s.oddServices()
		s.create(neighbours...)
		for _, neighbour := range neighbours {
			s.eventuallyIsReady(neighbour)
		}
	})

	for _, one := range refusals {
		It("is refused, and its neighbours stay: "+one.rule, func() {
			before := s.resourceVersions()
			object := one.object()
			object.SetName("bad-" + object.GetName())
			s.create(object)
			s.eventually(object, v1alpha1.ConditionAccepted, metav1.ConditionFalse)
			accepted := meta.FindStatusCondition(conditions(object), v1alpha1.ConditionAccepted)
			Expect(accepted.Reason).To(Equal(one.reason), accepted.Message)
			Expect(accepted.Message).To(ContainSubstring(one.path))
			for _, text := range one.says {
				Expect(accepted.Message).To(ContainSubstring(text))
			}
			Expect(admin.Delete(s.ctx, object)).To(Succeed())
			for _, neighbour := range neighbours {
				s.eventuallyIsReady(neighbour)
			}
			after := s.resourceVersions()
			for key, version := range before {
				Expect(after).To(HaveKeyWithValue(key, version), "the neighbours' objects are untouched")
			}
		})
	}
})

// oddServices are Services that something is wrong with.
func (s *shop) oddServices() {
	GinkgoHelper()
	spare := service("spare", map[string]string{"app": "spare"}, port("http", 80, ""), port("sql", 5432, "postgres"))
	headless := service("headless", map[string]string{"app": "spare"}, port("http", 80, ""))
	headless.Spec.ClusterIP = corev1.ClusterIPNone
	s.create(
		spare, headless,
		service("database", map[string]string{"app": "spare"}, port("sql", 5432, "postgres")),
		service("other-port", map[string]string{"app": "spare", "version": "v2"}, port("http", 8181, "")),
		service("selectorless", nil, port("http", 80, "")),
		service("twins", map[string]string{"app": "twins"}, port("http", 80, "")),
		&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "external"}, Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "db.bank.example"}},
		deployment("spare", "v1", 1), deployment("spare", "v2", 1),
		twin("v1"), twin("v2"),
	)
	s.eventuallyReady("spare-v1", 1)
	s.eventuallyReady("spare-v2", 1)
}

// twin is a Deployment whose pods have the same labels as its twin's; only the selector that a person chose could tell them apart.
func twin(version string) client.Object {
	d := deployment("twins", version, 0)
	d.Spec.Selector.MatchLabels = map[string]string{"app": "twins"}
	d.Spec.Template.Labels = map[string]string{"app": "twins"}
	return d
}

func named[T client.Object](object T, name string) T {
	object.SetName(name)
	return object
}

func withPorts(r *v1alpha1.CanaryRelease, port v1alpha1.PortNumber) client.Object {
	r.Spec.Service.Ports = []v1alpha1.PortNumber{port}
	return r
}

func withLeaf(r *v1alpha1.CanaryRelease, name v1alpha1.ServiceName) client.Object {
	r.Spec.Variants[1].Deployment, r.Spec.Variants[1].Service = nil, &name
	return r
}

func withPathRegex(r *v1alpha1.CanaryRelease, expressions ...v1alpha1.Regex) {
	for i, expression := range expressions {
		r.Spec.Matches = append(r.Spec.Matches, v1alpha1.ReleaseMatch{
			To: r.Spec.Variants[i%2].Name, Any: []v1alpha1.RequestMatch{{Path: &v1alpha1.PathMatch{Regex: &expression}}},
		})
	}
}

// withTwoRegexes asks for an order that the mesh's own precedence turns round: the later rule says more, so it would win.
func withTwoRegexes(r *v1alpha1.CanaryRelease) client.Object {
	withPathRegex(r, "/a.*", "/.*b")
	value := v1alpha1.MatchValue("1")
	r.Spec.Matches[1].Any[0].Headers = []v1alpha1.ValueMatch{{Name: "x", Value: &value}}
	return r
}

func handsOff(r *v1alpha1.CanaryRelease) client.Object {
	r.Annotations = map[string]string{v1alpha1.AnnotationReconcile: v1alpha1.ReconcileDisabled}
	return r
}

func policy(serviceName v1alpha1.ServiceName, access *v1alpha1.Access) *v1alpha1.MeshPolicy {
	p := &v1alpha1.MeshPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: string(serviceName)},
		Spec:       v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &serviceName}, Access: access},
	}
	if access == nil {
		p.Spec.Resilience = &v1alpha1.Resilience{Timeout: ptr.To(v1alpha1.Duration("5s"))}
	}
	return p
}

func access(to v1alpha1.Requests) *v1alpha1.Access {
	return &v1alpha1.Access{Rules: []v1alpha1.AccessRule{{From: []v1alpha1.Caller{{Any: ptr.To(true)}}, To: []v1alpha1.Requests{to}}}}
}

func profile(host v1alpha1.Host, serviceName v1alpha1.ServiceName, number v1alpha1.PortNumber) *v1alpha1.IngressProfile {
	return &v1alpha1.IngressProfile{
		ObjectMeta: metav1.ObjectMeta{Name: string(serviceName)},
		Spec: v1alpha1.IngressProfileSpec{
			Hosts: []v1alpha1.Host{host}, Routes: []v1alpha1.IngressRoute{{To: v1alpha1.IngressBackend{Service: serviceName, Port: number}}},
		},
	}
}

func withGateway(p *v1alpha1.IngressProfile, gateway v1alpha1.GatewayName) client.Object {
	p.Spec.Gateway = &gateway
	return p
}

// withCertificate leads another path of the host, so that the certificate alone is in conflict.
func withCertificate(p *v1alpha1.IngressProfile) client.Object {
	other := v1alpha1.PathValue("/other")
	p.Spec.Routes[0].Match = &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Exact: &other}}
	p.Spec.TLS = &v1alpha1.IngressTLS{SecretName: "another"}
	return p
}

func twice(p *v1alpha1.IngressProfile) client.Object {
	p.Spec.Routes = append(p.Spec.Routes, p.Spec.Routes[0])
	return p
}

func service(name string, selector map[string]string, ports ...corev1.ServicePort) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.ServiceSpec{Selector: selector, Ports: ports}}
}

func port(name string, number int32, appProtocol string) corev1.ServicePort {
	p := corev1.ServicePort{Name: name, Port: number}
	if appProtocol != "" {
		p.AppProtocol = &appProtocol
	}
	return p
}
