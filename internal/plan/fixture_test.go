package plan_test

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver/builtin"
	"github.com/kubemate/kubemate/internal/manifest"
	"github.com/kubemate/kubemate/internal/plan"
)

// driversFor are the drivers that the manager would choose in a cluster that serves everything.
func driversFor(cfg config.OperatorConfig) plan.Drivers {
	drivers := builtin.New(cfg)
	served := map[schema.GroupVersionKind]bool{}
	for _, kind := range drivers.Kinds() {
		served[kind] = true
	}
	return drivers.Select(served, nil)
}

func settingsOf(cfg config.OperatorConfig) manifest.Settings {
	settings := manifest.Settings{InjectionAllowed: cfg.Injection.Enabled, RestartsAllowed: cfg.Injection.Restarts, MeshNamespace: cfg.Mesh.Linkerd.Namespace, Now: noon}
	settings.Gateways, settings.Reservations = cfg.Edge.Model()
	settings.ClusterNetworks, settings.Reachable = cfg.Network.ClusterNetworks, cfg.Network.Model()
	return settings
}

// writeObjects writes a plan's groups as YAML, in write order, after what pod templates need.
func writeObjects(t *testing.T, out *strings.Builder, planned plan.Plan) {
	t.Helper()
	for i := range planned.Templates {
		template := &planned.Templates[i]
		out.WriteString("# " + planned.Namespace + " pod templates of Service " + template.Service + "\n---\n" + toYAML(t, plainValue(template.Annotations)))
	}
	for _, group := range planned.Groups {
		out.WriteString("# " + planned.Namespace + " " + group.Key + "\n")
		for _, object := range group.Objects {
			content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object.Object)
			if err != nil {
				t.Fatal(err)
			}
			delete(content, "status")
			if metadata, ok := content["metadata"].(map[string]any); ok && metadata["creationTimestamp"] == nil {
				delete(metadata, "creationTimestamp")
			}
			out.WriteString("---\n" + toYAML(t, content))
		}
		for _, borrowed := range group.Borrowed {
			out.WriteString("---\n# borrowed\n" + toYAML(t, plainValue(borrowed)))
		}
	}
}

// plainValue writes a value the way people write YAML: fields in lower camel case, durations as text, nothing that is empty.
func plainValue(value any) any { return plain(reflect.ValueOf(value)) }

func plain(value reflect.Value) any {
	if duration, ok := value.Interface().(time.Duration); ok {
		return duration.String()
	}
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return nil
		}
		return plain(value.Elem())
	case reflect.Struct:
		return plainStruct(value)
	case reflect.Slice:
		items := make([]any, 0, value.Len())
		for i := range value.Len() {
			items = append(items, plain(value.Index(i)))
		}
		return items
	case reflect.Map:
		fields := map[string]any{}
		for _, key := range value.MapKeys() {
			fields[key.String()] = plain(value.MapIndex(key))
		}
		return fields
	default:
		return value.Interface()
	}
}

func plainStruct(value reflect.Value) map[string]any {
	fields := map[string]any{}
	for i := range value.NumField() {
		field, inner := value.Type().Field(i), value.Field(i)
		if inner.IsZero() {
			continue
		}
		fields[lowerFirst(field.Name)] = plain(inner)
	}
	return fields
}

// lowerFirst is a field's name in lower camel case: "HSTS" is "hsts", "YAMLPath" is "yamlPath".
func lowerFirst(name string) string {
	end := 0
	for end < len(name) && unicode.IsUpper(rune(name[end])) {
		end++
	}
	if end > 1 && end < len(name) {
		end-- // the last capital begins the next word
	}
	return strings.ToLower(name[:end]) + name[end:]
}
