package e2e

import (
	"encoding/json"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/backend"
	policyv1alpha1 "github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/evaluate"
)

// gatewayNamespace has the pods that the operator's configuration says are those of the gateway default.
const gatewayNamespace = "edge-gateway"

// arrives sends a request through Traefik and is what the pod saw of it.
func (s *shop) arrives(method, path string) backend.Answer {
	GinkgoHelper()
	var answer backend.Answer
	Eventually(func(g Gomega) {
		request, err := http.NewRequestWithContext(s.ctx, method, world.Traefik.Web()+path, http.NoBody)
		g.Expect(err).NotTo(HaveOccurred())
		request.Host = s.host()
		response, err := noRedirects.Do(request)
		g.Expect(err).NotTo(HaveOccurred())
		defer response.Body.Close()
		g.Expect(response.StatusCode).To(Equal(http.StatusOK))
		g.Expect(json.NewDecoder(response.Body).Decode(&answer)).To(Succeed())
	}).Should(Succeed())
	return answer
}

// guards are the objects that stand in the namespace and decide who may call.
func (s *shop) guards() *evaluate.World {
	GinkgoHelper()
	reader, err := testbed.NewClient(world.Config(), v1beta3.AddToScheme, policyv1alpha1.AddToScheme)
	Expect(err).NotTo(HaveOccurred())
	var objects []client.Object
	for _, list := range []client.ObjectList{
		&v1beta3.ServerList{}, &v1beta3.HTTPRouteList{}, &policyv1alpha1.AuthorizationPolicyList{}, &policyv1alpha1.MeshTLSAuthenticationList{},
		&policyv1alpha1.NetworkAuthenticationList{}, &networkingv1.NetworkPolicyList{},
	} {
		Expect(reader.List(s.ctx, list, client.InNamespace(s.namespace))).To(Succeed())
		Expect(meta.EachListItem(list, func(item runtime.Object) error {
			objects = append(objects, item.(client.Object))
			return nil
		})).To(Succeed())
	}
	for _, name := range []string{s.namespace, gatewayNamespace} {
		objects = append(objects, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelMetadataName: name}}})
	}
	found, err := evaluate.New(objects, evaluate.Cluster{})
	Expect(err).NotTo(HaveOccurred())
	return found
}

// pods of an application, as they are; and as they would be with a proxy.
func (s *shop) pods(app string) []*corev1.Pod {
	GinkgoHelper()
	var list corev1.PodList
	Expect(admin.List(s.ctx, &list, client.InNamespace(s.namespace), client.MatchingLabels{"app": app})).To(Succeed())
	Expect(list.Items).NotTo(BeEmpty())
	pods := make([]*corev1.Pod, len(list.Items))
	for i := range list.Items {
		pods[i] = &list.Items[i]
	}
	return pods
}

func meshed(pod *corev1.Pod) *corev1.Pod {
	pod = pod.DeepCopy()
	pod.Labels["linkerd.io/control-plane-ns"] = "linkerd"
	return pod
}

// mayCall says whether what a pod saw of a request may come from another pod.
func mayCall(guards *evaluate.World, from, to *corev1.Pod, seen backend.Answer) bool {
	return guards.May(evaluate.Call{
		From: evaluate.Caller{Pod: from}, To: meshed(to), Port: 8080, Request: &evaluate.Request{Method: seen.Method, Path: seen.Path, Host: seen.Host},
	}).Allowed()
}

// eventuallyRefusesGateway waits until an object says that access rules refuse what a profile leads to them.
func (s *shop) eventuallyRefusesGateway(object client.Object, words string) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		g.Expect(admin.Get(s.ctx, s.key(object.GetName()), object)).To(Succeed())
		found := meta.FindStatusCondition(conditions(object), v1alpha1.ConditionAccepted)
		g.Expect(found).NotTo(BeNil())
		g.Expect(found.Reason).To(Equal(v1alpha1.ReasonGatewayRefused))
		g.Expect(found.Message).To(ContainSubstring(words))
	}).Should(Succeed())
}

var _ = Describe("an IngressProfile and a default deny", func() {
	It("work together: what a rule lets the gateway send is let through as Traefik sends it, and nothing else is", func(ctx SpecContext) {
		outside, s := newShop(ctx, gatewayNamespace), newShop(ctx, "closed")
		outside.service("traefik", "v1")
		s.service("orders", "v1")
		s.service("web", "v1")
		gateway, basket, api := v1alpha1.GatewayName("default"), v1alpha1.PathValue("/basket"), v1alpha1.PathValue("/api")
		closed := &v1alpha1.MeshPolicy{ObjectMeta: metav1.ObjectMeta{Name: "closed"}, Spec: v1alpha1.MeshPolicySpec{
			Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, Access: &v1alpha1.Access{}, Network: &v1alpha1.Network{Isolate: true},
		}}
		open := policy("orders", &v1alpha1.Access{Rules: []v1alpha1.AccessRule{{
			From: []v1alpha1.Caller{{Gateway: &gateway}}, To: []v1alpha1.Requests{{Methods: []v1alpha1.HTTPMethod{"GET"}, Paths: []v1alpha1.AccessPath{{Prefix: &basket}}}},
		}}})
		profile := s.ingress("orders")
		profile.Spec.Routes[0].Match = &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Prefix: &basket}}
		profile.Spec.Routes = append(profile.Spec.Routes, v1alpha1.IngressRoute{
			Match: &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Prefix: &api}}, StripPrefix: true, To: v1alpha1.IngressBackend{Service: "orders", Port: 80},
		})
		s.create(closed, open, profile)
		s.eventuallyIsReady(closed)
		s.eventuallyIsReady(open)
		s.eventuallyIsReady(profile)

		guards := s.guards()
		orders, web, traefik := s.pods("orders")[0], s.pods("web")[0], outside.pods("traefik")[0]
		for _, one := range []struct {
			method, path, arrives string
			allowed               bool
		}{
			{"GET", "/basket/1", "/basket/1", true},
			{"GET", "/api/basket/1", "/basket/1", true}, // as the pods see it
			{"POST", "/basket/1", "/basket/1", false},
			{"GET", "/api/admin", "/admin", false},
		} {
			By(one.method + " " + one.path)
			seen := s.arrives(one.method, one.path)
			Expect(seen.Path).To(Equal(one.arrives))
			Expect(mayCall(guards, traefik, orders, seen)).To(Equal(one.allowed))
			Expect(mayCall(guards, web, orders, seen)).To(BeFalse(), "another pod, without identity")
			Expect(mayCall(guards, meshed(web), orders, seen)).To(BeFalse(), "another pod in the mesh")
			Expect(mayCall(guards, traefik, web, seen)).To(BeFalse(), "another Service")
		}

		By("following the gateway's pods")
		outside.scale("traefik-v1", 3)
		outside.eventuallyReady("traefik-v1", 3)
		seen := s.arrives("GET", "/basket/1")
		Eventually(func() int {
			admitted, guards := 0, s.guards()
			for _, pod := range outside.pods("traefik") {
				if mayCall(guards, pod, orders, seen) {
					admitted++
				}
			}
			return admitted
		}, time.Minute, time.Second).Should(Equal(3))

		By("saying on both objects where the rules refuse the gateway")
		s.edit(profile, func() {
			profile.Spec.Routes = append(profile.Spec.Routes, v1alpha1.IngressRoute{To: v1alpha1.IngressBackend{Service: "web", Port: 80}})
		})
		s.eventuallyRefusesGateway(profile, "MeshPolicy/closed")
		s.eventuallyRefusesGateway(closed, "IngressProfile/orders")
	})
})
