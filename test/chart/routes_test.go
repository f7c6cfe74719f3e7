package chart

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// traefikObject is an object of Traefik that leads a host astray.
func traefikObject(namespace, kind, name string) *unstructured.Unstructured {
	spec := map[string]any{"routes": []any{map[string]any{
		"kind": "Rule", "match": "Host(`shop.example`)", "services": []any{map[string]any{"name": "mine", "port": int64(80)}},
	}}}
	if kind == "Middleware" {
		spec = map[string]any{"stripPrefix": map[string]any{"prefixes": []any{"/"}}}
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "traefik.io/v1alpha1", "kind": kind, "metadata": map[string]any{"namespace": namespace, "name": name}, "spec": spec,
	}}
}

var _ = Describe("Reserved routes", Ordered, func() {
	const home, team, gateways = "reserving", "reserving-team", "reserving-gateways"
	const refused = "objects of Traefik are written by Kubemate alone"
	// Both may write objects of Traefik anywhere, as far as roles go.
	developer := user{name: "dora", groups: []string{"developers"}}
	platform := user{name: "paul", groups: []string{"platform-team"}}

	BeforeAll(func(ctx SpecContext) {
		restrictedNamespace(ctx, home)
		for _, namespace := range []string{team, gateways} {
			Expect(admin.client().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})).To(Succeed())
		}
		Expect(admin.client().Create(ctx, &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: team}, Rules: []rbacv1.PolicyRule{{
			APIGroups: []string{"traefik.io"}, Resources: []string{"*"}, Verbs: []string{"*"},
		}}})).To(Succeed())
		Expect(admin.client().Create(ctx, &rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: team}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: team},
			Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: developer.name}, {APIGroup: rbacv1.GroupName, Kind: "User", Name: platform.name}},
		})).To(Succeed())
		Expect(developer.client().Create(ctx, traefikObject(team, "IngressRoute", "older"))).To(Succeed(), "before the policy is there")
		_, err := helm(ctx, "install", "reserving", chartPath, "--namespace", home, "--values", "testdata/reserved-routes.yaml")
		Expect(err).NotTo(HaveOccurred())
		Eventually(func() error {
			return developer.client().Create(ctx, traefikObject(team, "IngressRoute", "thief"), client.DryRunAll)
		}).WithContext(ctx).WithTimeout(fenceWithin).Should(MatchError(ContainSubstring(refused)))
	})

	AfterAll(func(ctx SpecContext) {
		_, err := helm(ctx, "uninstall", "reserving", "--namespace", home)
		Expect(err).NotTo(HaveOccurred())
	})

	It("are written by the operator alone, whatever the kind", func(ctx SpecContext) {
		for _, kind := range []string{"IngressRoute", "Middleware"} {
			Expect(developer.client().Create(ctx, traefikObject(team, kind, "thief"), client.DryRunAll)).To(MatchError(ContainSubstring(refused)), kind)
			Expect(admin.client().Create(ctx, traefikObject(team, kind, "thief"), client.DryRunAll)).To(MatchError(ContainSubstring(refused)), kind)
			Expect(account(ctx, home, "reserving").Create(ctx, traefikObject(team, kind, "ours"), client.DryRunAll)).To(Succeed(), kind)
		}
	})

	It("are left to exempt groups, and to everybody in exempt namespaces", func(ctx SpecContext) {
		Expect(platform.client().Create(ctx, traefikObject(team, "IngressRoute", "legacy"), client.DryRunAll)).To(Succeed())
		Expect(developer.client().Create(ctx, traefikObject(gateways, "IngressRoute", "dashboard"), client.DryRunAll)).To(Succeed())
	})

	It("that stood before can be deleted and not changed", func(ctx SpecContext) {
		older := traefikObject(team, "IngressRoute", "older")
		Expect(developer.client().Get(ctx, client.ObjectKeyFromObject(older), older)).To(Succeed())
		for name, change := range map[string]func(*unstructured.Unstructured){
			"the rule": func(o *unstructured.Unstructured) {
				Expect(unstructured.SetNestedField(o.Object, "web", "spec", "ingressClassName")).To(Succeed())
			},
			"the gateway": func(o *unstructured.Unstructured) { o.SetLabels(map[string]string{"kubemate.io/gateway": "default"}) },
			"the class": func(o *unstructured.Unstructured) {
				o.SetAnnotations(map[string]string{"kubernetes.io/ingress.class": "x"})
			},
		} {
			changed := older.DeepCopy()
			change(changed)
			Expect(developer.client().Update(ctx, changed, client.DryRunAll)).To(MatchError(ContainSubstring(refused)), name)
		}
		finalized := older.DeepCopy()
		finalized.SetFinalizers([]string{"example.com/x"})
		Expect(developer.client().Update(ctx, finalized, client.DryRunAll)).To(Succeed(), "the garbage collector's work")
		Expect(developer.client().Delete(ctx, older)).To(Succeed())
	})

	It("come with a policy that the API server does not warn of", func(ctx SpecContext) {
		policy := &admissionregistrationv1.ValidatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: "reserving-routes"}}
		Eventually(func() (int64, error) {
			err := admin.client().Get(ctx, client.ObjectKeyFromObject(policy), policy)
			return policy.Generation - policy.Status.ObservedGeneration, err
		}).WithContext(ctx).WithTimeout(fenceWithin).Should(BeZero())
		Expect(policy.Status.TypeChecking.ExpressionWarnings).To(BeEmpty())
	})
})
