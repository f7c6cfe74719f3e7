package edge

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// harm takes something away that the protected route needs, behind the operator's back.
type harm struct {
	name string
	do   func(name string)
}

var harms = []harm{
	{"its middleware is deleted", func(name string) {
		middleware := generated(&traefikio.MiddlewareList{}, name, "-ratelimit-").(*traefikio.Middleware)
		Expect(admin.Delete(shop.ctx, middleware)).To(Succeed())
	}},
	{"its middleware is one that Traefik refuses", func(name string) {
		middleware := generated(&traefikio.MiddlewareList{}, name, "-ratelimit-").(*traefikio.Middleware)
		middleware.Spec.StripPrefix = &dynamic.StripPrefix{Prefixes: []string{"/admin"}} // two types in one
		Expect(admin.Update(shop.ctx, middleware)).To(Succeed())
	}},
	{"its TraefikService is deleted", func(name string) {
		Expect(admin.Delete(shop.ctx, generated(&traefikio.TraefikServiceList{}, name, "-orders-"))).To(Succeed())
	}},
	{"its IngressRoute is deleted", func(name string) {
		var routes traefikio.IngressRouteList
		Expect(admin.List(shop.ctx, &routes, client.InNamespace(shop.name))).To(Succeed())
		for i := range routes.Items {
			if one := &routes.Items[i]; strings.HasPrefix(one.Name, name+"-route-") && len(one.Spec.Routes[0].Middlewares) > 0 {
				Expect(admin.Delete(shop.ctx, one)).To(Succeed())
			}
		}
	}},
}

var _ = Describe("a protected route beneath which a broader one is open", func() {
	for i, one := range harms {
		It("answers 503 and never by the open one when "+one.name, func() {
			name := []string{"guard-a", "guard-b", "guard-c", "guard-d"}[i]
			limited := with(route("/admin", "orders"), func(r *v1alpha1.IngressRoute) {
				r.RateLimit = &v1alpha1.RateLimit{Average: 1000, Burst: ptr.To(int64(1000))}
			})
			edge := profile(name, route("/", "web"), limited)
			shop.publish(edge)
			eventuallyAnswers(http.StatusOK, hostOf(name), "/admin/users")
			Expect(ask(hostOf(name), "/admin/users").variant).To(BeElementOf("v1", "v2"))

			By("holding the profile, so that the operator does not repair what is about to break")
			shop.edit(edge, func() {
				edge.Annotations = map[string]string{v1alpha1.AnnotationReconcile: v1alpha1.ReconcileDisabled}
			})
			shop.eventually(edge, v1alpha1.ConditionAccepted, "False")
			one.do(name)

			By("asking until the route is gone, and on")
			Eventually(func(g Gomega) {
				came := ask(hostOf(name), "/admin/users")
				Expect(came.variant).NotTo(Equal("web"), "the open route has answered")
				g.Expect(came.StatusCode).To(Equal(http.StatusServiceUnavailable))
			}).Should(Succeed())
			Consistently(func() int { return ask(hostOf(name), "/admin").StatusCode }, "1s").Should(Equal(http.StatusServiceUnavailable))
			Expect(ask(hostOf(name), "/administration").variant).To(Equal("web"), "other paths are none of the guard's")

			By("letting the operator repair it")
			shop.edit(edge, func() { delete(edge.Annotations, v1alpha1.AnnotationReconcile) })
			eventuallyAnswers(http.StatusOK, hostOf(name), "/admin/users")
		})
	}
})

// generated finds an object of a profile by a part of its name.
func generated(list client.ObjectList, profile, part string) client.Object {
	GinkgoHelper()
	Expect(admin.List(shop.ctx, list, client.InNamespace(shop.name))).To(Succeed())
	var found []client.Object
	switch typed := list.(type) {
	case *traefikio.MiddlewareList:
		for i := range typed.Items {
			found = append(found, &typed.Items[i])
		}
	case *traefikio.TraefikServiceList:
		for i := range typed.Items {
			found = append(found, &typed.Items[i])
		}
	}
	for _, object := range found {
		if strings.HasPrefix(object.GetName(), profile+part) {
			return object
		}
	}
	Fail("there is no object " + profile + part)
	return nil
}
