package api

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// resources by kind.
var resources = map[string]string{
	v1alpha1.KindCanaryRelease:  "canaryreleases",
	v1alpha1.KindMeshPolicy:     "meshpolicies",
	v1alpha1.KindIngressProfile: "ingressprofiles",
	v1alpha1.KindEgressProfile:  "egressprofiles",
	v1alpha1.KindHostClaim:      "hostclaims",
	v1alpha1.KindReleaseAction:  "releaseactions",
}

var namespaces = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}

// example reads an object of testdata.
func example(name string) *unstructured.Unstructured {
	GinkgoHelper()
	content, err := os.ReadFile(filepath.Join("testdata", name+".yaml"))
	Expect(err).NotTo(HaveOccurred())
	object := &unstructured.Unstructured{}
	Expect(yaml.UnmarshalStrict(content, &object.Object)).To(Succeed(), name)
	return object
}

// of is the access to the objects of the kind in the namespace default.
func of(kind string) dynamic.ResourceInterface {
	GinkgoHelper()
	Expect(resources).To(HaveKey(kind))
	return client.Resource(resource(kind)).Namespace(metav1.NamespaceDefault)
}

func resource(kind string) schema.GroupVersionResource {
	return v1alpha1.GroupVersion.WithResource(resources[kind])
}

// try asks the API server whether it would store the object, as kubectl does: unknown fields are refused.
func try(ctx context.Context, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	GinkgoHelper()
	return of(object.GetKind()).Create(ctx, object, metav1.CreateOptions{
		DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict,
	})
}

// change makes an example a bad one.
type change func(*unstructured.Unstructured)

// set writes a value at a path such as "spec.variants[1].weight".
func set(path string, value any) change {
	return func(object *unstructured.Unstructured) {
		object.Object = replaced(object.Object, strings.Split(path, "."), plain(value)).(map[string]any)
	}
}

// drop removes the fields at the paths.
func drop(paths ...string) change {
	return func(object *unstructured.Unstructured) {
		for _, path := range paths {
			unstructured.RemoveNestedField(object.Object, strings.Split(path, ".")...)
		}
	}
}

// both does one change after the other.
func both(changes ...change) change {
	return func(object *unstructured.Unstructured) {
		for _, c := range changes {
			c(object)
		}
	}
}

// replaced returns the tree with another value at the path. Maps and elements that the path needs must exist.
func replaced(tree any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	name, indexes, _ := strings.Cut(path[0], "[")
	fields := tree.(map[string]any)
	if indexes == "" {
		fields[name] = replaced(fields[name], path[1:], value)
		return fields
	}
	index, err := strconv.Atoi(strings.TrimSuffix(indexes, "]"))
	Expect(err).NotTo(HaveOccurred(), path[0])
	list := fields[name].([]any)
	list[index] = replaced(list[index], path[1:], value)
	return fields
}

// plain turns a Go value into what the same YAML would give.
func plain(value any) any {
	content, err := yaml.Marshal(value)
	Expect(err).NotTo(HaveOccurred())
	var result any
	Expect(yaml.Unmarshal(content, &result)).To(Succeed())
	return result
}

// many repeats a value; each makes the i-th one.
func many(count int, each func(i int) any) []any {
	list := make([]any, count)
	for i := range list {
		list[i] = each(i)
	}
	return list
}

type fields = map[string]any
