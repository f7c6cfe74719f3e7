package testbed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"

	"github.com/kubemate/kubemate/hack/testbed/servers"
)

var definitions = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// TraefikCRDs are the definitions of the Traefik that the testbed runs.
func TraefikCRDs() ([]string, error) { return servers.TraefikCRDs() }

// GatewayCRDs are the standard channel of the Gateway API, in the version whose types Kubemate compiles against.
func GatewayCRDs() ([]string, error) { return servers.GatewayCRDs() }

// InstallCRDs applies the CustomResourceDefinitions in files or folders and returns when the API server serves each of
// them. Other objects in the files are left out; a path without any definition is an error.
func (tb *Testbed) InstallCRDs(ctx context.Context, paths ...string) error {
	client, err := dynamic.NewForConfig(tb.config)
	if err != nil {
		return err
	}
	var crds []*unstructured.Unstructured
	for _, path := range paths {
		found, err := readCRDs(path)
		if err != nil {
			return err
		}
		crds = append(crds, found...)
	}
	apply := metav1.ApplyOptions{FieldManager: "testbed", Force: true}
	for _, crd := range crds {
		if _, err := client.Resource(definitions).Apply(ctx, crd.GetName(), crd, apply); err != nil {
			return fmt.Errorf("install %s: %w", crd.GetName(), err)
		}
	}
	for _, crd := range crds {
		if err := awaitServed(ctx, client, crd.GetName()); err != nil {
			return err
		}
	}
	return nil
}

func readCRDs(path string) ([]*unstructured.Unstructured, error) {
	files, err := manifestFiles(path)
	if err != nil {
		return nil, err
	}
	var crds []*unstructured.Unstructured
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096)
		for {
			object := &unstructured.Unstructured{}
			if err := decoder.Decode(object); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			if object.GetKind() == "CustomResourceDefinition" {
				unstructured.RemoveNestedField(object.Object, "status")
				crds = append(crds, object)
			}
		}
	}
	if len(crds) == 0 {
		return nil, fmt.Errorf("%s holds no CustomResourceDefinition", path)
	}
	return crds, nil
}

func manifestFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		if slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(entry.Name()))) {
			files = append(files, filepath.Join(path, entry.Name()))
		}
	}
	return files, nil
}

// awaitServed waits until the definition is established and a list of its kind answers: the first does not yet imply
// the second.
func awaitServed(ctx context.Context, client dynamic.Interface, name string) error {
	return poll(ctx, 30*time.Second, name+" to be served", func(ctx context.Context) error {
		crd, err := client.Resource(definitions).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		if err := established(crd); err != nil {
			return err
		}
		resource, err := servedResource(crd)
		if err != nil {
			return err
		}
		_, err = client.Resource(resource).List(ctx, metav1.ListOptions{Limit: 1})
		return err
	})
}

func established(crd *unstructured.Unstructured) error {
	conditions, _, err := unstructured.NestedSlice(crd.Object, "status", "conditions")
	if err != nil {
		return err
	}
	for _, entry := range conditions {
		condition, _ := entry.(map[string]any)
		if condition["type"] == "Established" && condition["status"] == "True" {
			return nil
		}
	}
	return fmt.Errorf("not established: %v", conditions)
}

func servedResource(crd *unstructured.Unstructured) (schema.GroupVersionResource, error) {
	group, _, err := unstructured.NestedString(crd.Object, "spec", "group")
	if err != nil {
		return schema.GroupVersionResource{}, err
	}
	plural, _, err := unstructured.NestedString(crd.Object, "spec", "names", "plural")
	if err != nil {
		return schema.GroupVersionResource{}, err
	}
	versions, _, err := unstructured.NestedSlice(crd.Object, "spec", "versions")
	if err != nil {
		return schema.GroupVersionResource{}, err
	}
	for _, entry := range versions {
		version, _ := entry.(map[string]any)
		if name, _ := version["name"].(string); version["served"] == true {
			return schema.GroupVersionResource{Group: group, Version: name, Resource: plural}, nil
		}
	}
	return schema.GroupVersionResource{}, fmt.Errorf("%s serves no version", crd.GetName())
}
