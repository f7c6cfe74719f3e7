package linkerd

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/driver/linkerd/linkerdtest"
	"github.com/kubemate/kubemate/internal/model"
)

// budget is what the API server allows the rules of one object to cost.
const budget = 10_000_000

// kindSchema is what the API server knows of one version of a kind.
type kindSchema struct {
	structural *structuralschema.Structural
	validator  validation.SchemaValidator
	rules      *cel.Validator
}

func TestEveryObjectIsAccepted(t *testing.T) {
	standard := func(d driver.MeshDriver) []model.Namespace {
		var all []model.Namespace
		for _, c := range drivertest.StandardMesh(d.Features()) {
			all = append(all, c.Namespace)
		}
		return all
	}
	examples := func(sets ...[]example) []model.Namespace {
		var all []model.Namespace
		for _, set := range sets {
			for _, one := range set {
				all = append(all, one.ns)
			}
		}
		return all
	}
	policy, gateway, classic := Policy(Config{}), Policy(Config{RouteGroup: RouteGroupGateway}), Classic(Config{})
	for _, test := range []struct {
		name       string
		driver     driver.MeshDriver
		namespaces []model.Namespace
		folders    []string
	}{
		{"policy, generated", policy, append(standard(policy), examples(splitExamples(), accessExamples())...), []string{"testdata/crds"}},
		{"classic, generated", classic, append(standard(classic), examples(classicExamples())...), []string{"testdata/crds"}},
		{"policy, Linkerd 2.20", policy, append(standard(policy), examples(splitExamples(), accessExamples())...), real(t, "linkerd-2.20")},
		{"gateway, Linkerd 2.20", gateway, append(standard(gateway), examples(splitExamples(), accessExamples())...), real(t, "linkerd-2.20")},
		{"classic, Linkerd 2.14", classic, append(standard(classic), examples(classicExamples())...), real(t, "linkerd-2.14", "smi")},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.folders == nil {
				t.Skip("there is no folder shared/crds beside the repository: the real CRDs cannot be asked")
			}
			schemas := readSchemas(t, test.folders)
			checked := 0
			for _, ns := range test.namespaces {
				out, err := test.driver.Render(ns)
				if err != nil {
					t.Fatal(err)
				}
				for _, object := range out.Objects {
					checked++
					checkSchema(t, schemas, object.Object)
					if object.Dormant != nil {
						checkSchema(t, schemas, object.Dormant)
					}
					if err := linkerdtest.Admit(object.Object); err != nil {
						t.Errorf("%s %s is not admitted: %v", object.GetObjectKind().GroupVersionKind().Kind, object.GetName(), err)
					}
				}
			}
			t.Logf("%d objects accepted", checked)
		})
	}
}

func checkSchema(t *testing.T, schemas map[schema.GroupVersionKind]kindSchema, object client.Object) {
	t.Helper()
	kind := object.GetObjectKind().GroupVersionKind()
	known, ok := schemas[kind]
	if kind.Group == tlsRoute.Group && !defines(schemas, tlsRoute.Group) {
		return // the definitions that are made of our types have none of the Gateway API
	}
	if !ok {
		t.Errorf("%v is not served", kind)
		return
	}
	bytes, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	var content map[string]any
	if err := utiljson.Unmarshal(bytes, &content); err != nil { // tells integers from fractions
		t.Fatal(err)
	}
	unknown := pruning.PruneWithOptions(content, known.structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	if len(unknown) > 0 {
		t.Errorf("%v %s: unknown fields %v", kind, object.GetName(), unknown)
	}
	errs := validation.ValidateCustomResource(nil, content, known.validator)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, known.structural, content)...)
	if known.rules != nil {
		more, _ := known.rules.Validate(context.Background(), field.NewPath(""), known.structural, content, nil, budget)
		errs = append(errs, more...)
	}
	for _, err := range errs {
		t.Errorf("%v %s: %v", kind, object.GetName(), err)
	}
}

func defines(schemas map[schema.GroupVersionKind]kindSchema, group string) bool {
	for kind := range schemas {
		if kind.Group == group {
			return true
		}
	}
	return false
}

// readSchemas reads CRDs, also those that are Helm templates: nothing but whole lines is templated in them.
func readSchemas(t *testing.T, folders []string) map[schema.GroupVersionKind]kindSchema {
	t.Helper()
	schemas := map[schema.GroupVersionKind]kindSchema{}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s holds no CRDs: %v", folder, err)
		}
		for _, file := range files {
			for _, crd := range readCRDs(t, file) {
				for _, version := range crd.Spec.Versions {
					kind := schema.GroupVersionKind{Group: crd.Spec.Group, Version: version.Name, Kind: crd.Spec.Names.Kind}
					schemas[kind] = newSchema(t, version.Schema.OpenAPIV3Schema)
				}
			}
		}
	}
	return schemas
}

func readCRDs(t *testing.T, file string) []apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	bytes, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(bytes)) {
		if !strings.Contains(line, "{{") {
			lines = append(lines, line)
		}
	}
	var crds []apiextensionsv1.CustomResourceDefinition
	for document := range strings.SplitSeq(strings.Join(lines, ""), "\n---") {
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal([]byte(document), &crd); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if crd.Kind == "CustomResourceDefinition" {
			crds = append(crds, crd)
		}
	}
	return crds
}

func newSchema(t *testing.T, of *apiextensionsv1.JSONSchemaProps) kindSchema {
	t.Helper()
	var internal apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(of, &internal, nil); err != nil {
		t.Fatal(err)
	}
	structural, err := structuralschema.NewStructural(&internal)
	if err != nil {
		t.Fatal(err)
	}
	validator, _, err := validation.NewSchemaValidator(&internal)
	if err != nil {
		t.Fatal(err)
	}
	return kindSchema{structural: structural, validator: validator, rules: cel.NewValidator(structural, true, budget)}
}

// real finds the CRDs that Linkerd ships, in a folder shared/crds beside the repository. Nil: there is none.
func real(t *testing.T, names ...string) []string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for folder != filepath.Dir(folder) {
		folder = filepath.Dir(folder)
		crds := filepath.Join(folder, "shared", "crds")
		if _, err := os.Stat(crds); err == nil {
			folders := make([]string, len(names))
			for i, name := range names {
				folders[i] = filepath.Join(crds, name)
			}
			return folders
		}
	}
	return nil
}

func TestTheSchemeKnowsEveryKind(t *testing.T) {
	scheme := runtime.NewScheme()
	if err := AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	for _, d := range []driver.MeshDriver{Policy(Config{}), Policy(Config{RouteGroup: RouteGroupGateway}), Classic(Config{})} {
		for _, kind := range d.Kinds() {
			if !scheme.Recognizes(kind) {
				t.Errorf("%v is not in the scheme", kind)
			}
		}
	}
}
