package e2e

import (
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/hack/testbed/operator"
)

// steadyWindow is how long nothing may happen.
const steadyWindow = 60 * time.Second

// quiet is how long the operator asks for nothing once it has converged: longer than it waits for an installation of kinds to end.
const quiet = 8 * time.Second

var _ = Describe("the steady state", Serial, Label("slow"), func() {
	It("has no write and no live read by the operator for 60 s after convergence", func(ctx SpecContext) {
		s := newShop(ctx, "steady")
		s.service("orders", "v1", "v2")
		canary, profile := release("orders", "v1", 90, "v2", 10), s.ingress("orders")
		s.create(canary, profile)
		s.eventuallyIsReady(canary)
		s.eventuallyIsReady(profile)
		By("waiting until the operator is through with its start")
		Eventually(func() []string { return operatorRequests(time.Now().Add(-quiet)) }, "60s", "1s").Should(BeEmpty())
		began := time.Now()
		before := s.resourceVersions()
		Expect(before).NotTo(BeEmpty())
		Consistently(func(g Gomega) { g.Expect(s.resourceVersions()).To(Equal(before)) }, steadyWindow, "10s").Should(Succeed())
		requests := operatorRequests(began)
		Expect(requests).To(BeEmpty(), "leases and watches aside, the operator asked the API server for something")

		By("restarting the operator, which has compared nothing then")
		began = time.Now()
		Expect(kubemate.Kill()).To(Succeed())
		Expect(kubemate.Restart(ctx)).To(Succeed())
		Eventually(func() []string { return operatorRequests(time.Now().Add(-quiet)) }, "60s", "1s").Should(BeEmpty())
		Expect(slices.DeleteFunc(operatorRequests(began), func(request string) bool {
			return !strings.Contains(request, "/namespaces/"+s.namespace+"/")
		})).To(BeEmpty(), "it wrote, or read live, what stands as it is wanted")
		Expect(s.resourceVersions()).To(Equal(before))
	})
})

// resourceVersions are those of all objects of the namespace that the operator writes.
func (s *shop) resourceVersions() map[string]string {
	GinkgoHelper()
	output, err := world.Kubectl(s.ctx, "get", "-n", s.namespace, "canaryreleases,ingressprofiles,services,ingressroutes.traefik.io,traefikservices,httproutes.policy.linkerd.io",
		"-o", `jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.resourceVersion}{"\n"}{end}`)
	Expect(err).NotTo(HaveOccurred())
	return lines(output)
}

// operatorRequests reads the API server's audit log for what the operator did since, other than watching and holding its lease.
func operatorRequests(since time.Time) []string {
	GinkgoHelper()
	asked, err := world.Audit(operator.UserName).Since(since)
	Expect(err).NotTo(HaveOccurred())
	var found []string
	for i := range asked {
		if asked[i].ObjectRef == nil || asked[i].ObjectRef.Resource != "leases" {
			found = append(found, asked[i].Verb+" "+asked[i].RequestURI)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
