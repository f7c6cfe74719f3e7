package edge

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

var _ = Describe("a host", Ordered, func() {
	var thief *namespace
	BeforeAll(func() {
		thief = newNamespace(context.Background(), "thief")
		thief.service("web", "thief")
		thief.eventuallyReady("web-thief")
	})

	It("is served by its namespace alone, and more specific paths of others do not outrank it", func() {
		shop.publish(profile("owned", route("/", "web")))
		eventuallyAnswers(http.StatusOK, hostOf("owned"), "/")
		theft := profile("owned", route("/", "web"), route("/deeper/path", "web"))
		wildcard := profile("wildcard", route("/", "web"))
		wildcard.Spec.Hosts = []v1alpha1.Host{"*.example"}
		thief.create(theft, wildcard)
		Expect(thief.eventually(theft, v1alpha1.ConditionAccepted, metav1.ConditionFalse).Reason).To(Equal(v1alpha1.ReasonConflicted))
		Expect(thief.eventually(wildcard, v1alpha1.ConditionAccepted, metav1.ConditionFalse).Reason).To(Equal(v1alpha1.ReasonConflicted))
		Consistently(func() string { return ask(hostOf("owned"), "/deeper/path").variant }, "1s", "50ms").Should(Equal("web"))

		By("staying unserved when its profile goes")
		owned := profile("owned")
		owned.Namespace = shop.name
		Expect(admin.Delete(shop.ctx, owned)).To(Succeed())
		eventuallyAnswers(http.StatusNotFound, hostOf("owned"), "/deeper/path")
		Consistently(func() int { return ask(hostOf("owned"), "/deeper/path").StatusCode }, "1s", "50ms").Should(Equal(http.StatusNotFound))

		By("coming back to its owner")
		shop.publish(profile("owned", route("/", "web")))
		eventuallyAnswers(http.StatusOK, hostOf("owned"), "/")
		Expect(ask(hostOf("owned"), "/deeper/path").variant).To(Equal("web"))
	})

	It("says which routes that Kubemate did not write ask for it, as long as they do", func() {
		served := profile("claimed", route("/", "web"))
		shop.publish(served)
		foreign := &traefikio.IngressRoute{ObjectMeta: metav1.ObjectMeta{Name: "by-hand"}, Spec: traefikio.IngressRouteSpec{
			Routes: []traefikio.Route{{Kind: "Rule", Match: "Host(`" + hostOf("claimed") + "`) && PathPrefix(`/deep`)", Services: []traefikio.Service{{
				LoadBalancerSpec: traefikio.LoadBalancerSpec{Name: "web", Port: intstr.FromInt32(80)},
			}}}},
		}}
		thief.create(foreign)
		said := func() string {
			accepted := shop.eventually(served, v1alpha1.ConditionAccepted, metav1.ConditionTrue)
			return accepted.Reason + ": " + accepted.Message
		}
		Eventually(said).Should(And(HavePrefix(v1alpha1.ReasonForeignRoute), ContainSubstring("IngressRoute thief/by-hand")))
		shop.eventually(served, v1alpha1.ConditionReady, metav1.ConditionTrue)

		By("looking at another host, and back")
		match := foreign.Spec.Routes[0].Match
		thief.edit(foreign, func() { foreign.Spec.Routes[0].Match = "Host(`another.example`)" })
		Eventually(said).Should(HavePrefix(v1alpha1.ReasonAccepted))
		thief.edit(foreign, func() { foreign.Spec.Routes[0].Match = match })
		Eventually(said).Should(HavePrefix(v1alpha1.ReasonForeignRoute))
		Expect(admin.Delete(shop.ctx, foreign)).To(Succeed())
		Eventually(said).Should(HavePrefix(v1alpha1.ReasonAccepted))
	})

	It("that the configuration reserves for others is not served", func() {
		reserved := profile("reserved", route("/", "web"))
		shop.create(reserved)
		Expect(shop.eventually(reserved, v1alpha1.ConditionAccepted, metav1.ConditionFalse).Message).To(ContainSubstring("reserved for namespace nobody"))
		Expect(ask(hostOf("reserved"), "/").StatusCode).To(Equal(http.StatusNotFound))
	})
})
