package linkerd

import (
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	policyv1alpha1 "github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
)

// inbound adds who may call the pods of a Service: a Server for each port, grants of all requests on the Server, grants of some requests on
// routes of the Server.
func inbound(objects []driver.Object, namespace string, svc *model.Service) ([]driver.Object, error) {
	if len(svc.Access) > 0 && len(svc.Selector) == 0 {
		return nil, noSelector(svc)
	}
	guard := guard{namespace: namespace, service: svc.Name, objects: objects}
	for i := range svc.Access {
		guard.access = &svc.Access[i]
		guard.origins = []model.Origin{guard.access.Origin.Object()}
		if err := guard.write(svc.Selector); err != nil {
			return nil, err
		}
	}
	return guard.objects, nil
}

// noSelector refuses a Server that would select all pods of the namespace.
func noSelector(svc *model.Service) error {
	return model.Problem{
		Origin: svc.Access[0].Origin, Reason: v1alpha1.ReasonServiceNotFound,
		Message: "Service " + svc.Name + " has no selector: there are no pods to guard; name a Service with a selector",
	}
}

// guard writes the objects for a Service, port by port.
type guard struct {
	namespace, service string
	// access of the port at hand, its Server and who wants it.
	access  *model.Access
	server  string
	origins []model.Origin
	// authentications that are written: grants and ports share them.
	authentications []policyv1alpha1.AuthenticationRef
	objects         []driver.Object
}

func (g *guard) add(object client.Object) {
	g.objects = append(g.objects, driver.Object{Object: object, Origins: g.origins})
}

func (g *guard) write(selector map[string]string) error {
	var whole, partial []*model.Grant
	for i := range g.access.Grants {
		if grant := &g.access.Grants[i]; len(grant.Requests) == 0 {
			whole = append(whole, grant)
		} else {
			partial = append(partial, grant)
		}
	}
	if g.audits() && g.access.Protocol != model.ProtocolOpaque {
		partial = append(partial, onRoutes(whole)...)
	}
	routes, err := g.routes(partial)
	if err != nil {
		return err
	}
	g.server = serverName(g.namespace, g.service, g.access.Port, slices.Concat(wordsOf(g.access.Except), contentOf(routes))...)
	g.allow(kindServer, g.server, gather(whole))
	for i := range routes {
		g.route(&routes[i])
	}
	g.limit()
	server := driver.Object{Object: g.serverFor(podsOf(selector, g.access.Except)), Origins: g.origins, Guards: true}
	if len(routes) > 0 {
		server.Dormant = g.serverFor(nothing(selector, g.access.Except))
	}
	g.objects = append(g.objects, server)
	return nil
}

func (g *guard) serverFor(pods metav1.LabelSelector) *v1beta3.Server {
	return &v1beta3.Server{
		TypeMeta:   metav1.TypeMeta{APIVersion: policyV1beta3, Kind: kindServer},
		ObjectMeta: g.meta(g.server),
		Spec: v1beta3.ServerSpec{
			AccessPolicy: g.accessPolicy(), PodSelector: pods, Port: targetPort(g.access.Port), ProxyProtocol: proxyProtocol(g.access.Protocol),
		},
	}
}

// podsOf selects the pods of a Service but for some.
func podsOf(selector map[string]string, except []model.LabelValues) metav1.LabelSelector {
	pods := metav1.LabelSelector{MatchLabels: selector}
	for _, one := range except {
		pods.MatchExpressions = append(pods.MatchExpressions, metav1.LabelSelectorRequirement{Key: one.Key, Operator: metav1.LabelSelectorOpNotIn, Values: one.Values})
	}
	return pods
}

// nothing selects no pod: those that have a label and do not have it. Linkerd accepts routes for a Server that selects nothing, and the pods keep
// the policy that they have.
func nothing(selector map[string]string, except []model.LabelValues) metav1.LabelSelector {
	pods := podsOf(selector, except)
	key := slices.Sorted(maps.Keys(selector))[0]
	pods.MatchExpressions = append(pods.MatchExpressions, metav1.LabelSelectorRequirement{Key: key, Operator: metav1.LabelSelectorOpDoesNotExist})
	return pods
}

// wordsOf are the pods that are left out, as part of a name: a Server for other pods is another one, which must stand before this one goes.
func wordsOf(except []model.LabelValues) []string {
	var words []string
	for _, one := range except {
		words = append(append(words, "except", one.Key), one.Values...)
	}
	return words
}

func (g *guard) audits() bool { return g.access.Mode == model.AccessAudit }

func (g *guard) accessPolicy() string {
	if g.audits() {
		return "audit"
	}
	return "deny"
}

// onRoutes says of grants of everything that they are of all requests. A proxy looks at the authorizations of a Server in no order, and logs what
// its audit happens to allow first; those of a route come before. So what is granted on routes too is not logged as if it were not granted.
func onRoutes(whole []*model.Grant) []*model.Grant {
	out := make([]*model.Grant, len(whole))
	for i, grant := range whole {
		out[i] = &model.Grant{Clients: grant.Clients, Requests: []model.Request{{Path: root}}, Path: grant.Path}
	}
	return out
}

func (g *guard) meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: g.namespace, Name: name}
}

func targetPort(port model.TargetPort) intstr.IntOrString {
	if port.Name != "" {
		return intstr.FromString(port.Name)
	}
	return intstr.FromInt32(port.Number)
}

// proxyProtocol says what the proxy expects. HTTP/2 is left to detection, which costs nothing because its clients speak first: told to expect it,
// the proxy would refuse the probes of the kubelet, which speaks HTTP/1 (linkerd2 10775).
func proxyProtocol(protocol model.Protocol) string {
	switch protocol {
	case model.ProtocolHTTP:
		return "HTTP/1"
	case model.ProtocolOpaque:
		return "opaque"
	case model.ProtocolH2C, model.ProtocolUnknown:
	}
	return "unknown"
}

// allow lets the callers through to a Server or a route. Each AuthorizationPolicy is an alternative; what it lists must hold together, and
// a list is never empty, because that would let everybody through.
func (g *guard) allow(kind, name string, who callers) {
	if who.any {
		g.authorize(kind, name, g.network(everywhere))
		return
	}
	if len(who.identities) > 0 {
		g.authorize(kind, name, g.meshTLS(policyv1alpha1.MeshTLSAuthenticationSpec{IdentityRefs: who.identities}))
	}
	if len(who.open) > 0 {
		g.authorize(kind, name, g.network(who.open))
	}
	if len(who.meshed) > 0 {
		g.authorize(kind, name, g.meshTLS(policyv1alpha1.MeshTLSAuthenticationSpec{Identities: []string{"*"}}), g.network(who.meshed))
	}
}

func (g *guard) authorize(kind, name string, required ...policyv1alpha1.AuthenticationRef) {
	words := append(make([]string, 0, 8), kindAuthorizationPolicy, kind, name)
	for _, ref := range required {
		words = append(words, ref.Kind, ref.Name)
	}
	g.add(&policyv1alpha1.AuthorizationPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: policyV1alpha1, Kind: kindAuthorizationPolicy},
		ObjectMeta: g.meta(contentName(g.service, words...)),
		Spec: policyv1alpha1.AuthorizationPolicySpec{
			TargetRef:                  policyv1alpha1.TargetRef{Group: groupPolicy, Kind: kind, Name: name},
			RequiredAuthenticationRefs: required,
		},
	})
}
