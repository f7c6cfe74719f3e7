package traefik_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
)

// Traefik's provider reads what its CRDs leave of an object: unknown fields are dropped without a word, wrong ones refuse the whole.
func TestTraefiksOwnDefinitionsAdmitEveryObject(t *testing.T) {
	schemas := definitions(t)
	seen := map[string]int{}
	for _, c := range goldens {
		t.Run(c.name, func(t *testing.T) {
			for _, object := range rendered(t, c.edge).Objects {
				if isGuardService(object) {
					continue // its empty map is meant; the other suites store it in a real API server
				}
				kind := object.GetObjectKind().GroupVersionKind().Kind
				seen[kind]++
				for _, fault := range faults(schemas[kind], object.Object.(*unstructured.Unstructured)) {
					t.Errorf("%s %s: %s", kind, object.GetName(), fault)
				}
			}
		})
	}
	for _, kind := range []string{"TLSOption", "Middleware", "TraefikService", "IngressRoute"} {
		if seen[kind] == 0 {
			t.Errorf("no golden has a %s", kind)
		}
	}
	t.Logf("objects admitted: %v", seen)
}

func TestTheDefinitionsFindFaults(t *testing.T) {
	schemas := definitions(t)
	for name, spoil := range map[string]func(spec map[string]any){
		"an unknown field":    func(spec map[string]any) { spec["rateLimits"] = map[string]any{"average": int64(1)} },
		"a wrong type":        func(spec map[string]any) { spec["rateLimit"] = map[string]any{"average": "many"} },
		"a number too small":  func(spec map[string]any) { spec["rateLimit"] = map[string]any{"average": int64(-1)} },
		"a malformed period":  func(spec map[string]any) { spec["retry"] = map[string]any{"initialInterval": "1.5s"} },
		"a null":              func(spec map[string]any) { spec["rateLimit"] = nil },
		"an empty map inside": func(spec map[string]any) { spec["rateLimit"] = map[string]any{"sourceCriterion": map[string]any{}} },
	} {
		t.Run(name, func(t *testing.T) {
			spec := map[string]any{}
			spoil(spec)
			object := &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "traefik.io/v1alpha1", "kind": "Middleware", "metadata": map[string]any{"name": "m"}, "spec": spec,
			}}
			if len(faults(schemas["Middleware"], object)) == 0 {
				t.Errorf("%v is admitted", spec)
			}
		})
	}
}

// faults are what the API server refuses or drops, save by CEL, which Traefik uses for fields that are never written.
func faults(schema *structuralschema.Structural, object *unstructured.Unstructured) []string {
	content := object.DeepCopy().Object
	var found []string
	options := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	for _, path := range pruning.PruneWithOptions(content, schema, true, options) {
		found = append(found, "unknown field "+path)
	}
	for _, err := range validate.NewSchemaValidator(schema.ToKubeOpenAPI(), nil, "", strfmt.Default).Validate(content).Errors {
		found = append(found, err.Error())
	}
	if path := unset(content, ""); path != "" {
		found = append(found, path+" is null or empty")
	}
	return found
}

// unset finds a null, an empty map or an empty list.
func unset(value any, path string) string {
	switch value := value.(type) {
	case nil:
		return path
	case map[string]any:
		if len(value) == 0 {
			return path
		}
		for key, inner := range value {
			if found := unset(inner, path+"."+key); found != "" {
				return found
			}
		}
	case []any:
		if len(value) == 0 {
			return path
		}
		for _, inner := range value {
			if found := unset(inner, path+"[]"); found != "" {
				return found
			}
		}
	}
	return ""
}

// definitions are the schemas of traefik.io/v1alpha1 by kind, from the module that the driver is built with.
func definitions(t *testing.T) map[string]*structuralschema.Structural {
	t.Helper()
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/traefik/traefik/v3").Output()
	if err != nil {
		t.Fatalf("finding Traefik's module: %v", err)
	}
	file := filepath.Join(strings.TrimSpace(string(module)), "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	schemas := map[string]*structuralschema.Structural{}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096)
	for {
		var crd apiextensionsv1.CustomResourceDefinition
		err := decoder.Decode(&crd)
		if errors.Is(err, io.EOF) {
			return schemas
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		schemas[crd.Spec.Names.Kind] = structural(t, crd)
	}
}

func structural(t *testing.T, crd apiextensionsv1.CustomResourceDefinition) *structuralschema.Structural {
	t.Helper()
	var schema apiextensions.JSONSchemaProps
	scheme := runtime.NewScheme()
	if err := apiextensionsv1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	if err := scheme.Convert(crd.Spec.Versions[0].Schema.OpenAPIV3Schema, &schema, nil); err != nil {
		t.Fatalf("%s: %v", crd.Name, err)
	}
	converted, err := structuralschema.NewStructural(&schema)
	if err != nil {
		t.Fatalf("%s: %v", crd.Name, err)
	}
	return converted
}
