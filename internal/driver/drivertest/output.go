package drivertest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// checkOutput checks everything that is said of an Output in package driver.
func checkOutput(t *testing.T, d driver.Driver, namespace string, out driver.Output) {
	t.Helper()
	seen := map[string]bool{}
	for _, object := range out.Objects {
		id := identity(object)
		if seen[id] {
			t.Errorf("%s is emitted twice", id)
		}
		seen[id] = true
		checkObject(t, d, namespace, object)
	}
	for _, borrowed := range out.Borrowed {
		checkBorrowed(t, borrowed)
	}
}

func checkObject(t *testing.T, d driver.Driver, namespace string, object driver.Object) {
	t.Helper()
	id := identity(object)
	kind := object.GetObjectKind().GroupVersionKind()
	if !slices.Contains(d.Kinds(), kind) {
		t.Errorf("%s: the kind %v is not among Kinds()", id, kind)
	}
	if object.GetNamespace() != namespace {
		t.Errorf("%s: the namespace is %q, not %q", id, object.GetNamespace(), namespace)
	}
	for _, message := range validation.IsDNS1123Subdomain(object.GetName()) {
		t.Errorf("%s: the name is not valid: %s", id, message)
	}
	if kind.Group == "" && kind.Kind == "Service" {
		for _, message := range validation.IsDNS1123Label(object.GetName()) {
			t.Errorf("%s: the name of a Service is not valid: %s", id, message)
		}
	}
	if len(object.Origins) == 0 {
		t.Errorf("%s has no origins", id)
	}
	if !slices.Equal(object.Origins, model.SortOrigins(object.Origins)) {
		t.Errorf("%s: the origins %v are not sorted, or have places", id, object.Origins)
	}
	if object.GetUID() != "" || object.GetResourceVersion() != "" || len(object.GetOwnerReferences()) > 0 || len(object.GetFinalizers()) > 0 {
		t.Errorf("%s carries metadata that is not a driver's: uid, resourceVersion, ownerReferences or finalizers", id)
	}
	checkKeys(t, id, object.GetLabels())
	checkKeys(t, id, object.GetAnnotations())
}

// checkKeys checks that labels and annotations of Kubemate are left to the stamping, the gateway's label excepted: only its driver knows it.
func checkKeys(t *testing.T, id string, keys map[string]string) {
	t.Helper()
	for key := range keys {
		if strings.HasPrefix(key, "kubemate.io/") && key != v1alpha1.LabelGateway {
			t.Errorf("%s carries %s, which is stamped later", id, key)
		}
	}
}

func checkBorrowed(t *testing.T, borrowed driver.Borrowed) {
	t.Helper()
	if borrowed.Kind.Kind == "" || borrowed.Kind.Version == "" || borrowed.Name == "" {
		t.Errorf("borrowed from nobody: %+v", borrowed)
	}
	if len(borrowed.Annotations) == 0 || len(borrowed.Origins) == 0 {
		t.Errorf("borrowed without annotations or origins: %+v", borrowed)
	}
}

func identity(object driver.Object) string {
	kind := object.GetObjectKind().GroupVersionKind()
	return kind.GroupKind().String() + " " + object.GetNamespace() + "/" + object.GetName()
}

// YAML prints an output sorted by kind and name, the way goldens hold it: each object is one document, headed by its origins.
func YAML(out driver.Output) string {
	documents := make([]string, 0, len(out.Objects)+len(out.Borrowed))
	objects := slices.Clone(out.Objects)
	slices.SortStableFunc(objects, func(a, b driver.Object) int { return cmp.Compare(identity(a), identity(b)) })
	for _, object := range objects {
		documents = append(documents, heading(object.Origins, object.Retain)+marshal(object.Object))
	}
	loans := slices.Clone(out.Borrowed)
	slices.SortStableFunc(loans, func(a, b driver.Borrowed) int {
		return cmp.Or(cmp.Compare(a.Kind.Kind, b.Kind.Kind), cmp.Compare(a.Name, b.Name))
	})
	for _, borrowed := range loans {
		documents = append(documents, "# borrowed\n"+heading(borrowed.Origins, nil)+marshal(map[string]any{
			"apiVersion": borrowed.Kind.GroupVersion().String(), "kind": borrowed.Kind.Kind,
			"metadata": map[string]any{"namespace": borrowed.Namespace, "name": borrowed.Name, "annotations": borrowed.Annotations},
		}))
	}
	return strings.Join(append(documents, templates(out.Templates)...), "---\n")
}

// templates writes what pod templates need, by who wants it.
func templates(all []driver.Template) []string {
	var documents []string
	for _, template := range all {
		documents = append(documents, "# pod templates\n"+heading([]model.Origin{template.Origin}, nil)+marshal(template.Annotations))
	}
	slices.Sort(documents)
	return documents
}

func heading(origins []model.Origin, retain *model.Retain) string {
	names := make([]string, len(origins))
	for i, origin := range origins {
		names[i] = origin.String()
	}
	text := "# origins: " + strings.Join(names, ", ") + "\n"
	if retain == nil {
		return text
	}
	text += "# retain: service " + retain.Service + ", stable " + retain.StableLeaf
	if retain.Release {
		text += ", release"
	}
	return text + "\n"
}

// marshal cannot fail for API objects; a failure is a bug in a test.
func marshal(value any) string {
	bytes, err := yaml.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(bytes)
}

// fingerprint is the model in bytes.
func fingerprint(t *testing.T, ns model.Namespace) string {
	t.Helper()
	bytes, err := json.Marshal(ns)
	if err != nil {
		t.Fatalf("fingerprint of the model: %v", err)
	}
	return string(bytes)
}

func compare(t *testing.T, want, got string) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("outputs differ (-want +got):\n%s", diff)
	}
}
