package egress

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/utils/ptr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

var _ = Describe("The way out fails closed", func() {
	// Traefik answers 500 where it refuses the partner, and 502 where the partner hangs up.
	failed := Or(Equal(500), Equal(502))

	DescribeTable("when TLS does not come about: there is no answer, and nobody is called without",
		func(ctx SpecContext, name string, change func(*v1alpha1.Partner)) {
			before := acquirer.count()
			open(ctx, name, toAcquirer(name, change))
			Eventually(func(g Gomega) {
				came, err := try(name+".shop", "/")
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(came.StatusCode).To(failed)
			}).Should(Succeed())
			Expect(ask(name+".shop", "/").StatusCode).To(failed)
			Expect(acquirer.count()).To(Equal(before), "a request came")
			Expect(acquirer.withoutTLS()).To(BeEmpty())
		},
		Entry("because another authority signed", "wrong-ca", func(p *v1alpha1.Partner) { p.TLS.CASecret = "wrong-ca" }),
		Entry("because the Secret with the authority is missing", "no-ca", func(p *v1alpha1.Partner) { p.TLS.CASecret = "nowhere" }),
		Entry("because the client's certificate is missing", "no-client",
			func(p *v1alpha1.Partner) { p.TLS.ClientCertificateSecret = ptr.To(v1alpha1.ObjectName("nowhere")) }),
		Entry("because the client has none", "anonymous", func(p *v1alpha1.Partner) { p.TLS.ClientCertificateSecret = nil }),
	)

	It("when the partner has another name than its certificate", func(ctx SpecContext) {
		open(ctx, "impostor", v1alpha1.Partner{Name: "impostor", Host: v1alpha1.PartnerHost(rates.host), TLS: v1alpha1.PartnerTLS{CASecret: "ca"}})
		eventuallyAnswers(200, "impostor.shop", "/")
		restore := rates.present(acquirer.host)
		defer restore()
		eventuallyAnswers(500, "impostor.shop", "/")
	})

	It("when a credential cannot be read, or nobody is there to read it", func(ctx SpecContext) {
		open(ctx, "guarded", toAcquirer("guarded", credential("acquirer-token")), toAcquirer("unmounted", credential("not-mounted")))
		eventuallyAnswers(200, "guarded.shop", "/")
		eventuallyAnswers(503, "unmounted.shop", "/", header("Authorization", "Bearer mine"))
		before := acquirer.count()
		Expect(beside.Kill()).To(Succeed())
		Expect(ask("guarded.shop", "/", header("Authorization", "Bearer mine")).StatusCode).To(Equal(500))
		Expect(acquirer.count()).To(Equal(before), "a request went on without its credential")
		Expect(beside.Restart(ctx)).To(Succeed())
		Expect(ask("guarded.shop", "/").StatusCode).To(Equal(200))
	})
})
