package e2e

import (
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed/load"
)

var _ = Describe("a CanaryRelease behind an IngressProfile", func() {
	It("shares 10,000 requests 90 to 10 within half a per cent", func(ctx SpecContext) {
		s := newShop(ctx, "weights-two")
		s.service("orders", "v1", "v2")
		canary, profile := release("orders", "v1", 90, "v2", 10), s.ingress("orders")
		s.create(canary, profile)
		s.eventuallyIsReady(canary)
		s.eventuallyIsReady(profile)
		s.eventuallyShares(map[string]float64{"v1": 0.9, "v2": 0.1})
		result := s.count(10_000)
		GinkgoWriter.Println("90/10:", result.ByVariant)
		Expect(result.Share("v2")).To(BeNumerically("~", 0.10, 0.005))
	})

	It("shares 10,000 requests 70 to 20 to 10 within one per cent", func(ctx SpecContext) {
		s := newShop(ctx, "weights-three")
		s.service("orders", "v1", "v2", "v3")
		canary := release("orders", "v1", 70, "v2", 20, "v3", 10)
		s.create(canary, s.ingress("orders"))
		s.eventuallyIsReady(canary)
		s.eventuallyShares(map[string]float64{"v1": 0.7, "v2": 0.2, "v3": 0.1})
		result := s.count(10_000)
		GinkgoWriter.Println("70/20/10:", result.ByVariant)
		Expect(result.Share("v1")).To(BeNumerically("~", 0.70, 0.01))
		Expect(result.Share("v2")).To(BeNumerically("~", 0.20, 0.01))
		Expect(result.Share("v3")).To(BeNumerically("~", 0.10, 0.01))
	})

	It("sends a header, a cookie, and a path with a method all of theirs and none of the others", func(ctx SpecContext) {
		s := newShop(ctx, "matches")
		s.service("orders", "v1", "v2", "v3", "v4")
		canary := release("orders", "v1", 100, "v2", 0, "v3", 0, "v4", 0)
		one, beta, api, post := v1alpha1.MatchValue("1"), v1alpha1.Regex("beta-[0-9]+"), v1alpha1.PathValue("/api"), v1alpha1.HTTPMethod("POST")
		canary.Spec.Matches = []v1alpha1.ReleaseMatch{
			{To: "v2", Any: []v1alpha1.RequestMatch{{Headers: []v1alpha1.ValueMatch{{Name: "X-Canary", Value: &one}}}}},
			{To: "v3", Any: []v1alpha1.RequestMatch{{Cookies: []v1alpha1.ValueMatch{{Name: "cohort", Regex: &beta}}}}},
			{To: "v4", Any: []v1alpha1.RequestMatch{{Path: &v1alpha1.PathMatch{Prefix: &api}, Method: &post}}},
		}
		s.create(canary, s.ingress("orders"))
		s.eventuallyIsReady(canary)
		header := func(o *load.Options) { o.Header = http.Header{"X-Canary": {"1"}} }
		cookie := func(o *load.Options) { o.Header = http.Header{"Cookie": {"a=b; cohort=beta-7"}} }
		pathAndMethod := func(o *load.Options) { o.URL += "api/new"; o.Method = http.MethodPost }
		s.eventuallyShares(map[string]float64{"v1": 1})
		// The weights are in an object of their own, which Traefik may load before the one with the matches.
		Eventually(func() float64 { return s.count(20, header).Share("v2") }).Should(Equal(1.0))
		Expect(s.count(500, header).Share("v2")).To(Equal(1.0))
		Expect(s.count(500, cookie).Share("v3")).To(Equal(1.0))
		Expect(s.count(500, pathAndMethod).Share("v4")).To(Equal(1.0))
		By("leaving the others with the weights")
		Expect(s.count(500).Share("v1")).To(Equal(1.0))
		Expect(s.count(100, func(o *load.Options) { o.Header = http.Header{"X-Canary": {"2"}} }).Share("v1")).To(Equal(1.0))
		Expect(s.count(100, func(o *load.Options) { o.Header = http.Header{"Cookie": {"cohort=beta-x"}} }).Share("v1")).To(Equal(1.0))
		Expect(s.count(100, func(o *load.Options) { o.URL += "apiary"; o.Method = http.MethodPost }).Share("v1")).To(Equal(1.0))
		Expect(s.count(100, func(o *load.Options) { o.URL += "api/new" }).Share("v1")).To(Equal(1.0))
	})

	It("shows an edited weight in the answers within a second", busyMachine, func(ctx SpecContext) {
		s := newShop(ctx, "weight-edit")
		s.service("orders", "v1", "v2")
		canary := release("orders", "v1", 100, "v2", 0)
		s.create(canary, s.ingress("orders"))
		s.eventuallyIsReady(canary)
		s.eventuallyShares(map[string]float64{"v1": 1})
		began := time.Now()
		s.setWeights("orders", map[string]int32{"v1": 0, "v2": 100})
		Eventually(func(g Gomega) {
			response, err := s.try("/")
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(response.Header.Get("X-Variant")).To(Equal("v2"))
		}, "5s", "5ms").Should(Succeed())
		took := time.Since(began)
		GinkgoWriter.Println("a weight edit was answered by v2 after", took)
		Expect(took).To(BeNumerically("<", time.Second))
	})
})
