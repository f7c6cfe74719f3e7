package manifest

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
)

var definitions = sync.OnceValues(ReadDefinitions)

func read(t *testing.T, text string) *Objects {
	t.Helper()
	known, err := definitions()
	if err != nil {
		t.Fatal(err)
	}
	return Read(known, "shop", Source{Name: "a.yaml", Data: []byte(text)})
}

const release = `apiVersion: kubemate.io/v1alpha1
kind: CanaryRelease
metadata: {name: orders}
spec:
  service: {name: orders}
  variants:
  - {name: v1, deployment: orders-v1, weight: 90}
  - {name: v2, deployment: orders-v2, weight: 10}
  stable: v1
`

func TestProblemsHaveTheWordsOfTheAPIServerAndALine(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		// want are problems as "PATH:LINE:" and a part of the message.
		want map[string]string
	}{
		"a sound object has none": {release, nil},
		"an unknown field": {
			strings.Replace(release, "stable: v1", "stable: v1\n  wieghts: 3", 1), map[string]string{"spec.wieghts:10": `unknown field "spec.wieghts"`},
		},
		"a rule of the definition": {
			strings.Replace(release, "stable: v1", "stable: v3", 1), map[string]string{"spec:4": "stable must be the name of one of"},
		},
		"a bound": {
			strings.Replace(release, "weight: 10", "weight: -1", 1), map[string]string{"spec.variants[1].weight:8": "should be greater than or equal to 0"},
		},
		"a field that is missing leaves rules unchecked, and says so": {
			strings.Replace(release, "  stable: v1\n", "", 1),
			map[string]string{"spec.stable:4": "Required value", ":1": "some validation rules were not checked"},
		},
		"a wrong type": {
			strings.Replace(release, "weight: 10", "weight: many", 1),
			map[string]string{"spec.variants[1].weight:8": "must be of type integer", ":1": "some validation rules were not checked"},
		},
		"a name that is none": {
			strings.Replace(release, "name: orders}\nspec", "name: Orders@1}\nspec", 1), map[string]string{"metadata.name:3": "a lowercase RFC 1123 subdomain"},
		},
		"two variants of one name": {
			strings.Replace(release, "{name: v2, ", "{name: v1, ", 1), map[string]string{"spec.variants[1]:8": "Duplicate value"},
		},
		"a version that is not known": {
			strings.Replace(release, "v1alpha1", "v7", 1), map[string]string{"apiVersion:1": "this program knows kubemate.io/v1alpha1"},
		},
		"an item of a List": {
			"apiVersion: v1\nkind: List\nitems:\n- apiVersion: kubemate.io/v1alpha1\n  kind: MeshPolicy\n  metadata: {name: a}\n  spec:\n    target: {kind: Pod}\n    injection: Enabled\n",
			map[string]string{"spec.target.kind:8": "Unsupported value", ":1": "", ":4": "some validation rules"},
		},
		"an object twice": {
			release + "---\n" + release, map[string]string{":11": "twice in these files, first at a.yaml:1"},
		},
		"a second document has lines of its own": {
			"# a comment\n---\n" + strings.Replace(release, "stable: v1", "stable: v3", 1), map[string]string{"spec:6": "stable must be the name"},
		},
		"what is no YAML":      {"a: [b", map[string]string{":1": "reading YAML"}},
		"a key twice":          {"a: 1\na: 2\n", map[string]string{":2": "already set in map"}},
		"what is no object":    {"- 1", map[string]string{":1": "no object"}},
		"what is nothing":      {"# only a comment\n---\n---\n", nil},
		"what is not ours":     {"apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\n", nil},
		"what has no kind":     {"metadata: {name: x}\n", map[string]string{":1": "needs apiVersion, kind and metadata.name"}},
		"a Service of no type": {"apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: 3}\n", map[string]string{":1": "reading the object"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[string]string{}
			for _, problem := range read(t, test.text).Problems {
				place := problem.Origin.Path + ":" + strings.TrimPrefix(problem.Position.String(), "a.yaml:")
				got[place] = problem.Message
			}
			for place, words := range test.want {
				message, found := got[place]
				if !strings.Contains(message, words) || !found && words != "" {
					t.Errorf("no problem at %s that says %q; there are %v", place, words, got)
				}
				delete(got, place)
			}
			if len(got) > 0 {
				t.Errorf("more problems than wanted: %v", got)
			}
		})
	}
}

func TestObjectsFindTheirNamespace(t *testing.T) {
	objects := read(t, release+"---\n"+strings.Replace(release, "{name: orders}\nspec", "{name: orders, namespace: bank}\nspec", 1)+
		"---\napiVersion: v1\nkind: Namespace\nmetadata: {name: empty}\n")
	if diff := cmp.Diff([]string{"bank", "empty", "shop"}, objects.Names()); diff != "" {
		t.Errorf("namespaces -want +got:\n%s", diff)
	}
	for _, namespace := range objects.Snapshots(Settings{}) {
		if want := map[string]int{"bank": 1, "shop": 1}[namespace.Snapshot.Namespace]; len(namespace.Releases) != want {
			t.Errorf("namespace %s has %d releases, want %d", namespace.Snapshot.Namespace, len(namespace.Releases), want)
		}
	}
}

func TestGeneratedObjectsAreReadAsStanding(t *testing.T) {
	objects := read(t, `apiVersion: policy.linkerd.io/v1beta3
kind: HTTPRoute
metadata:
  name: orders-8080
  labels: {app.kubernetes.io/managed-by: kubemate}
  annotations:
    kubemate.io/origins: CanaryRelease/orders
    kubemate.io/retain: "service=orders,stable=leaf,ports=,onDelete=Stable"
---
apiVersion: v1
kind: Service
metadata:
  name: leaf
  labels: {app.kubernetes.io/managed-by: kubemate}
  annotations: {kubemate.io/origins: CanaryRelease/orders}
spec: {selector: {app: orders}}
---
apiVersion: v1
kind: Service
metadata: {name: copied, labels: {app.kubernetes.io/managed-by: kubemate}}
`)
	namespace := objects.Snapshots(Settings{})[0]
	if len(namespace.Standing) != 2 || namespace.Retained["orders"].StableLeaf != "leaf" || namespace.LeafSelectors["leaf"]["app"] != "orders" {
		t.Errorf("the generated objects are not read: %+v", namespace.Snapshot)
	}
	if len(namespace.Services) != 1 || namespace.Services[0].Name != "copied" {
		t.Errorf("a label alone makes no generated object: %v", namespace.Services)
	}
}

func TestClaimsOfOtherNamespaces(t *testing.T) {
	profile := func(namespace, name, created string) string {
		return "---\napiVersion: kubemate.io/v1alpha1\nkind: IngressProfile\nmetadata: {name: " + name + ", namespace: " + namespace +
			", creationTimestamp: " + created + "}\nspec: {hosts: [shop.example], routes: [{to: {service: web, port: 80}}]}\n"
	}
	const old, young = `"2026-01-01T00:00:00Z"`, `"2026-06-01T00:00:00Z"`
	objects := read(t, profile("a", "young", young)+profile("b", "old", old)+profile("c", "as-old", old))
	claim := func(namespace, name, created string) compose.Claim {
		since, err := time.Parse(`"`+time.RFC3339+`"`, created)
		if err != nil {
			t.Fatal(err)
		}
		return compose.Claim{HostKey: model.HostKey{Gateway: "default", Host: "shop.example"}, Namespace: namespace, Profile: name, Since: since.Local()}
	}
	a, b, c := claim("a", "young", young), claim("b", "old", old), claim("c", "as-old", old)
	want := map[string][]compose.Claim{"a": {b, c}, "b": {a, c}, "c": {a, b}}
	for _, namespace := range objects.Snapshots(Settings{}) {
		if diff := cmp.Diff(want[namespace.Snapshot.Namespace], namespace.Claims); diff != "" {
			t.Errorf("claims of %s -want +got:\n%s", namespace.Snapshot.Namespace, diff)
		}
	}
}

func TestAReleaseFromAFileKeepsWhatWasDecided(t *testing.T) {
	present := func() *v1alpha1.CanaryRelease {
		of := read(t, release).namespaces["shop"].releases["orders"]
		of.Generation = 7
		of.Status.Release = &v1alpha1.ReleaseStatus{ObservedGeneration: 7, Phase: v1alpha1.PhaseSucceeded}
		return of
	}
	for name, test := range map[string]struct {
		file       string
		generation int64
	}{
		"the same spec is the same generation":  {release, 7},
		"another spec is another generation":    {strings.Replace(release, "weight: 10", "weight: 20", 1), 8},
		"labels and annotations are no edit":    {strings.Replace(release, "{name: orders}", "{name: orders, labels: {a: b}}", 1), 7},
		"a status in the file is nobody's word": {release + "status: {release: {phase: Manual, observedGeneration: 9, revision: 1, reason: Manual, since: \"2026-01-01T00:00:00.000000Z\"}}\n", 7},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := New()
			cluster.Add(present())
			cluster.Overlay(read(t, test.file), metav1.Now())
			of := cluster.namespaces["shop"].releases["orders"]
			if of.Generation != test.generation || of.Status.Release == nil || of.Status.Release.Phase != v1alpha1.PhaseSucceeded {
				t.Errorf("generation %d, status %+v", of.Generation, of.Status.Release)
			}
		})
	}
}
