package edge

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed/backend"
)

// slice tells an endpoint of a Service that has no selector.
func slice(service, name, address string, port int32) *discoveryv1.EndpointSlice {
	return &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: name, Labels: map[string]string{discoveryv1.LabelServiceName: service}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints:   []discoveryv1.Endpoint{{Addresses: []string{address}, Conditions: discoveryv1.EndpointConditions{Ready: ptr.To(true)}}},
		Ports:       []discoveryv1.EndpointPort{{Name: ptr.To("http"), Port: ptr.To(port), Protocol: ptr.To(corev1.ProtocolTCP)}},
	}
}

var _ = Describe("a route with retries", Serial, func() {
	It("sends again what no pod took, and nothing that a pod has begun to read", func() {
		var pods corev1.PodList
		Expect(admin.List(shop.ctx, &pods, client.InNamespace(shop.name), client.MatchingLabels{"app": "web"})).To(Succeed())
		Expect(pods.Items).To(HaveLen(1))
		shop.create(
			&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "half"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "http", Port: 80}}}},
			slice("half", "half-live", pods.Items[0].Status.PodIP, 8080), slice("half", "half-dead", "10.244.250.1", 9)) // where nobody listens
		again := with(route("/again", "half"), func(r *v1alpha1.IngressRoute) { r.Retries = &v1alpha1.IngressRetries{Attempts: 3} })
		shop.publish(profile("half", route("/once", "half"), again))

		By("asking where every other connection is refused")
		answers := map[string]map[int]int{"/once": {}, "/again": {}}
		for path, counts := range answers {
			for range 100 {
				counts[ask(hostOf("half"), path).StatusCode]++
			}
		}
		Expect(answers["/again"]).To(Equal(map[int]int{http.StatusOK: 100}))
		Expect(answers["/once"]).To(Equal(map[int]int{http.StatusOK: 50, http.StatusBadGateway: 50}))

		By("asking a pod that answers every other request with an error: sent twice, none would fail")
		DeferCleanup(world.Backend.Reset)
		shop.publish(profile("whole", with(route("/", "web"), func(r *v1alpha1.IngressRoute) { r.Retries = &v1alpha1.IngressRetries{Attempts: 3} })))
		world.Backend.Set(backend.Matcher{Namespace: "shop", Labels: map[string]string{"app": "web"}}, backend.Behaviour{ErrorRate: 0.5, Status: http.StatusServiceUnavailable})
		failed := 0
		for range 20 {
			if ask(hostOf("whole"), "/").StatusCode == http.StatusServiceUnavailable {
				failed++
			}
		}
		Expect(failed).To(Equal(10))
	})
})
