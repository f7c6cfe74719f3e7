package edge

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
)

// behind names the gateway of a profile.
func behind(gateway v1alpha1.GatewayName, p *v1alpha1.IngressProfile) *v1alpha1.IngressProfile {
	p.Spec.Gateway = &gateway
	return p
}

// loaded are the names of everything that a Traefik has loaded for a profile.
func loaded(from *testbed.Traefik, profile string) []string {
	GinkgoHelper()
	var everything struct {
		Routers, Middlewares, Services map[string]any
	}
	Expect(from.Get(shop.ctx, "/api/rawdata", &everything)).To(Succeed())
	var names []string
	for _, kind := range []map[string]any{everything.Routers, everything.Middlewares, everything.Services} {
		for name := range kind {
			if strings.HasPrefix(name, shop.name+"-"+profile+"-") {
				names = append(names, name)
			}
		}
	}
	return names
}

func throughIntranet(host, path string, edits ...edit) (reply, error) {
	return send(plain, intranet.Web()+path, host, edits...)
}

var _ = Describe("a gateway", func() {
	It("loads nothing of another's", func() {
		limited := with(route("/", "web"), func(r *v1alpha1.IngressRoute) { r.RateLimit = &v1alpha1.RateLimit{Average: 1000} })
		shop.publish(withHeaders(profile("outer", limited)))
		shop.publish(withHeaders(behind("intranet", profile("inner", limited))))
		eventuallyAnswers(http.StatusOK, hostOf("outer"), "/")
		Eventually(func() []string { return loaded(intranet, "inner") }).Should(ContainElement(ContainSubstring("-route-")))
		Expect(loaded(world.Traefik, "outer")).To(ContainElements(ContainSubstring("-route-"), ContainSubstring("-ratelimit-"), ContainSubstring("-guard-")))
		Expect(loaded(world.Traefik, "inner")).To(BeEmpty())
		Expect(loaded(intranet, "outer")).To(BeEmpty())
		Expect(ask(hostOf("inner"), "/").StatusCode).To(Equal(http.StatusNotFound))
		came, err := throughIntranet(hostOf("outer"), "/")
		Expect(err).NotTo(HaveOccurred())
		Expect(came.StatusCode).To(Equal(http.StatusNotFound))
	})

	It("moves a profile that names another", func() {
		moving := profile("moving", route("/", "web"))
		shop.publish(moving)
		eventuallyAnswers(http.StatusOK, hostOf("moving"), "/")
		shop.edit(moving, func() { moving.Spec.Gateway = ptr.To(v1alpha1.GatewayName("intranet")) })
		shop.eventually(moving, v1alpha1.ConditionReady, metav1.ConditionTrue)
		Eventually(func() []string { return loaded(intranet, "moving") }).ShouldNot(BeEmpty())
		eventuallyAnswers(http.StatusNotFound, hostOf("moving"), "/")
		Eventually(func() []string { return loaded(world.Traefik, "moving") }).Should(BeEmpty())
	})
})

// withHeaders is a preset that needs no hardened gateway.
func withHeaders(p *v1alpha1.IngressProfile) *v1alpha1.IngressProfile {
	p.Spec.Security = &v1alpha1.SecurityHeaders{FrameOptions: ptr.To("Deny")}
	return p
}

var _ = Describe("a meshed gateway", Serial, func() {
	It("calls the Services behind a release by their cluster IPs, and lets nobody outside talk to the mesh", func() {
		v1, v2 := v1alpha1.ObjectName("orders-v1"), v1alpha1.ObjectName("orders-v2")
		release := &v1alpha1.CanaryRelease{ObjectMeta: metav1.ObjectMeta{Name: "meshed"}, Spec: v1alpha1.CanaryReleaseSpec{
			Service: v1alpha1.ReleaseService{Name: "orders"}, Stable: "v1",
			Variants: []v1alpha1.Variant{{Name: "v1", Deployment: &v1, Weight: ptr.To(int32(75))}, {Name: "v2", Deployment: &v2, Weight: ptr.To(int32(25))}},
		}}
		shop.create(release)
		shop.released(release)
		shop.publish(behind("intranet", profile("meshed", route("/", "orders"))))

		By("showing that nothing answers before the cluster IPs do")
		Eventually(func(g Gomega) {
			came, err := throughIntranet(hostOf("meshed"), "/")
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(came.StatusCode).To(Equal(http.StatusBadGateway))
		}).Should(Succeed())
		for _, leaf := range shop.leaves("orders") {
			Expect(cluster.Serve(shop.ctx, shop.name, leaf)).To(Succeed())
		}

		Eventually(func() map[string]bool { // the gateway knows both
			seen := map[string]bool{}
			for range 8 {
				if came, err := throughIntranet(hostOf("meshed"), "/"); err == nil {
					seen[came.variant] = true
				}
			}
			return seen
		}).Should(Equal(map[string]bool{"v1": true, "v2": true}))
		variants := map[string]int{}
		for range 40 {
			came, err := throughIntranet(hostOf("meshed"), "/", header("l5d-dst-override", "web.shop.svc.cluster.local:80"),
				header("L5D-Timeout", "1"), header("l5d-client-id", "forged"), header("X-Kept", "1"))
			Expect(err).NotTo(HaveOccurred())
			Expect(came.StatusCode).To(Equal(http.StatusOK))
			variants[came.variant]++
			Expect(came.asked.Headers).To(HaveKey("X-Kept"))
			for name := range came.asked.Headers {
				Expect(strings.ToLower(name)).NotTo(HavePrefix("l5d-"))
			}
		}
		Expect(variants).To(Equal(map[string]int{"v1": 30, "v2": 10}), "the release's shares, once")
	})
})
