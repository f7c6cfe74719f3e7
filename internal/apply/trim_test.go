package apply

import (
	"reflect"
	"testing"
)

func TestTrim(t *testing.T) {
	for name, test := range map[string]struct {
		fields, wanted, standing, want string
	}{
		"nothing foreign": {"{}", "spec: {a: 1}", "spec: {a: 1}", "{}"},
		"a field that we hold as well": {
			"f:spec: {f:a: {}}", "spec: {a: 1}", "spec: {a: 1}", "{}",
		},
		"a field beside ours": {
			"f:spec: {f:a: {}, f:b: {}}", "spec: {a: 1}", "spec: {a: 1, b: 2}", "spec: {b: null}",
		},
		"a whole branch": {
			"f:spec: {f:b: {f:c: {}}}", "spec: {a: 1}", "spec: {a: 1, b: {c: 1}}", "spec: {b: null}",
		},
		"a field inside of a branch of ours": {
			"f:spec: {f:b: {f:c: {}, f:d: {}}}", "spec: {b: {c: 1}}", "spec: {b: {c: 1, d: 2}}", "spec: {b: {d: null}}",
		},
		"an element of a list of ours": {
			`f:spec: {f:ports: {'k:{"port":1}': {".": {}}}}`, "spec: {ports: [{port: 2}]}", "spec: {ports: [{port: 2}, {port: 1}]}",
			"spec: {ports: [{port: 2}]}",
		},
		"a list that we hold as well": {
			"f:spec: {f:list: {}}", "spec: {list: [1]}", "spec: {list: [1]}", "{}",
		},
		"beside the spec": {"f:data: {f:x: {}}", "data: {a: b}", "data: {a: b, x: c}", "data: {x: null}"},
	} {
		t.Run(name, func(t *testing.T) {
			patch := map[string]any{}
			trim(patch, parse(t, test.fields), parse(t, test.wanted), parse(t, test.standing))
			if want := parse(t, test.want); !reflect.DeepEqual(patch, want) {
				t.Errorf("trim = %v, want %v", patch, want)
			}
		})
	}
}

func TestTrimsOfTwoManagersAreOnePatch(t *testing.T) {
	patch := map[string]any{}
	wanted, standing := parse(t, "spec: {a: {b: 1}}"), parse(t, "spec: {a: {b: 1, c: 2, d: 3}}")
	trim(patch, parse(t, "f:spec: {f:a: {f:c: {}}}"), wanted, standing)
	trim(patch, parse(t, "f:spec: {f:a: {f:d: {}}}"), wanted, standing)
	if want := parse(t, "spec: {a: {c: null, d: null}}"); !reflect.DeepEqual(patch, want) {
		t.Errorf("patch = %v, want %v", patch, want)
	}
}
