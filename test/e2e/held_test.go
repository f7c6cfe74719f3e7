package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

var _ = Describe("a bad edit", func() {
	It("of each kind changes nothing that was programmed", func(ctx SpecContext) {
		s := newShop(ctx, "held")
		s.service("orders", "v1", "v2")
		canary, mesh, edge := release("orders", "v1", 90, "v2", 10), policy("orders", nil), s.ingress("orders")
		mesh.Spec.Access = access(v1alpha1.Requests{Methods: []v1alpha1.HTTPMethod{"GET"}})
		s.create(canary, mesh, edge)
		s.eventuallyIsReady(canary)
		s.eventuallyIsReady(mesh)
		s.eventuallyIsReady(edge)
		s.eventuallyShares(map[string]float64{"v1": 0.9, "v2": 0.1})
		before := s.generated()

		By("naming a Deployment that does not exist")
		s.edit(canary, func() { canary.Spec.Variants[1].Deployment = ptr.To(v1alpha1.ObjectName("nobody")) })
		s.eventually(canary, v1alpha1.ConditionAccepted, metav1.ConditionFalse)

		By("naming a port that does not exist")
		s.edit(mesh, func() { mesh.Spec.Access.Rules[0].To[0].Ports = []v1alpha1.PortNumber{81} })
		s.eventually(mesh, v1alpha1.ConditionAccepted, metav1.ConditionFalse)

		By("naming a Service that does not exist")
		s.edit(edge, func() { edge.Spec.Routes[0].To.Service = "nobody" })
		s.eventually(edge, v1alpha1.ConditionAccepted, metav1.ConditionFalse)

		Consistently(s.generated, "2s", "200ms").Should(Equal(before))
		s.eventuallyShares(map[string]float64{"v1": 0.9, "v2": 0.1})
	})
})

// edit changes an object as it stands now: the operator writes its status meanwhile.
func (s *shop) edit(object client.Object, change func()) {
	GinkgoHelper()
	Eventually(func() error {
		if err := admin.Get(s.ctx, s.key(object.GetName()), object); err != nil {
			return err
		}
		change()
		return admin.Update(s.ctx, object)
	}).Should(Succeed())
}

// generated are the resource versions of all objects that the operator made in the namespace.
func (s *shop) generated() map[string]string {
	GinkgoHelper()
	output, err := world.Kubectl(s.ctx, "get", "-n", s.namespace, "-l", v1alpha1.LabelManagedBy+"="+v1alpha1.ManagedBy,
		"services,ingressroutes.traefik.io,traefikservices,middlewares.traefik.io,tlsoptions.traefik.io,"+policyKinds,
		"-o", `jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.resourceVersion}{"\n"}{end}`)
	Expect(err).NotTo(HaveOccurred())
	return lines(output)
}

// policyKinds are the kinds of Linkerd's policy generation.
const policyKinds = "httproutes.policy.linkerd.io,servers.policy.linkerd.io,authorizationpolicies.policy.linkerd.io," +
	"meshtlsauthentications.policy.linkerd.io,networkauthentications.policy.linkerd.io"

var _ = Describe("a held profile", func() {
	It("keeps the Services that it leads to when their release is deleted, and its answers with them", func(ctx SpecContext) {
		s := newShop(ctx, "held-route")
		s.service("orders", "v1", "v2")
		canary, edge := release("orders", "v1", 50, "v2", 50), s.ingress("orders")
		s.create(canary, edge)
		s.eventuallyIsReady(canary)
		s.eventuallyIsReady(edge)
		s.eventuallyShares(map[string]float64{"v1": 0.5, "v2": 0.5})
		s.edit(edge, func() { edge.Spec.Routes[0].To.Service = "nobody" })
		s.eventually(edge, v1alpha1.ConditionAccepted, metav1.ConditionFalse)
		result := s.underLoad(ctx, func() {
			Expect(admin.Delete(ctx, canary)).To(Succeed())
			Consistently(func() int { return s.count(20).Failed }, "8s", "500ms").Should(BeZero())
		})
		Expect(result.Err()).NotTo(HaveOccurred())
	})

	It("follows its release: weights, and a version that goes", func(ctx SpecContext) {
		s := newShop(ctx, "held-split")
		s.service("orders", "v1", "v2")
		canary, edge := release("orders", "v1", 90, "v2", 10), s.ingress("orders")
		s.create(canary, edge)
		s.eventuallyIsReady(canary)
		s.eventuallyIsReady(edge)
		s.eventuallyShares(map[string]float64{"v1": 0.9, "v2": 0.1})
		s.edit(edge, func() { edge.Spec.Routes[0].To.Service = "nobody" })
		s.eventually(edge, v1alpha1.ConditionAccepted, metav1.ConditionFalse)
		result := s.underLoad(ctx, func() {
			s.setWeights("orders", map[string]int32{"v1": 50, "v2": 50})
			s.eventuallyShares(map[string]float64{"v1": 0.5, "v2": 0.5})
			s.scale("orders-v2", 0)
			s.eventuallyProgrammed("orders", "0")
			s.eventuallyReady("orders-v2", 0)
			s.eventuallyShares(map[string]float64{"v1": 1})
		})
		Expect(result.Err()).NotTo(HaveOccurred())
		By("mending the profile")
		s.edit(edge, func() { edge.Spec.Routes[0].To.Service = "orders" })
		s.eventuallyIsReady(edge)
		s.scale("orders-v2", 2)
		s.eventuallyShares(map[string]float64{"v1": 0.5, "v2": 0.5})
	})
})
