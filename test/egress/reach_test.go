package egress

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

func prefix(value v1alpha1.PathValue, methods ...v1alpha1.HTTPMethod) *v1alpha1.IngressMatch {
	return &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Prefix: &value}, Methods: methods}
}

var _ = Describe("A partner", func() {
	It("is called by its own name, with the bank's certificate, and not told of the way inside", func(ctx SpecContext) {
		open(ctx, "plain", toAcquirer("plain"))
		eventuallyAnswers(200, "plain.shop", "/a?b=c", header("X-Forwarded-For", "10.1.2.3"), header("Forwarded", "for=10.1.2.3"), header("Authorization", "Bearer mine"))
		got := acquirer.last()
		Expect(got).To(And(HaveField("Host", acquirer.host), HaveField("Path", "/a"), HaveField("Client", "bank")))
		for name := range got.Header {
			Expect(name).NotTo(HavePrefix("X-"), "the partner was told %s", got.Header[name])
		}
		Expect(got.Header).NotTo(HaveKey("Forwarded"))
		Expect(got.Header.Get("Authorization")).To(Equal("Bearer mine"), "without a credential the caller's own goes on")
	})

	It("has names that say the namespace, and no others", func(ctx SpecContext) {
		profile := open(ctx, "named", toAcquirer("named"))
		for _, host := range []string{"named.shop", "named.shop.svc", "named.shop.svc.cluster.local"} {
			eventuallyAnswers(200, host, "/")
		}
		for _, host := range []string{"named", "named.other", acquirer.host, "named.shop.example"} {
			Expect(ask(host, "/").StatusCode).To(Equal(404), host)
		}
		Expect(profile.Status.Names).To(Equal([]string{"named.shop"}))
		Expect(profile.Status.Gateway).To(Equal("egress"))
		var service corev1.Service
		Expect(admin.Get(ctx, client.ObjectKey{Namespace: "shop", Name: "named"}, &service)).To(Succeed())
		Expect(service.Spec.ExternalName).To(Equal("egress.gateways.svc.cluster.local"))
		routers, err := world.Traefik.Routers(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(routers).NotTo(ContainElement(HaveField("Name", ContainSubstring("shop-"))), "the gateway into the cluster serves it too")
	})

	It("gets the paths and headers that are said, and only what may be sent", func(ctx SpecContext) {
		open(ctx, "routes", toAcquirer("routes", func(p *v1alpha1.Partner) {
			p.Routes = []v1alpha1.PartnerRoute{
				{Match: prefix("/pay", "POST"), RewritePath: ptr.To(v1alpha1.PathValue("/v2/payments"))},
				{Match: prefix("/plain")},
				{Match: prefix("/gone"), RewritePath: ptr.To(v1alpha1.PathValue("/"))},
			}
			p.RequestHeaders = &v1alpha1.RequestHeaders{
				Set: []v1alpha1.RequestHeader{{Name: "X-Bank", Value: "0042"}}, Remove: []v1alpha1.HeaderName{"X-Debug"},
			}
		}))
		eventuallyAnswers(200, "routes.shop", "/plain")
		ask("routes.shop", "/plain/x", header("X-Debug", "1"), header("X-Bank", "0001"))
		Expect(acquirer.last()).To(And(HaveField("Path", "/plain/x"), HaveField("Header", And(HaveKeyWithValue("X-Bank", []string{"0042"}), Not(HaveKey("X-Debug"))))))
		for path, want := range map[string]string{
			"/pay": "/v2/payments", "/pay/1": "/v2/payments/1", "/p%61y/2": "/v2/payments/2",
		} {
			Expect(ask("routes.shop", path, method(http.MethodPost)).StatusCode).To(Equal(200), path)
			Expect(acquirer.last()).To(And(HaveField("Path", want), HaveField("Method", "POST"), HaveField("Header", Not(HaveKey("X-Replaced-Path")))))
		}
		Expect(ask("routes.shop", "/gone").StatusCode).To(Equal(200))
		Expect(acquirer.last().Path).To(Equal("/"))
		before := acquirer.count()
		for _, path := range []string{"/", "/pay", "/payments", "/plainer", "/v2/payments", "/pay/../secret", "/plain/../secret"} {
			Expect(ask("routes.shop", path).StatusCode).To(Equal(404), path)
		}
		Expect(acquirer.count()).To(Equal(before), "something that may not be sent came")
	})

	It("is not called too often, too much at once, nor waited for too long", func(ctx SpecContext) {
		open(ctx, "bounds",
			toAcquirer("often", func(p *v1alpha1.Partner) {
				p.RateLimit = &v1alpha1.RateLimit{Average: 1, Period: ptr.To(v1alpha1.Duration("1h")), Burst: ptr.To(int64(3))}
			}),
			toAcquirer("slow", func(p *v1alpha1.Partner) { p.Timeout = ptr.To(v1alpha1.Duration("200ms")) }),
			toAcquirer("much", func(p *v1alpha1.Partner) { p.MaxInFlight = ptr.To(int64(1)) }),
		)
		eventuallyAnswers(504, "slow.shop", "/wait")
		eventuallyAnswers(200, "slow.shop", "/")
		eventuallyAnswers(429, "often.shop", "/")
		eventuallyAnswers(200, "much.shop", "/")
		release := acquirer.hold()
		held := make(chan int, 1)
		go func() {
			defer GinkgoRecover()
			came, err := try("much.shop", "/hold")
			Expect(err).NotTo(HaveOccurred())
			held <- came.StatusCode
		}()
		Eventually(acquirer.last).Should(HaveField("Path", "/hold"))
		Expect(ask("much.shop", "/").StatusCode).To(Equal(429))
		release()
		Eventually(held).Should(Receive(Equal(200)))
	})

	It("that asks for no certificate needs none", func(ctx SpecContext) {
		open(ctx, "rates", v1alpha1.Partner{Name: "rates", Host: v1alpha1.PartnerHost(rates.host), TLS: v1alpha1.PartnerTLS{CASecret: "ca"}})
		eventuallyAnswers(200, "rates.shop", "/")
		Expect(rates.last()).To(And(HaveField("Host", rates.host), HaveField("Client", "")))
	})

	It("stays as it is while a wrong edit stands, and goes with the profile", func(ctx SpecContext) {
		profile := open(ctx, "kept", toAcquirer("kept"))
		eventuallyAnswers(200, "kept.shop", "/")
		profile.Spec.Partners[0].Host = "api.other.example"
		Expect(admin.Update(ctx, profile)).To(Succeed())
		refused := eventually(ctx, profile, v1alpha1.ConditionAccepted, "False")
		Expect(refused.Message).To(ContainSubstring("spec.partners[0].host: the operator's configuration does not let this namespace reach api.other.example"))
		Expect(profile.Status.Names).To(Equal([]string{"kept.shop"}))
		Expect(ask("kept.shop", "/").StatusCode).To(Equal(200))
		Expect(admin.Delete(ctx, profile)).To(Succeed())
		eventuallyAnswers(404, "kept.shop", "/")
	})
})
