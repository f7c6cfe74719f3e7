package edge

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// window is a way to the API of a Traefik that counts who looks through it.
type window struct {
	*httptest.Server
	looks atomic.Int64
}

func newWindow(to string) *window {
	GinkgoHelper()
	address, err := url.Parse(to)
	Expect(err).NotTo(HaveOccurred())
	w := &window{}
	proxy := httputil.NewSingleHostReverseProxy(address)
	w.Server = httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, request *http.Request) {
		w.looks.Add(1)
		proxy.ServeHTTP(to, request)
	}))
	DeferCleanup(w.Close)
	return w
}

// programmed waits for a status of Programmed and gives what it says.
func programmed(p *v1alpha1.IngressProfile, status metav1.ConditionStatus) *metav1.Condition {
	GinkgoHelper()
	return shop.eventually(p, v1alpha1.ConditionProgrammed, status)
}

var _ = Describe("a gateway that is asked what it serves", func() {
	asking := func(name, secret string) *v1alpha1.IngressProfile {
		return behind("asked", profile(name, with(route("/", "web"), func(r *v1alpha1.IngressRoute) {
			r.Auth = &v1alpha1.IngressAuth{Basic: &v1alpha1.BasicAuth{SecretName: v1alpha1.ObjectName(secret)}}
		})))
	}

	It("tells with its own words what it refuses, and when it serves it at last", func() {
		broken := asking("broken", "broken-users")
		shop.create(broken)
		said := programmed(broken, metav1.ConditionFalse)
		Expect(said.Reason).To(Equal(v1alpha1.ReasonNotServed))
		Expect(said.Message).To(MatchRegexp(`^the gateway asked does not serve IngressRoute broken-route-\w+: middleware "shop-broken-\S+" does not exist`))
		Expect(shop.eventually(broken, v1alpha1.ConditionReady, metav1.ConditionFalse).Message).To(Equal(said.Message))
		Expect(ask(hostOf("broken"), "/").StatusCode).To(Equal(http.StatusServiceUnavailable), "the guard answers")

		By("providing the Secret that the middleware needs")
		shop.create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "broken-users"}, StringData: map[string]string{"users": "alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="}})
		programmed(broken, metav1.ConditionTrue)
		Expect(ask(hostOf("broken"), "/").StatusCode).To(Equal(http.StatusUnauthorized))
	})

	It("is not repeated where its words hold a password", func() {
		const password = "hunter2-in-the-clear"
		shop.create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "garbled-users"}, StringData: map[string]string{"users": password}})
		garbled := asking("garbled", "garbled-users")
		shop.create(garbled)
		said := programmed(garbled, metav1.ConditionFalse)
		Expect(said.Message).To(HaveSuffix("error parsing BasicUser (not repeated here, it holds a password)"))
		routers, err := world.Traefik.Routers(shop.ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(routers).To(ContainElement(HaveField("Errors", ContainElement(ContainSubstring(password)))), "Traefik itself repeats it")
	})

	It("tells of TLS options that it refuses", func() {
		ca := newAuthority("bank")
		shop.create(ca.secret("unsigned-tls", hostOf("unsigned")))
		unsigned := behind("asked", secured("unsigned", func(t *v1alpha1.IngressTLS) {
			t.ClientAuth = &v1alpha1.ClientAuth{Mode: v1alpha1.ClientAuthRequire, CASecret: "nobody"}
		}, route("/", "web")))
		shop.create(unsigned)
		Expect(programmed(unsigned, metav1.ConditionFalse).Message).To(ContainSubstring("building TLS config"))
	})

	It("tells for which hosts it has no certificate, and when it has", func() {
		ca := newAuthority("bank")
		papers := behind("asked", secured("papers", func(*v1alpha1.IngressTLS) {}, route("/", "web")))
		shop.create(papers)
		said := shop.eventually(papers, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse)
		Expect(said.Reason).To(Equal(v1alpha1.ReasonNotLoaded))
		Expect(said.Message).To(HavePrefix("the gateway asked has no certificate for papers.example: is there a Secret papers-tls"))
		Expect(answersOverTLS(ca.secure(), "papers", "/")).To(BeZero(), "it is closed meanwhile")

		By("providing the Secret")
		shop.create(ca.secret("papers-tls", hostOf("papers")))
		Expect(shop.eventually(papers, v1alpha1.ConditionSecretsReady, metav1.ConditionTrue).Reason).To(Equal(v1alpha1.ReasonLoaded))
		shop.eventually(papers, v1alpha1.ConditionReady, metav1.ConditionTrue)
		Expect(answersOverTLS(ca.secure(), "papers", "/")).To(Equal(http.StatusOK))
	})

	It("tells what it does not load at all", func() {
		lost := behind("lost", profile("lost", route("/", "web")))
		shop.create(lost)
		Expect(programmed(lost, metav1.ConditionFalse).Message).To(MatchRegexp(`^the gateway lost has not loaded IngressRoute lost-route-\w+: is its label selector`))
	})

	It("is left alone otherwise", func() {
		served := behind("asked", profile("served", route("/", "web")))
		shop.publish(served)
		unasked := profile("unasked", with(route("/", "web"), func(r *v1alpha1.IngressRoute) {
			r.Auth = &v1alpha1.IngressAuth{Basic: &v1alpha1.BasicAuth{SecretName: "nobody"}}
		}))
		shop.create(unasked)
		shop.eventually(unasked, v1alpha1.ConditionReady, metav1.ConditionTrue)
		before := asked.looks.Load()
		Eventually(func() int64 { return asked.looks.Load() - before }).Should(BeNumerically(">", 3), "the gateway beside it is asked meanwhile")
		Expect(programmed(unasked, metav1.ConditionTrue).Reason).To(Equal(v1alpha1.ReasonStored))
		Expect(programmed(served, metav1.ConditionTrue).Reason).To(Equal(v1alpha1.ReasonStored))
	})
})
