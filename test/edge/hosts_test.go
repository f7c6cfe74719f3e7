package edge

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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

	It("that the configuration reserves for others is not served", func() {
		reserved := profile("reserved", route("/", "web"))
		shop.create(reserved)
		Expect(shop.eventually(reserved, v1alpha1.ConditionAccepted, metav1.ConditionFalse).Message).To(ContainSubstring("reserved for namespace nobody"))
		Expect(ask(hostOf("reserved"), "/").StatusCode).To(Equal(http.StatusNotFound))
	})
})
