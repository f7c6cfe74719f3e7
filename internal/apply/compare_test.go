package apply

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"
)

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	var value map[string]any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestContains(t *testing.T) {
	for name, test := range map[string]struct {
		live, wanted string
		want         bool
	}{
		"the same":                                   {"spec: {a: 1}", "spec: {a: 1}", true},
		"a default of the server beside ours":        {"spec: {a: 1, b: 2}", "spec: {a: 1}", true},
		"a foreign label beside ours":                {"metadata: {labels: {x: y, z: w}}", "metadata: {labels: {x: y}}", true},
		"our field is gone":                          {"spec: {}", "spec: {a: 1}", false},
		"our field has another value":                {"spec: {a: 2}", "spec: {a: 1}", false},
		"a list is longer":                           {"spec: {a: [1, 2]}", "spec: {a: [1]}", false},
		"a list is in another order":                 {"spec: {a: [2, 1]}", "spec: {a: [1, 2]}", false},
		"an element of a list has a field more":      {"spec: {a: [{b: 1, c: 2}]}", "spec: {a: [{b: 1}]}", false},
		"an empty map that is wanted is gone":        {"spec: {}", "spec: {tls: {}}", false},
		"an empty map that is wanted is there":       {"spec: {tls: {}}", "spec: {tls: {}}", true},
		"a selector with a key more":                 {"spec: {selector: {app: a, extra: b}}", "spec: {selector: {app: a}}", false},
		"an empty podSelector that got a key":        {"spec: {podSelector: {matchLabels: {a: b}}}", "spec: {podSelector: {}}", false},
		"a number of another type":                   {"spec: {a: [1.0]}", "spec: {a: [1]}", true},
		"a map where a string is wanted":             {"spec: {a: {}}", "spec: {a: b}", false},
		"another version of the kind":                {"{apiVersion: x/v2, spec: {a: 1}}", "{apiVersion: x/v1, spec: {a: 1}}", true},
		"a field of ours that is named like a kind":  {"spec: {kind: B}", "spec: {kind: A}", false},
		"an element of a list lacks one of our keys": {"spec: {a: [{b: 1}]}", "spec: {a: [{b: 1, c: null}]}", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := contains(parse(t, test.live), parse(t, test.wanted), parse(t, test.wanted), ""); got != test.want {
				t.Errorf("contains = %v, want %v", got, test.want)
			}
		})
	}
}

func TestManifestHasNoEmptyListsAndNulls(t *testing.T) {
	content := parse(t, "spec: {a: [], b: null, tls: {}, c: [{d: [], e: 1}]}")
	compact(content)
	spec := content["spec"].(map[string]any)
	if _, there := spec["a"]; there {
		t.Error("an empty list is sent")
	}
	if _, there := spec["b"]; there {
		t.Error("a null is sent")
	}
	if _, there := spec["tls"]; !there {
		t.Error("an empty map, which means something, is not sent")
	}
	if element := spec["c"].([]any)[0].(map[string]any); len(element) != 1 {
		t.Errorf("an empty list inside of a list is sent: %v", element)
	}
}

func TestWhatATypeHasWhereNothingIsSaidIsNoDifference(t *testing.T) {
	manifest := &unstructured.Unstructured{Object: parse(t, "{metadata: {namespace: shop, name: orders}, spec: {ports: [{port: 80}]}}")}
	for name, test := range map[string]struct {
		port corev1.ServicePort
		want bool
	}{
		"the type has a zero for what the manifest leaves out": {corev1.ServicePort{Port: 80}, true},
		"somebody has said it":                                 {corev1.ServicePort{Port: 80, TargetPort: intstr.FromInt32(8080)}, false},
		"somebody has changed what the manifest says":          {corev1.ServicePort{Port: 81}, false},
	} {
		t.Run(name, func(t *testing.T) {
			live := &corev1.Service{Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{test.port}}}
			live.Namespace, live.Name = "shop", "orders"
			got, err := matches(manifest, live)
			if err != nil || got != test.want {
				t.Errorf("matches = %t, %v, want %t", got, err, test.want)
			}
		})
	}
}
