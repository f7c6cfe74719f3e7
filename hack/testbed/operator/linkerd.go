package operator

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

// Generation is a generation of Linkerd's kinds.
type Generation string

// Generations of Linkerd.
const (
	// Policy is Linkerd 2.16 and later.
	Policy Generation = "Policy"
	// Classic is before, with the SMI extension.
	Classic Generation = "Classic"
)

// served are the definitions that a cluster with Linkerd has, by generation, with the versions that it serves; empty means all.
var served = map[Generation]map[string][]string{
	Policy: {
		"policy.linkerd.io_servers": nil, "policy.linkerd.io_httproutes": nil, "policy.linkerd.io_authorizationpolicies": nil,
		"policy.linkerd.io_meshtlsauthentications": nil, "policy.linkerd.io_networkauthentications": nil,
		"policy.linkerd.io_serverauthorizations": nil, "linkerd.io_serviceprofiles": nil,
	},
	Classic: {
		"policy.linkerd.io_servers": {"v1beta1"}, "policy.linkerd.io_serverauthorizations": nil,
		"linkerd.io_serviceprofiles": nil, "split.smi-spec.io_trafficsplits": nil,
	},
}

// meshDefinitions returns files that define the kinds of a generation. They come from the driver's own types; those of which a generation
// serves only some versions are rewritten into a folder.
func meshDefinitions(root, folder string, generation Generation) ([]string, error) {
	kinds, known := served[cmp.Or(generation, Policy)]
	if !known {
		return nil, fmt.Errorf("there is no generation %q of Linkerd", generation)
	}
	var paths []string
	for name, versions := range kinds {
		path := filepath.Join(root, "internal", "driver", "linkerd", "testdata", "crds", name+".yaml")
		if len(versions) > 0 {
			narrowed := filepath.Join(folder, name+".yaml")
			if err := narrow(path, narrowed, versions); err != nil {
				return nil, err
			}
			path = narrowed
		}
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths, nil
}

// narrow copies a definition with some of its versions only; the last of them is stored.
func narrow(from, to string, versions []string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var definition apiextensionsv1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(content, &definition); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	definition.Spec.Versions = slices.DeleteFunc(definition.Spec.Versions, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool {
		return !slices.Contains(versions, v.Name)
	})
	if len(definition.Spec.Versions) != len(versions) {
		return fmt.Errorf("%s does not define all of %v", from, versions)
	}
	for i := range definition.Spec.Versions {
		definition.Spec.Versions[i].Storage = i == len(versions)-1
	}
	if content, err = yaml.Marshal(definition); err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600)
}
