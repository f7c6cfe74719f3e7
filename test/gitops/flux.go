package gitops

import (
	"fmt"
	"os"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/ext"
	"sigs.k8s.io/yaml"
)

// Flux evaluates the expressions of kustomization.yaml, by kind.
type Flux map[string][]outcome

// outcome is an expression and what an object is when it is true.
type outcome struct {
	is      string
	program cel.Program
}

// ReadFlux reads config/gitops/flux/kustomization.yaml in the checkout.
func ReadFlux(checkout string) (Flux, error) {
	content, err := os.ReadFile(checkout + "/config/gitops/flux/kustomization.yaml")
	if err != nil {
		return nil, err
	}
	var kustomization struct {
		Spec struct {
			HealthCheckExprs []struct{ APIVersion, Kind, InProgress, Failed, Current string }
		}
	}
	if err := yaml.Unmarshal(content, &kustomization); err != nil {
		return nil, err
	}
	// As in fluxcd/pkg, runtime/cel/expression.go.
	env, err := cel.NewEnv(cel.HomogeneousAggregateLiterals(), cel.EagerlyValidateDeclarations(true), cel.DefaultUTCTimeZone(true),
		cel.CrossTypeNumericComparisons(true), cel.OptionalTypes(), ext.Strings(), ext.Sets(), ext.Encoders())
	if err != nil {
		return nil, err
	}
	found := Flux{}
	for _, check := range kustomization.Spec.HealthCheckExprs {
		for _, one := range []struct{ is, expression string }{{"InProgress", check.InProgress}, {"Failed", check.Failed}, {"Current", check.Current}} {
			if one.expression == "" {
				continue
			}
			parsed, issues := env.Parse(one.expression)
			if issues.Err() != nil {
				return nil, fmt.Errorf("%s: %w", check.Kind, issues.Err())
			}
			program, err := env.Program(parsed, cel.EvalOptions(cel.OptOptimize))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", check.Kind, err)
			}
			found[check.Kind] = append(found[check.Kind], outcome{one.is, program})
		}
	}
	return found, nil
}

// Health is what Flux makes of an object (RFC 0009): in progress while its generation is not observed, then the first expression that is true, else in
// progress.
func (f Flux) Health(kind string, object map[string]any) (string, error) {
	status, _ := object["status"].(map[string]any)
	metadata, _ := object["metadata"].(map[string]any)
	if observed, ok := status["observedGeneration"]; ok && observed != metadata["generation"] {
		return "InProgress", nil
	}
	for _, one := range f[kind] {
		value, _, err := one.program.Eval(object)
		if err != nil {
			return "", fmt.Errorf("%s: %s: %w", kind, one.is, err)
		}
		if value.Value() == true {
			return one.is, nil
		}
	}
	return "InProgress", nil
}
