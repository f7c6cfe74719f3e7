package chart

import (
	"context"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/hack/rbac/rules"
	"github.com/kubemate/kubemate/internal/config"
)

// valuesFiles are the sets of values that are tested; default is the chart's own.
var valuesFiles = []string{"default", "full", "small", "edge-only", "injection", "restarts", "gateway-routes", "four-eyes"}

// arguments of helm for a set of values.
func valuesOf(name string) []string {
	if name == "default" {
		return nil
	}
	return []string{"--values", filepath.Join("testdata", name+".yaml")}
}

// render is what helm would install as the release kubemate.
func render(ctx context.Context, values string) []*unstructured.Unstructured {
	GinkgoHelper()
	text, err := helm(ctx, append([]string{"template", rules.Name, chartPath, "--namespace", rules.Namespace}, valuesOf(values)...)...)
	Expect(err).NotTo(HaveOccurred())
	return parse(text)
}

func parse(text string) []*unstructured.Unstructured {
	GinkgoHelper()
	var objects []*unstructured.Unstructured
	for document := range strings.SplitSeq("\n"+text, "\n---") {
		object := &unstructured.Unstructured{}
		Expect(yaml.UnmarshalStrict([]byte(document), &object.Object)).To(Succeed(), document)
		if len(object.Object) > 0 {
			objects = append(objects, object)
		}
	}
	return objects
}

// only is the one object of the kind and name; into is filled with it.
func only[T any](objects []*unstructured.Unstructured, kind, name string) *T {
	GinkgoHelper()
	into := new(T)
	found := find(objects, kind, name)
	Expect(found).To(HaveLen(1), "%s %s", kind, name)
	Expect(runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(found[0].Object, into, true)).To(Succeed())
	return into
}

func find(objects []*unstructured.Unstructured, kind, name string) []*unstructured.Unstructured {
	var found []*unstructured.Unstructured
	for _, object := range objects {
		if object.GetKind() == kind && object.GetName() == name {
			found = append(found, object)
		}
	}
	return found
}

var _ = Describe("What the chart renders", func() {
	for _, values := range valuesFiles {
		It("has a configuration that the operator takes: "+values, func(ctx SpecContext) {
			for _, object := range render(ctx, values) {
				if object.GetKind() != "ConfigMap" {
					continue
				}
				text, _, err := unstructured.NestedString(object.Object, "data", "config.yaml")
				Expect(err).NotTo(HaveOccurred())
				_, err = config.Parse([]byte(text))
				Expect(err).NotTo(HaveOccurred(), text)
			}
		})

		It("is the same each time: "+values, func(ctx SpecContext) {
			Expect(render(ctx, values)).To(Equal(render(ctx, values)))
		})
	}

	It("pins an image by digest, at the registry of the values", func(ctx SpecContext) {
		for _, object := range render(ctx, "full") {
			if object.GetKind() == "Deployment" {
				Expect(object.Object).To(HaveKeyWithValue("spec", HaveKeyWithValue("template", HaveKeyWithValue("spec", HaveKeyWithValue(
					"containers", ConsistOf(HaveKeyWithValue("image", "mirror.example/team/kubemate@sha256:"+strings.Repeat("0", 64))))))))
			}
		}
	})

	It("leaves the CRDs out when they come from elsewhere", func(ctx SpecContext) {
		for _, object := range render(ctx, "small") {
			Expect(object.GetKind()).NotTo(Equal("CustomResourceDefinition"))
		}
	})

	DescribeTable("is nothing when a value is wrong", func(ctx SpecContext, setting, complaint string) {
		_, err := helm(ctx, "template", rules.Name, chartPath, "--set", setting)
		Expect(err).To(MatchError(ContainSubstring(complaint)))
	},
		Entry("an unknown value", "replica=3", "'replica' not allowed"),
		Entry("an unknown value of the configuration", "config.mesh.drivr=Linkerd", "'drivr' not allowed"),
		Entry("an unknown driver", "config.mesh.driver=Istio", "/config/mesh/driver"),
		Entry("a metric source that is no URL", "config.analysis.sources[0].name=a,config.analysis.sources[0].address=prometheus:9090", "/config/analysis/sources/0/address"),
		Entry("a number of wrong type", "replicas=two", "/replicas"),
		Entry("four eyes without approvers", "config.actions.fourEyes.enabled=true", "/config/actions/fourEyes/groups"),
		Entry("a group that ends an expression", "config.actions.fourEyes.groups={a'b}", "/config/actions/fourEyes/groups/0"),
		Entry("a digest that is none", "image.digest=latest", "/image/digest"),
	)
})
