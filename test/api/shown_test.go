package api

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
)

// shortNamesElsewhere are taken by what often runs beside Kubemate and is not installed in this suite.
var shortNamesElsewhere = map[string]string{
	"cr": "cert-manager CertificateRequest", "crs": "cert-manager CertificateRequest", "cert": "cert-manager Certificate",
	"ts": "SMI TrafficSplit", "sp": "Linkerd ServiceProfile", "srv": "Linkerd Server", "saz": "Linkerd ServerAuthorization",
	"vs": "Istio VirtualService", "dr": "Istio DestinationRule", "gw": "Istio Gateway", "pa": "Istio PeerAuthentication",
	"ra": "Istio RequestAuthentication", "ap": "Istio AuthorizationPolicy", "se": "Istio ServiceEntry", "ro": "Argo Rollout",
	"prom": "Prometheus Operator Prometheus", "smon": "Prometheus Operator ServiceMonitor", "cd": "Flagger Canary", "canary": "Flagger Canary",
}

// publishedWithin is how long the API server may take to publish the schema of a new kind.
const publishedWithin = 30 * time.Second

var _ = Describe("People see", func() {
	It("a text for every field in kubectl explain", func(ctx SpecContext) {
		for _, definition := range definitions() {
			walk("", schemaOf(definition), func(path string, schema apiextensionsv1.JSONSchemaProps) {
				if path != "metadata" && !strings.HasSuffix(path, "[]") {
					Expect(schema.Description).NotTo(BeEmpty(), "%s %s has no text", definition.Spec.Names.Kind, path)
				}
			})
		}
		Eventually(func() (string, error) { // the API server publishes the texts of new kinds a moment later
			return server.Kubectl(ctx, "explain", "canaryrelease.spec.variants.weight")
		}).WithContext(ctx).WithTimeout(publishedWithin).Should(ContainSubstring("share of the requests"))
	})

	It("short names that nobody else has", func(ctx SpecContext) {
		crds, err := testbed.TraefikCRDs()
		Expect(err).NotTo(HaveOccurred())
		gateway, err := testbed.GatewayCRDs()
		Expect(err).NotTo(HaveOccurred())
		Expect(server.InstallCRDs(ctx, append(crds, gateway...)...)).To(Succeed())
		discovery, err := discovery.NewDiscoveryClientForConfig(server.Config())
		Expect(err).NotTo(HaveOccurred())
		_, lists, err := discovery.ServerGroupsAndResources()
		Expect(err).NotTo(HaveOccurred())
		owners := map[string]string{}
		for name, owner := range shortNamesElsewhere {
			owners[name] = owner
		}
		for _, list := range lists {
			for _, resource := range list.APIResources {
				for _, name := range append([]string{resource.Name, resource.SingularName}, resource.ShortNames...) {
					if name != "" && list.GroupVersion != v1alpha1.GroupVersion.String() && !strings.Contains(name, "/") {
						owners[name] = list.GroupVersion + " " + resource.Name
					}
				}
			}
		}
		for _, definition := range definitions() {
			names := definition.Spec.Names
			Expect(names.ShortNames).NotTo(BeEmpty(), names.Kind)
			for _, name := range append([]string{names.Plural, names.Singular}, names.ShortNames...) {
				Expect(owners).NotTo(HaveKey(name), "%s of %s", name, names.Kind)
				owners[name] = names.Kind
			}
		}
	})

	It("all kinds in the category kubemate", func(ctx SpecContext) {
		for _, name := range examples {
			object := example(name)
			object.SetNamespace("shown")
			apply(ctx, object)
		}
		text, err := server.Kubectl(ctx, "get", "kubemate", "--namespace=shown", "--output=name")
		Expect(err).NotTo(HaveOccurred())
		Expect(strings.Fields(text)).To(ConsistOf(
			"canaryrelease.kubemate.io/orders", "meshpolicy.kubemate.io/mesh", "meshpolicy.kubemate.io/users", "ingressprofile.kubemate.io/shop",
			"egressprofile.kubemate.io/partners",
			"releaseaction.kubemate.io/orders-approve-2",
			"hostclaim.kubemate.io/wildcard.default.bank.example",
		))
	})

	It("a status that says that nobody has looked yet", func(ctx SpecContext) {
		for _, name := range examples {
			if name == "hostclaim" {
				continue // a record has no status
			}
			stored, err := try(ctx, example(name))
			Expect(err).NotTo(HaveOccurred())
			generation, found, err := unstructured.NestedInt64(stored.Object, "status", "observedGeneration")
			Expect(err).NotTo(HaveOccurred())
			Expect(found).To(BeTrue(), name)
			Expect(generation).To(BeEquivalentTo(-1), name)
		}
	})

	DescribeTable("the state of an object in its row", func(ctx SpecContext, start string, status fields, columns ...string) {
		object := example(start)
		object.SetNamespace("rows")
		status["observedGeneration"] = 1
		status["conditions"] = []any{
			condition("Accepted", "True", "Accepted", "understood as a whole"), condition("Ready", "False", "Pending", "waiting for endpoints"),
		}
		stored := apply(ctx, object)
		Expect(unstructured.SetNestedField(stored.Object, plain(status), "status")).To(Succeed())
		_, err := client.Resource(resource(object.GetKind())).Namespace("rows").UpdateStatus(ctx, stored, metav1.UpdateOptions{})
		Expect(err).NotTo(HaveOccurred())
		row, err := server.Kubectl(ctx, "get", resources[object.GetKind()], object.GetName(), "--namespace=rows", "--output=wide", "--no-headers")
		Expect(err).NotTo(HaveOccurred())
		for _, column := range columns {
			Expect(row).To(ContainSubstring(column))
		}
	},
		Entry("a release", "canaryrelease",
			fields{"weights": "v1 90%, v2 10%", "phase": "AwaitingApproval", "step": "2/3", "next": "step 3 (100%) once approved", "explanation": "step 2 of 3 waits"},
			"AwaitingApproval", "2/3", "v1 90%, v2 10%", "False", "step 3 (100%) once approved", "orders", "Pending", "step 2 of 3 waits"),
		Entry("a policy", "meshpolicy-service", fields{}, "Service", "users", "False", "Pending", "waiting for endpoints"),
		Entry("an action", "releaseaction", fields{"phase": "Refused", "message": "step 2 is not waiting"}, "orders", "Approve", "2", "alice@bank", "Refused", "step 2 is not waiting"),
		Entry("a way out", "egressprofile", fields{"gateway": "egress", "names": []any{"acquirer.shop"}}, "acquirer.shop", "egress", "False", "Pending", "waiting for endpoints"),
		Entry("a profile", "ingressprofile", fields{"gateway": "default"}, "shop.bank.example", "default", "False", "Pending", "waiting for endpoints"),
	)
})

func condition(kind, status, reason, message string) fields {
	return fields{
		"type": kind, "status": status, "reason": reason, "message": message, "observedGeneration": 1, "lastTransitionTime": "2026-01-01T00:00:00Z",
	}
}

// apply stores the object and its namespace.
func apply(ctx SpecContext, object *unstructured.Unstructured) *unstructured.Unstructured {
	GinkgoHelper()
	namespace := &unstructured.Unstructured{Object: fields{
		"apiVersion": "v1", "kind": "Namespace", "metadata": fields{"name": object.GetNamespace()},
	}}
	options := metav1.ApplyOptions{FieldManager: "test", Force: true}
	_, err := client.Resource(namespaces).Apply(ctx, object.GetNamespace(), namespace, options)
	Expect(err).NotTo(HaveOccurred())
	stored, err := client.Resource(resource(object.GetKind())).Namespace(object.GetNamespace()).Apply(ctx, object.GetName(), object, options)
	Expect(err).NotTo(HaveOccurred())
	return stored
}
