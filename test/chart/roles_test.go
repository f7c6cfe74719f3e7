package chart

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/hack/rbac/rules"
)

// partsOf are the parts of the rules that a set of values asks for.
var partsOf = map[string][]string{
	"default":        {"base", "mesh", "edge"},
	"full":           {"base", "mesh", "edge"},
	"edge-only":      {"base", "edge"},
	"injection":      {"base", "mesh", "edge", "injection"},
	"restarts":       {"base", "mesh", "edge", "injection", "restarts"},
	"gateway-routes": {"base", "mesh", "gateway-routes", "edge"},
	"four-eyes":      {"base", "mesh", "edge", "four-eyes"},
}

// grants lists rules one by one, so that two ways to write the same are equal.
func grants(list []rbacv1.PolicyRule) []string {
	set := map[string]bool{}
	for _, rule := range list {
		names := rule.ResourceNames
		if len(names) == 0 {
			names = []string{""}
		}
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				for _, verb := range rule.Verbs {
					for _, name := range names {
						set[fmt.Sprintf("%s %s.%s %s", verb, resource, group, name)] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

var _ = Describe("The operator's roles", func() {
	for values, parts := range partsOf {
		It("are exactly what the drivers need: "+values, func(ctx SpecContext) {
			objects := render(ctx, values)
			name := nameOf(values)
			role := only[rbacv1.ClusterRole](objects, "ClusterRole", name)
			Expect(grants(role.Rules)).To(Equal(grants(rules.Join(parts...))))
			lease := only[rbacv1.Role](objects, "Role", name+"-own")
			Expect(grants(lease.Rules)).To(Equal(grants(rules.Join("own"))))
			isModest(role.Rules)
			isModest(lease.Rules)
		})
	}

	It("are none when somebody else creates them", func(ctx SpecContext) {
		for _, object := range render(ctx, "small") {
			Expect(object.GetKind()).NotTo(HaveSuffix("Role"))
			Expect(object.GetKind()).NotTo(HaveSuffix("RoleBinding"))
		}
	})

	It("are the same in config/rbac", func(ctx SpecContext) {
		everyday := read(root + "/config/rbac/role.yaml")
		role := parse(everyday)
		rendered := render(ctx, "default")
		Expect(grants(only[rbacv1.ClusterRole](role, "ClusterRole", rules.Name).Rules)).To(
			Equal(grants(only[rbacv1.ClusterRole](rendered, "ClusterRole", rules.Name).Rules)), "run make manifests")
		for _, kind := range []string{"ClusterRoleBinding", "RoleBinding"} {
			for _, object := range role {
				if object.GetKind() == kind {
					Expect(find(rendered, kind, object.GetName())).To(HaveLen(1))
					Expect(object.Object["subjects"]).To(Equal(find(rendered, kind, object.GetName())[0].Object["subjects"]))
				}
			}
		}
		for _, power := range []string{"injection", "restarts"} {
			besides := only[rbacv1.ClusterRole](parse(read(root+"/config/rbac/"+power+".yaml")), "ClusterRole", rules.Name+"-"+power)
			Expect(grants(besides.Rules)).To(Equal(grants(rules.Join(power))))
		}
	})

	It("of people are the same in config/rbac", func(ctx SpecContext) {
		people := parse(read(root + "/config/rbac/people.yaml"))
		rendered := render(ctx, "default")
		Expect(people).To(HaveLen(4))
		for _, role := range people {
			ours := only[rbacv1.ClusterRole](people, "ClusterRole", role.GetName())
			charts := only[rbacv1.ClusterRole](rendered, "ClusterRole", role.GetName())
			Expect(grants(ours.Rules)).To(Equal(grants(charts.Rules)))
			isModest(ours.Rules)
			for label, value := range charts.Labels {
				if strings.HasPrefix(label, rbacv1.GroupName+"/") {
					Expect(ours.Labels).To(HaveKeyWithValue(label, value))
				}
			}
		}
	})

	It("name resources that exist", func(ctx SpecContext) {
		Expect(server.InstallCRDs(ctx, root+"/config/crd/bases")).To(Succeed())
		served := servedResources(ctx)
		for _, part := range rules.Parts() {
			for _, rule := range part.Rules {
				for _, resource := range rule.Resources {
					Expect(served).To(HaveKey(schema.GroupResource{Group: rule.APIGroups[0], Resource: resource}))
				}
			}
		}
	})

	It("come with CRDs that are those of config/crd", func(ctx SpecContext) {
		entries, err := os.ReadDir(root + "/config/crd/bases")
		Expect(err).NotTo(HaveOccurred())
		shipped, err := os.ReadDir(chartPath + "/files/crds")
		Expect(err).NotTo(HaveOccurred())
		Expect(shipped).To(HaveLen(len(entries)))
		for _, entry := range entries {
			Expect(read(chartPath+"/files/crds/"+entry.Name())).To(Equal(read(root+"/config/crd/bases/"+entry.Name())), "run make manifests")
		}
	})
})

// isModest: no wildcard, no Secrets, and no way to more rights.
func isModest(list []rbacv1.PolicyRule) {
	GinkgoHelper()
	for _, rule := range list {
		Expect(rule.NonResourceURLs).To(BeEmpty())
		for _, word := range slices.Concat(rule.APIGroups, rule.Resources, rule.Verbs) {
			Expect(word).NotTo(ContainSubstring("*"))
			Expect(word).NotTo(BeElementOf("secrets", "escalate", "bind", "impersonate", "clusterroles", "roles", "serviceaccounts/token", "pods/exec"))
		}
	}
}

func servedResources(context.Context) map[schema.GroupResource]bool {
	GinkgoHelper()
	client, err := discovery.NewDiscoveryClientForConfig(server.Config())
	Expect(err).NotTo(HaveOccurred())
	_, lists, err := client.ServerGroupsAndResources()
	Expect(err).NotTo(HaveOccurred())
	served := map[schema.GroupResource]bool{}
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		Expect(err).NotTo(HaveOccurred())
		for _, resource := range list.APIResources {
			served[schema.GroupResource{Group: version.Group, Resource: resource.Name}] = true
		}
	}
	return served
}

// nameOf is the name of all objects under a set of values.
func nameOf(values string) string {
	if values == "full" {
		return "mesh-operator"
	}
	return rules.Name
}

func read(path string) string {
	GinkgoHelper()
	content, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	return string(content)
}

var _ = Describe("An operator that may ask whether Secrets are there", func() {
	It("gets their metadata in the namespaces that are named, and lists and watches none", func(ctx SpecContext) {
		const home, asked, other = "asking", "asked-about", "not-asked-about"
		for _, namespace := range []string{home, asked, other} {
			restrictedNamespace(ctx, namespace)
		}
		_, err := helm(ctx, "install", "asking", chartPath, "--namespace", home,
			"--set=config.edge.secretNamespaces={"+asked+"},crds.install=false,admissionPolicies.install=false")
		Expect(err).NotTo(HaveOccurred())
		_, err = administrator().CoreV1().Secrets(asked).Create(ctx, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: "shop-tls"}, StringData: map[string]string{"tls.key": "secret"},
		}, metav1.CreateOptions{})
		Expect(err).NotTo(HaveOccurred())

		operator := account(ctx, home, "asking")
		secret := func() *metav1.PartialObjectMetadata {
			made := &metav1.PartialObjectMetadata{}
			made.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Secret"))
			return made
		}
		there := secret()
		Expect(operator.Get(ctx, client.ObjectKey{Namespace: asked, Name: "shop-tls"}, there)).To(Succeed())
		Expect(there.Name).To(Equal("shop-tls"))
		Expect(operator.Get(ctx, client.ObjectKey{Namespace: asked, Name: "users"}, secret())).To(Satisfy(apierrors.IsNotFound))
		Expect(operator.Get(ctx, client.ObjectKey{Namespace: other, Name: "shop-tls"}, secret())).To(Satisfy(apierrors.IsForbidden))
		list := &metav1.PartialObjectMetadataList{}
		list.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("SecretList"))
		Expect(operator.List(ctx, list, client.InNamespace(asked))).To(Satisfy(apierrors.IsForbidden))
	})
})
