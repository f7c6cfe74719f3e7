package edge

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/utils/ptr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// statuses are what some paths of a profile are answered.
func statuses(name string, paths ...string) map[string]int {
	GinkgoHelper()
	found := map[string]int{}
	for _, path := range paths {
		found[path] = ask(hostOf(name), path).StatusCode
	}
	return found
}

var _ = Describe("a path", func() {
	It("that is exact is that path alone, and comes before a prefix", func() {
		exact := with(route("/", "web"), func(r *v1alpha1.IngressRoute) {
			r.Match.Path = &v1alpha1.AccessPath{Exact: ptr.To(v1alpha1.PathValue("/login"))}
		})
		shop.publish(profile("exact", exact))
		Expect(statuses("exact", "/login", "/login?next=/", "/login/", "/login/x", "/logins", "/Login", "/")).To(Equal(map[string]int{
			"/login": http.StatusOK, "/login?next=/": http.StatusOK, "/login/": http.StatusNotFound, "/login/x": http.StatusNotFound,
			"/logins": http.StatusNotFound, "/Login": http.StatusNotFound, "/": http.StatusNotFound,
		}))
		shop.publish(profile("ranked", route("/login", "orders"), exact))
		Expect(ask(hostOf("ranked"), "/login").variant).To(Equal("web"))
		Expect(ask(hostOf("ranked"), "/login/x").variant).To(BeElementOf("v1", "v2"))
	})

	It("that is a prefix is whole segments, and is stripped where that is asked for", func() {
		stripped := with(route("/api/orders", "web"), func(r *v1alpha1.IngressRoute) { r.StripPrefix = true })
		shop.publish(profile("prefix", stripped, route("/plain", "web")))
		Expect(statuses("prefix", "/api/orders", "/api/orders/", "/api/orders-old", "/api")).To(Equal(map[string]int{
			"/api/orders": http.StatusOK, "/api/orders/": http.StatusOK, "/api/orders-old": http.StatusNotFound, "/api": http.StatusNotFound,
		}))
		Expect(ask(hostOf("prefix"), "/api/orders/7?x=1").asked.Path).To(HavePrefix("/7"))
		Expect(ask(hostOf("prefix"), "/api/orders").asked.Path).To(HavePrefix("/"))
		Expect(ask(hostOf("prefix"), "/plain/7").asked.Path).To(HavePrefix("/plain/7"))
	})
})

var _ = Describe("a header that a route asks for", func() {
	It("has a value, begins with a text, or matches an expression as a whole", func() {
		asks := func(path v1alpha1.PathValue, value v1alpha1.ValueMatch) v1alpha1.IngressRoute {
			return with(route(path, "web"), func(r *v1alpha1.IngressRoute) { r.Match.Headers = []v1alpha1.ValueMatch{value} })
		}
		shop.publish(profile("asked-headers",
			asks("/begins", v1alpha1.ValueMatch{Name: "X-Tenant", Prefix: ptr.To(v1alpha1.MatchValue("bank."))}),
			asks("/matches", v1alpha1.ValueMatch{Name: "X-Tenant", Regex: ptr.To(v1alpha1.Regex("bank[0-9]+"))})))
		for value, want := range map[string][2]int{
			"bank.a": {http.StatusOK, http.StatusNotFound}, "bank12": {http.StatusNotFound, http.StatusOK},
			"xbank.a": {http.StatusNotFound, http.StatusNotFound}, "bank12x": {http.StatusNotFound, http.StatusNotFound},
		} {
			Expect(ask(hostOf("asked-headers"), "/begins", header("X-Tenant", value)).StatusCode).To(Equal(want[0]), value)
			Expect(ask(hostOf("asked-headers"), "/matches", header("X-Tenant", value)).StatusCode).To(Equal(want[1]), value)
		}
	})
})

var _ = Describe("a wildcard", func() {
	It("stands for one label, and comes after an exact host", func() {
		any := profile("any", route("/", "web"))
		any.Spec.Hosts = []v1alpha1.Host{"*.any.example"}
		one := profile("one", route("/", "orders"))
		one.Spec.Hosts = []v1alpha1.Host{"one.any.example"}
		shop.publish(any)
		shop.publish(one)
		Expect(ask("two.any.example", "/").variant).To(Equal("web"))
		Expect(ask("one.any.example", "/").variant).To(BeElementOf("v1", "v2"))
		for _, host := range []string{"any.example", "a.b.any.example", "two.any.example.org"} {
			Expect(ask(host, "/").StatusCode).To(Equal(http.StatusNotFound), host)
		}
	})
})

var _ = Describe("security headers of a profile's own", func() {
	It("are what clients see, in place of the preset's and beside them", func() {
		own := withStrict(profile("framing", route("/", "web")))
		own.Spec.Security.FrameOptions = ptr.To("SameOrigin")
		own.Spec.Security.ContentSecurityPolicy = ptr.To(v1alpha1.HeaderValue("default-src 'self'; img-src *"))
		own.Spec.Security.ReferrerPolicy = ptr.To("same-origin")
		own.Spec.Security.PermissionsPolicy = ptr.To(v1alpha1.HeaderValue("camera=(self)"))
		shop.publish(own)
		came := ask(hostOf("framing"), "/")
		for name, value := range map[string]string{
			"X-Frame-Options": "SAMEORIGIN", "Content-Security-Policy": "default-src 'self'; img-src *", "Referrer-Policy": "same-origin",
			"Permissions-Policy": "camera=(self)", "X-Content-Type-Options": "nosniff",
		} {
			Expect(came.Header.Values(name)).To(Equal([]string{value}), name)
		}
	})
})
