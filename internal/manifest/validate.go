package manifest

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/config/crd"
)

// Definitions check custom resources as the API server does.
type Definitions struct {
	// byKind holds the schema of "KIND VERSION".
	byKind map[string]*definition
}

// definition is the schema of one version of one kind.
type definition struct {
	structural *schema.Structural
	schema     validation.SchemaValidator
	rules      *cel.Validator
}

// ReadDefinitions reads the definitions that this program was built with. It compiles every CEL rule: read once, use often.
func ReadDefinitions() (*Definitions, error) {
	files, err := crd.Bases.ReadDir("bases")
	if err != nil {
		return nil, fmt.Errorf("listing the definitions of custom resources: %w", err)
	}
	all := &Definitions{byKind: map[string]*definition{}}
	for _, file := range files {
		data, err := crd.Bases.ReadFile(path.Join("bases", file.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading the definition %s: %w", file.Name(), err)
		}
		if err := all.add(data); err != nil {
			return nil, fmt.Errorf("reading the definition %s: %w", file.Name(), err)
		}
	}
	return all, nil
}

func (d *Definitions) add(data []byte) error {
	var v1 apiextensionsv1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(data, &v1); err != nil {
		return err
	}
	for i := range v1.Spec.Versions {
		version := &v1.Spec.Versions[i]
		var internal apiextensions.JSONSchemaProps
		err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, &internal, nil)
		if err != nil {
			return err
		}
		one := &definition{}
		if one.structural, err = schema.NewStructural(&internal); err != nil {
			return err
		}
		if one.schema, _, err = validation.NewSchemaValidator(&internal); err != nil {
			return err
		}
		one.rules = cel.NewValidator(one.structural, true, celconfig.PerCallLimit)
		d.byKind[v1.Spec.Names.Kind+" "+version.Name] = one
	}
	return nil
}

// complaint is one thing that is wrong with a custom resource, in the words of the API server.
type complaint struct{ path, message string }

// check prunes, defaults and validates an object in place, in the order of the API server. Unknown fields are wrong too: kubectl refuses them.
func (d *definition) check(object *unstructured.Unstructured) []complaint {
	var wrong []complaint
	for _, name := range pruning.PruneWithOptions(object.Object, d.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		wrong = append(wrong, complaint{name, "unknown field " + strconv.Quote(name)})
	}
	for _, err := range d.validate(object) {
		path := err.Field
		if path == "<nil>" {
			path = ""
		}
		wrong = append(wrong, complaint{path, err.ErrorBody()})
	}
	return wrong
}

func (d *definition) validate(object *unstructured.Unstructured) field.ErrorList {
	var errs field.ErrorList
	defaulting.PruneNonNullableNullsWithoutDefaults(object.Object, d.structural)
	defaulting.Default(object.Object, d.structural)
	errs = append(errs, apivalidation.ValidateObjectMetaAccessor(object, true, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))...)
	errs = append(errs, validation.ValidateCustomResource(nil, object.Object, d.schema)...)
	errs = append(errs, objectmeta.Validate(context.Background(), nil, object.Object, d.structural, false)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, d.structural, object.Object)...)
	if slices.ContainsFunc(errs, blocks) {
		return append(errs, field.Invalid(nil, nil,
			"some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"))
	}
	broken, _ := d.rules.Validate(context.Background(), nil, d.structural, object.Object, nil, celconfig.RuntimeCELCostBudget)
	return append(errs, broken...)
}

// blocks says whether an error keeps the rules from being evaluated: they rely on types, required fields and bounds.
func blocks(err *field.Error) bool {
	return slices.Contains([]field.ErrorType{
		field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid,
	}, err.Type)
}
