package api

import (
	"os"
	"path/filepath"
	"slices"
	"sync"

	. "github.com/onsi/gomega"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

// definitions are the CRDs as they are shipped, in the order of their file names.
var definitions = sync.OnceValue(func() []apiextensionsv1.CustomResourceDefinition {
	files, err := filepath.Glob(filepath.Join(definitionsFolder, "*.yaml"))
	Expect(err).NotTo(HaveOccurred())
	Expect(files).To(HaveLen(len(resources)), "one CRD for each kind")
	var all []apiextensionsv1.CustomResourceDefinition
	for _, file := range files {
		content, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		var definition apiextensionsv1.CustomResourceDefinition
		Expect(yaml.UnmarshalStrict(content, &definition)).To(Succeed(), file)
		all = append(all, definition)
	}
	return all
})

// schemaOf is the schema of a definition's only version.
func schemaOf(definition apiextensionsv1.CustomResourceDefinition) apiextensionsv1.JSONSchemaProps {
	Expect(definition.Spec.Versions).To(HaveLen(1))
	return *definition.Spec.Versions[0].Schema.OpenAPIV3Schema
}

// walk visits the schema of every field in it, with its path: "spec.variants[].name".
func walk(path string, schema apiextensionsv1.JSONSchemaProps, visit func(path string, schema apiextensionsv1.JSONSchemaProps)) {
	visit(path, schema)
	for name, property := range schema.Properties {
		at := name
		if path != "" {
			at = path + "." + name
		}
		walk(at, property, visit)
	}
	if schema.Items != nil {
		walk(path+"[]", *schema.Items.Schema, visit)
	}
}

// ruleMessages are the messages of all rules of CEL, each once.
var ruleMessages = sync.OnceValue(func() []string {
	var messages []string
	for _, definition := range definitions() {
		walk("", schemaOf(definition), func(path string, schema apiextensionsv1.JSONSchemaProps) {
			for _, rule := range schema.XValidations {
				Expect(rule.Message).NotTo(BeEmpty(), "%s has a rule without message: %s", path, rule.Rule)
				messages = append(messages, rule.Message)
			}
		})
	}
	slices.Sort(messages)
	return slices.Compact(messages)
})
