package api

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// examples are the objects of testdata. Together they use every field of every spec.
var examples = []string{
	"canaryrelease", "meshpolicy-namespace", "meshpolicy-service", "ingressprofile", "ingressprofile-certificate", "egressprofile", "releaseaction", "hostclaim",
}

var _ = Describe("A sound object is accepted", func() {
	for _, name := range examples {
		It("with all fields: "+name, func(ctx SpecContext) {
			stored, err := try(ctx, example(name))
			Expect(err).NotTo(HaveOccurred())
			Expect(plain(stored.Object["spec"])).To(Equal(example(name).Object["spec"]), "nothing may be defaulted or dropped: Git holds the whole")
		})
	}

	DescribeTable("with as little as possible", func(ctx SpecContext, start string, changes ...change) {
		object := example(start)
		both(changes...)(object)
		_, err := try(ctx, object)
		Expect(err).NotTo(HaveOccurred())
	},
		Entry("two Deployments", "canaryrelease", set("spec", fields{
			"service": fields{"name": "orders"}, "stable": "v1", "variants": many(2, variant),
		})),
		Entry("a rollout of one step", "canaryrelease", set("spec.rollout", fields{"to": "v2", "steps": []any{fields{"weight": 100}}})),
		Entry("a rollout whose target was promoted to stable", "canaryrelease", set("spec.stable", "v2")),
		Entry("steps of 0 and 100.0 per cent", "canaryrelease", set("spec.rollout.steps", []any{fields{"weight": 0}, fields{"weight": "100.0"}})),
		Entry("a step that is held twice", "canaryrelease", set("spec.rollout.steps[0].weight", 25)),
		Entry("a step held for 720 hours", "canaryrelease", set("spec.rollout.steps[0].hold", "720h")),
		Entry("a latency of your own in seconds, as a plain number", "canaryrelease", set("spec.rollout.analysis.metrics[4].name", "latency-payments")),
		Entry("a bound below zero", "canaryrelease", set("spec.rollout.analysis.metrics[4].min", "-0.5")),
		Entry("access for nobody", "meshpolicy-service", set("spec.access", fields{}), drop("spec.resilience")),
		Entry("default deny for a namespace", "meshpolicy-namespace", set("spec", fields{"target": fields{"kind": "Namespace"}, "access": fields{}})),
		Entry("a timeout alone", "meshpolicy-service", drop("spec.access", "spec.rateLimit", "spec.resilience.retries")),
		Entry("gRPC retries of idempotent methods by HTTP status", "meshpolicy-service",
			set("spec.resilience", fields{"retries": fields{"limit": 10, "when": []string{"gateway-error"}}})),
		Entry("an IPv6 network", "meshpolicy-service", set("spec.access.rules[0].from[2].cidr", "2001:db8::/32")),
		Entry("nothing outside of the cluster", "meshpolicy-namespace", set("spec", fields{"target": fields{"kind": "Namespace"}, "egress": fields{"default": "Deny"}})),
		Entry("one host over plain HTTP", "ingressprofile", drop("spec.tls", "spec.security", "spec.gateway")),
		Entry("a host of one label", "ingressprofile", set("spec.hosts", []string{"localhost"})),
		Entry("an action without step and reason", "releaseaction", set("spec.action", "Abort"), drop("spec.step", "spec.reason")),
		Entry("an actor with any name", "releaseaction", set("spec.actor", "https://login.bank.example#李雷 ext")),
		Entry("a partner as small as can be", "egressprofile", drop("spec.gateway", "spec.network", "spec.partners[0].routes", "spec.partners[0].rateLimit")),
		Entry("a partner's paths behind one of its own", "egressprofile", set("spec.partners[0].routes[1]", fields{"rewritePath": "/v2"})),
		Entry("a partner's host whose label looks like a port", "egressprofile", set("spec.partners[0].host", "8443.acquirer.example")),
		Entry("the root as a prefix", "ingressprofile", set("spec.routes[1].match.path", fields{"prefix": "/"})),
	)

	It("from config/samples", func(ctx SpecContext) {
		for _, object := range samples() {
			object.SetNamespace(metav1.NamespaceDefault) // the only one that is sure to exist
			_, err := try(ctx, object)
			Expect(err).NotTo(HaveOccurred(), object.GetName())
		}
	})

	It("and the examples leave no field of a spec out", func() {
		used := map[string]bool{}
		for _, name := range examples {
			object := example(name)
			visitFields(object.GetKind()+".spec", object.Object["spec"], used)
		}
		for _, definition := range definitions() {
			walk("", schemaOf(definition), func(path string, _ apiextensionsv1.JSONSchemaProps) {
				if strings.HasPrefix(path, "spec.") {
					Expect(used).To(HaveKey(definition.Spec.Names.Kind+"."+strings.ReplaceAll(path, "[]", "")), "add the field to an example in testdata")
				}
			})
		}
	})
})

// visitFields notes the path of every field of an object, without indexes.
func visitFields(path string, value any, used map[string]bool) {
	used[path] = true
	switch value := value.(type) {
	case fields:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			visitFields(path+"."+name, value[name], used)
		}
	case []any:
		for _, element := range value {
			visitFields(path, element, used)
		}
	}
}

// samples are our objects in config/samples, in files of one or more documents.
func samples() []*unstructured.Unstructured {
	GinkgoHelper()
	files, err := filepath.Glob("../../config/samples/*.yaml")
	Expect(err).NotTo(HaveOccurred())
	var objects []*unstructured.Unstructured
	for _, file := range files {
		content, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		for document := range strings.SplitSeq("\n"+string(content), "\n---") {
			object := &unstructured.Unstructured{}
			Expect(yaml.Unmarshal([]byte(document), &object.Object)).To(Succeed(), file)
			if _, ours := resources[object.GetKind()]; ours {
				objects = append(objects, object)
			}
		}
	}
	return objects
}
