package e2e

import (
	"fmt"
	"strconv"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed/load"
)

// busyMachine is for bounds of time. They are promises about Kubemate; whether the machine was busy with something else for a moment is told by trying
// again, and every attempt is reported.
const busyMachine = FlakeAttempts(3)

var _ = Describe("requests while things change", Serial, func() {
	It("lose none during 50 weight edits, v2 scaled to 0 and back, and the operator killed and restarted", func(ctx SpecContext) {
		s := newShop(ctx, "calm")
		s.service("orders", "v1", "v2")
		canary := release("orders", "v1", 90, "v2", 10)
		s.create(canary, s.ingress("orders"))
		s.eventuallyIsReady(canary)
		s.eventuallyShares(map[string]float64{"v1": 0.9, "v2": 0.1})
		result := s.underLoad(ctx, func() {
			for i := range 50 {
				s.setWeights("orders", map[string]int32{"v1": int32(99 - i), "v2": int32(1 + i)})
				s.eventuallyProgrammed("orders", strconv.Itoa(1+i))
			}
			By("scaling v2 to 0 and back")
			s.scale("orders-v2", 0)
			s.eventuallyProgrammed("orders", "0")
			s.eventuallyReady("orders-v2", 0)
			By("scaling v2 up again")
			s.scale("orders-v2", 2)
			s.eventuallyProgrammed("orders", "50")
			By("killing the operator")
			Expect(kubemate.Kill()).To(Succeed())
			s.setWeights("orders", map[string]int32{"v1": 80, "v2": 20})
			Expect(kubemate.Restart(ctx)).To(Succeed())
			s.eventuallyProgrammed("orders", "20")
		})
		GinkgoWriter.Println("while things changed:", result)
		Expect(result.Done).To(BeNumerically(">", 1000))
		Expect(result.Err()).NotTo(HaveOccurred())
	})

	It("fail only in v2's share and for a second at most when all pods of v2 are lost at once", busyMachine, func(ctx SpecContext) {
		s := newShop(ctx, "loss")
		s.service("orders", "v1", "v2")
		canary := release("orders", "v1", 80, "v2", 20)
		s.create(canary, s.ingress("orders"))
		s.eventuallyIsReady(canary)
		s.eventuallyShares(map[string]float64{"v1": 0.8, "v2": 0.2})
		var lost time.Time
		result := s.underLoad(ctx, func() {
			lost = time.Now()
			s.losePods("orders", "v2")
			Eventually(func(g Gomega) {
				sample, err := load.Run(ctx, load.Options{URL: world.Traefik.Web() + "/", Host: s.host(), Count: 50, Workers: 4})
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(sample.Failed).To(BeZero())
			}).Should(Succeed())
		})
		window := lastFailure(result, lost)
		GinkgoWriter.Printf("all pods of v2 lost: %d of %d requests failed, the last %s after the loss\n", result.Failed, result.Done, window)
		AddReportEntry("loss of all pods of v2", fmt.Sprintf("%d of %d requests failed, the last %s after the loss", result.Failed, result.Done, window))
		Expect(window).To(BeNumerically("<=", time.Second))
		// 200 requests a second, a fifth of them v2's, for a second at most
		Expect(result.Failed).To(BeNumerically("<=", 50))
	})

	It("lose none when the release is deleted, and all go to stable", func(ctx SpecContext) {
		s := newShop(ctx, "deleted")
		s.service("orders", "v1", "v2")
		canary := release("orders", "v1", 50, "v2", 50)
		s.create(canary, s.ingress("orders"))
		s.eventuallyIsReady(canary)
		s.eventuallyShares(map[string]float64{"v1": 0.5, "v2": 0.5})
		result := s.underLoad(ctx, func() {
			Expect(admin.Delete(ctx, canary)).To(Succeed())
			s.eventuallyShares(map[string]float64{"v1": 1})
		})
		Expect(result.Err()).NotTo(HaveOccurred())
	})
})

// losePods takes all pods of a version away without a word, as a lost node would: the processes are gone at once.
func (s *shop) losePods(app, version string) {
	GinkgoHelper()
	var pods corev1.PodList
	selector := client.MatchingLabels{"app": app, "version": version}
	Expect(admin.List(s.ctx, &pods, client.InNamespace(s.namespace), selector)).To(Succeed())
	Expect(pods.Items).NotTo(BeEmpty())
	world.Backend.Set(downMatcher(s.namespace, version), down)
	for i := range pods.Items {
		Expect(world.SetPodReady(s.ctx, s.namespace, pods.Items[i].Name, false)).To(Succeed())
	}
}

// lastFailure is how long after an event the last request failed; 0 when none did.
func lastFailure(result load.Result, event time.Time) time.Duration {
	var last time.Duration
	for _, failure := range result.Failures {
		if after := failure.At.Sub(event); after > last {
			last = after
		}
	}
	return last
}

// eventuallyProgrammed waits until the status says that v2 has a share.
func (s *shop) eventuallyProgrammed(name, share string) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		var found v1alpha1.CanaryRelease
		g.Expect(admin.Get(s.ctx, s.key(name), &found)).To(Succeed())
		g.Expect(found.Status.ObservedGeneration).To(Equal(found.Generation))
		for _, variant := range found.Status.Variants {
			if variant.Name == "v2" {
				g.Expect(variant.Programmed).To(Equal(share))
			}
		}
	}, "30s").Should(Succeed())
}
