// Package emitted shows that a real API server, with the real definitions, takes every object that the drivers emit in any golden case, under
// strict field validation: an unknown or misspelt field would be dropped silently in production.
package emitted

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-logr/logr"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/kubemate/kubemate/hack/testbed"
)

// cases finds the golden cases of the whole plan by the name of their file, and drivers those of one driver by the folder.
func cases(file string) string {
	return filepath.Join("..", "..", "internal", "plan", "testdata", "*", file)
}

func driver(name ...string) string {
	return filepath.Join(slices.Concat([]string{"..", "..", "internal", "driver"}, name, []string{"*.yaml"})...)
}

// Linkerd's and SMI's own definitions, if they are there; our own of the same kinds otherwise.
var (
	foreign = filepath.Join("..", "..", "..", "shared", "crds")
	own     = filepath.Join("..", "..", "internal", "driver", "linkerd", "testdata", "crds")
	// certificates is cert-manager's kind, as far as it is written.
	certificates = filepath.Join("..", "..", "internal", "driver", "certmanager", "testdata", "crds")
)

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard())
	os.Exit(testbed.Main(m, testbed.Options{}))
}

func TestPolicyGenerationAndTraefik(t *testing.T) {
	traefik, err := testbed.TraefikCRDs()
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	definitions := slices.Concat(traefik, meshDefinitions(t, "linkerd-2.20"), []string{certificates})
	accepts(t, definitions, cases("objects.linkerd-policy.yaml"), driver("linkerd", "testdata", "policy"), driver("traefik", "testdata"))
}

func TestClassicGeneration(t *testing.T) {
	traefik, err := testbed.TraefikCRDs()
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	definitions := slices.Concat(traefik, meshDefinitions(t, "linkerd-2.14", "smi"), []string{certificates})
	accepts(t, definitions, cases("objects.linkerd-classic.yaml"), driver("linkerd", "testdata", "classic"))
}

func TestRoutesOfTheGatewayAPI(t *testing.T) {
	definitions, err := testbed.GatewayCRDs()
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	accepts(t, definitions, driver("linkerd", "testdata", "gateway"))
}

func accepts(t *testing.T, definitions []string, patterns ...string) {
	g := NewWithT(t)
	server := testbed.New(t, testbed.Options{})
	g.Expect(server.InstallCRDs(t.Context(), definitions...)).To(Succeed())
	admin, err := client.New(server.Config(), client.Options{})
	g.Expect(err).NotTo(HaveOccurred())

	paths := find(t, patterns)
	namespaces, taken := map[string]bool{}, map[string]int{}
	for _, path := range paths {
		for _, object := range read(t, path) {
			if !namespaces[object.GetNamespace()] {
				namespaces[object.GetNamespace()] = true
				g.Expect(admin.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: object.GetNamespace()}})).To(Succeed())
			}
			err := create(t.Context(), admin, object)
			if unserved(err) && foreignIsMissing() {
				continue // said by meshDefinitions
			}
			g.Expect(err).NotTo(HaveOccurred(), "%s: %s %s", path, object.GetKind(), object.GetName())
			taken[object.GetKind()]++
		}
	}
	t.Logf("%d cases, objects taken by kind: %v", len(paths), taken)
	g.Expect(taken).NotTo(BeEmpty())
}

// find lists the files of the patterns; one without any means that the cases have moved.
func find(t *testing.T, patterns []string) []string {
	t.Helper()
	var paths []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no golden cases at %s: %v", pattern, err)
		}
		paths = append(paths, found...)
	}
	return paths
}

// create asks the API server to create an object without storing it, and to refuse unknown fields.
func create(ctx context.Context, admin client.Client, object *unstructured.Unstructured) error {
	return admin.Create(ctx, object, client.DryRunAll, client.FieldValidation(metav1.FieldValidationStrict))
}

func unserved(err error) bool {
	return err != nil && strings.Contains(err.Error(), "no matches for kind")
}

func foreignIsMissing() bool {
	_, err := os.Stat(foreign)
	return errors.Is(err, os.ErrNotExist)
}

// meshDefinitions are the folders of definitions: the meshes' own where they lie beside the project.
func meshDefinitions(t *testing.T, names ...string) []string {
	t.Helper()
	if foreignIsMissing() {
		t.Log("the meshes' own definitions are not here: checking against those made of our types; ServiceProfile and TrafficSplit are left out")
		return []string{own}
	}
	var folders []string
	for _, name := range names {
		folders = append(folders, filepath.Join(foreign, name))
	}
	return folders
}

// read reads a golden file; borrowed fields in it are no objects of their own.
func read(t *testing.T, path string) []*unstructured.Unstructured {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096)
	var objects []*unstructured.Unstructured
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return objects
		}
		if err != nil {
			t.Fatalf("reading %s: %v", path, err)
		}
		if object.GetAPIVersion() != "" && object.GetNamespace() != "" {
			objects = append(objects, object)
		}
	}
}
