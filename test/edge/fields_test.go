package edge

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed/backend"
)

// strict are the headers that an auditor looks for.
func withStrict(p *v1alpha1.IngressProfile) *v1alpha1.IngressProfile {
	p.Spec.Security = &v1alpha1.SecurityHeaders{Preset: ptr.To(v1alpha1.SecurityStrict)}
	return p
}

var _ = Describe("a route", func() {
	It("is chosen by methods and headers besides its path", func() {
		app, read := route("/api", "orders"), route("/api", "orders")
		app.Match.Headers = []v1alpha1.ValueMatch{{Name: "X-Channel", Value: ptr.To(v1alpha1.MatchValue("app"))}}
		app.To.Service, read.Match.Methods = "web", []v1alpha1.HTTPMethod{"GET"}
		read.RequestHeaders = &v1alpha1.RequestHeaders{Set: []v1alpha1.RequestHeader{{Name: "X-Route", Value: "read"}}}
		shop.publish(profile("matches", route("/api", "orders"), app, read))
		Expect(ask(hostOf("matches"), "/api", method("POST"), header("X-Channel", "app")).variant).To(Equal("web"))
		came := ask(hostOf("matches"), "/api")
		Expect(came.StatusCode).To(Equal(http.StatusOK))
		Expect(came.asked.Headers.Get("X-Route")).To(Equal("read"))
		Expect(ask(hostOf("matches"), "/api", method("POST")).asked.Headers.Get("X-Route")).To(BeEmpty())
		Expect(ask(hostOf("matches"), "/other").StatusCode).To(Equal(http.StatusNotFound))
	})

	It("admits listed networks, and nobody whose address it does not know", func() {
		listed := with(route("/", "web"), func(r *v1alpha1.IngressRoute) { r.AllowFrom = []v1alpha1.CIDR{"10.1.0.0/16", "2001:db8::/32"} })
		shop.publish(withStrict(profile("allowed", listed)))
		eventuallyAnswers(http.StatusOK, hostOf("allowed"), "/", header("X-Forwarded-For", "10.1.2.3"))
		for address, status := range map[string]int{
			"10.2.0.1": http.StatusForbidden, "2001:db8::1": http.StatusOK, "10.1.2.3, 192.0.2.1": http.StatusForbidden, "192.0.2.1, 10.1.2.3": http.StatusOK,
		} {
			Expect(ask(hostOf("allowed"), "/", header("X-Forwarded-For", address)).StatusCode).To(Equal(status), address)
		}
		refused := ask(hostOf("allowed"), "/")
		Expect(refused.StatusCode).To(Equal(http.StatusForbidden))
		Expect(refused.Header.Get("X-Frame-Options")).To(Equal("DENY"), "the headers are on refusals too")
	})

	It("asks for a password, hides it from the Service, and answers 503 when the Secret is missing", func() {
		users := with(route("/", "web"), func(r *v1alpha1.IngressRoute) {
			r.Auth = &v1alpha1.IngressAuth{Basic: &v1alpha1.BasicAuth{SecretName: "users"}}
		})
		shop.store(profile("password", users))
		eventuallyAnswers(http.StatusServiceUnavailable, hostOf("password"), "/")
		shop.create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "users"}, StringData: map[string]string{
			"users": "alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", // password
		}})
		eventuallyAnswers(http.StatusUnauthorized, hostOf("password"), "/")
		came := ask(hostOf("password"), "/", func(request *http.Request) { request.SetBasicAuth("alice", "password") })
		Expect(came.StatusCode).To(Equal(http.StatusOK))
		Expect(came.asked.Headers).NotTo(HaveKey("Authorization"))
		Expect(ask(hostOf("password"), "/", func(request *http.Request) { request.SetBasicAuth("alice", "wrong") }).StatusCode).To(Equal(http.StatusUnauthorized))
	})

	It("asks another Service about each request, which may add headers and refuse", Serial, func() {
		DeferCleanup(world.Backend.Reset)
		asked := with(route("/", "web"), func(r *v1alpha1.IngressRoute) {
			r.Auth = &v1alpha1.IngressAuth{Forward: &v1alpha1.ForwardAuth{
				Service: "sso", Port: 80, Path: "/check", ResponseHeaders: []v1alpha1.AuthHeader{"X-Pod"},
			}}
		})
		shop.publish(profile("forwarded", asked))

		By("letting nobody in while the Service is not found")
		Eventually(func() int { return ask(hostOf("forwarded"), "/").StatusCode }).Should(Equal(http.StatusInternalServerError))
		Expect(ask(hostOf("forwarded"), "/").variant).To(BeEmpty())

		By("letting in whom it lets in, with what it says of them")
		Expect(cluster.Serve(shop.ctx, shop.name, "sso")).To(Succeed())
		eventuallyAnswers(http.StatusOK, hostOf("forwarded"), "/")
		came := ask(hostOf("forwarded"), "/", header("X-Pod", "forged"))
		Expect(came.asked.Headers).To(HaveKeyWithValue("X-Pod", ConsistOf(HavePrefix("sso-sso-"))))

		By("passing on its refusal")
		world.Backend.Set(backend.Matcher{Namespace: "shop", Labels: map[string]string{"app": "sso"}}, backend.Behaviour{ErrorRate: 1, Status: http.StatusForbidden})
		refused := ask(hostOf("forwarded"), "/")
		Expect(refused.StatusCode).To(Equal(http.StatusForbidden))
		Expect(refused.variant).To(Equal("sso"), "the answer is that of the Service that was asked")
	})

	It("has the security headers on what the Service says and on 503 when it has no pods", func() {
		shop.create(&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "nobody"}, Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": "nobody"}, Ports: []corev1.ServicePort{{Name: "http", Port: 80}},
		}})
		shop.publish(withStrict(profile("framed", route("/", "web"), route("/nobody", "nobody"))))
		eventuallyAnswers(http.StatusOK, hostOf("framed"), "/")
		eventuallyAnswers(http.StatusServiceUnavailable, hostOf("framed"), "/nobody")
		for path, status := range map[string]int{"/": http.StatusOK, "/nobody": http.StatusServiceUnavailable} {
			came := ask(hostOf("framed"), path)
			Expect(came.StatusCode).To(Equal(status), "a Service without pods takes no other route with it")
			for name, value := range map[string]string{
				"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'self'",
				"Referrer-Policy": "no-referrer", "Server": "", "X-Powered-By": "",
			} {
				Expect(came.Header.Get(name)).To(Equal(value), "%s on %d", name, status)
			}
			Expect(came.Header.Get("Permissions-Policy")).NotTo(BeEmpty())
		}
	})

	It("has the security headers on a 404 of the Service", Serial, func() {
		DeferCleanup(world.Backend.Reset)
		shop.publish(withStrict(profile("missing", route("/", "sso"))))
		eventuallyAnswers(http.StatusOK, hostOf("missing"), "/")
		world.Backend.Set(backend.Matcher{Namespace: "shop", Labels: map[string]string{"app": "sso"}}, backend.Behaviour{ErrorRate: 1, Status: http.StatusNotFound})
		came := ask(hostOf("missing"), "/nothing")
		Expect(came.StatusCode).To(Equal(http.StatusNotFound))
		Expect(came.Header.Get("X-Frame-Options")).To(Equal("DENY"))
	})

	It("bounds bodies", func() {
		bounded := with(route("/", "web"), func(r *v1alpha1.IngressRoute) { r.BodyLimit = ptr.To("1Ki") })
		shop.publish(profile("body", bounded))
		eventuallyAnswers(http.StatusOK, hostOf("body"), "/", body(1024))
		Expect(ask(hostOf("body"), "/", body(1025)).StatusCode).To(Equal(http.StatusRequestEntityTooLarge))
	})

	It("sets and removes headers of requests", func() {
		changed := with(route("/", "web"), func(r *v1alpha1.IngressRoute) {
			r.RequestHeaders = &v1alpha1.RequestHeaders{
				Set: []v1alpha1.RequestHeader{{Name: "X-Channel", Value: "web"}}, Remove: []v1alpha1.HeaderName{"X-Debug"},
			}
		})
		shop.publish(profile("headers", changed))
		eventuallyAnswers(http.StatusOK, hostOf("headers"), "/")
		came := ask(hostOf("headers"), "/", header("X-Channel", "forged"), header("x-debug", "1"), header("X-Kept", "1"))
		Expect(came.asked.Headers).To(HaveKeyWithValue("X-Channel", ConsistOf("web")))
		Expect(came.asked.Headers).NotTo(HaveKey("X-Debug"))
		Expect(came.asked.Headers).To(HaveKey("X-Kept"))
	})

	It("refuses encoded slashes on a hardened gateway", func() {
		shop.publish(profile("encoded", route("/", "web")))
		eventuallyAnswers(http.StatusOK, hostOf("encoded"), "/a")
		Expect(ask(hostOf("encoded"), "/a%2fb").StatusCode).To(Equal(http.StatusBadRequest))
	})
})

var _ = Describe("a route to slow pods", Serial, func() {
	AfterEach(func() { world.Backend.Reset() })
	slow := func(app string, latency time.Duration) {
		world.Backend.Set(backend.Matcher{Namespace: "shop", Labels: map[string]string{"app": app}}, backend.Behaviour{Latency: latency})
	}

	It("ends requests whose answer does not begin in time", func() {
		// A Service of its own: Traefik shares the timeout with all routes to the port, those of a profile that is being withdrawn among them.
		bounded := with(route("/", "slow"), func(r *v1alpha1.IngressRoute) { r.Timeout = ptr.To(v1alpha1.Duration("300ms")) })
		shop.publish(profile("timeout", bounded))
		eventuallyAnswers(http.StatusOK, hostOf("timeout"), "/")
		slow("slow", 5*time.Second)
		eventuallyAnswers(http.StatusGatewayTimeout, hostOf("timeout"), "/")
	})

	It("bounds requests that are under way, and answers the others 429 with the headers", func() {
		bounded := with(route("/", "orders"), func(r *v1alpha1.IngressRoute) { r.MaxInFlight = ptr.To(int64(2)) })
		shop.publish(withStrict(profile("inflight", bounded)))
		eventuallyAnswers(http.StatusOK, hostOf("inflight"), "/")
		slow("orders", time.Second)
		var group sync.WaitGroup
		var mu sync.Mutex
		statuses := map[int]int{}
		framed := 0
		for range 8 {
			group.Go(func() {
				defer GinkgoRecover()
				came := ask(hostOf("inflight"), "/")
				mu.Lock()
				defer mu.Unlock()
				statuses[came.StatusCode]++
				if came.StatusCode == http.StatusTooManyRequests && came.Header.Get("X-Frame-Options") == "DENY" {
					framed++
				}
			})
		}
		group.Wait()
		Expect(statuses).To(Equal(map[int]int{http.StatusOK: 2, http.StatusTooManyRequests: 6}))
		Expect(framed).To(Equal(6))
	})
})

var _ = Describe("a Service under release at the edge", Serial, func() {
	var canary *v1alpha1.CanaryRelease
	BeforeEach(func() {
		v1, v2 := v1alpha1.ObjectName("orders-v1"), v1alpha1.ObjectName("orders-v2")
		canary = &v1alpha1.CanaryRelease{ObjectMeta: metav1.ObjectMeta{Name: "orders"}, Spec: v1alpha1.CanaryReleaseSpec{
			Service: v1alpha1.ReleaseService{Name: "orders"}, Stable: "v1",
			Variants: []v1alpha1.Variant{{Name: "v1", Deployment: &v1, Weight: ptr.To(int32(50))}, {Name: "v2", Deployment: &v2, Weight: ptr.To(int32(50))}},
			Matches: []v1alpha1.ReleaseMatch{{To: "v2", Any: []v1alpha1.RequestMatch{{
				Headers: []v1alpha1.ValueMatch{{Name: "X-Canary", Value: ptr.To(v1alpha1.MatchValue("1"))}},
			}}}},
		}}
	})

	It("keeps the password and the limits of its route on what its matches lead away", func() {
		shop.create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "testers"}, StringData: map[string]string{"users": "alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="}})
		guarded := with(route("/", "orders"), func(r *v1alpha1.IngressRoute) {
			r.Auth = &v1alpha1.IngressAuth{Basic: &v1alpha1.BasicAuth{SecretName: "testers"}}
			r.RateLimit = &v1alpha1.RateLimit{Average: 1, Period: ptr.To(v1alpha1.Duration("1m")), Burst: ptr.To(int64(5))}
		})
		shop.create(canary)
		shop.released(canary)
		shop.publish(profile("released", guarded))
		login := func(request *http.Request) { request.SetBasicAuth("alice", "password") }
		Expect(ask(hostOf("released"), "/", header("X-Canary", "1"), header("X-Forwarded-For", "192.0.2.1")).StatusCode).To(Equal(http.StatusUnauthorized))
		for client := range 10 { // the match, and not the split
			from := header("X-Forwarded-For", fmt.Sprintf("198.18.0.%d", client+1))
			Expect(ask(hostOf("released"), "/", header("X-Canary", "1"), from, login).variant).To(Equal("v2"))
		}
		statuses := map[int]int{}
		for range 10 {
			came := ask(hostOf("released"), "/", header("X-Canary", "1"), header("X-Forwarded-For", "192.0.2.2"), login)
			statuses[came.StatusCode]++
			if came.StatusCode == http.StatusOK {
				Expect(came.variant).To(Equal("v2"))
			}
		}
		Expect(statuses).To(Equal(map[int]int{http.StatusOK: 5, http.StatusTooManyRequests: 5}))
	})

	It("keeps clients with a variant by a cookie", func() {
		sticky := with(route("/", "orders"), func(r *v1alpha1.IngressRoute) {
			r.Sticky = &v1alpha1.Sticky{Cookie: v1alpha1.StickyCookie{Name: "cohort", MaxAge: ptr.To(v1alpha1.Duration("1h"))}}
		})
		shop.create(canary)
		shop.released(canary)
		shop.publish(profile("sticky", sticky))
		seen := map[string]bool{}
		for range 2 {
			first := ask(hostOf("sticky"), "/")
			cookie := first.Header.Get("Set-Cookie")
			Expect(cookie).To(And(HavePrefix("cohort="), ContainSubstring("HttpOnly"), ContainSubstring("Max-Age=3600"), ContainSubstring("SameSite=Lax")))
			pair, _, _ := strings.Cut(cookie, ";")
			for range 10 {
				Expect(ask(hostOf("sticky"), "/", header("Cookie", pair)).variant).To(Equal(first.variant))
			}
			seen[first.variant] = true
		}
		Expect(seen).To(HaveLen(2), "both variants are met by new clients")
	})
})
