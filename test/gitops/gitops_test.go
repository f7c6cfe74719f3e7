package gitops

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
	"github.com/kubemate/kubemate/test/phases"
)

const checkout = "../.."

// told is what test objects are, as tools hold them.
type told struct {
	name, kind string
	object     map[string]any
}

func everything(t *testing.T) []told {
	t.Helper()
	releases, err := phases.Releases()
	if err != nil {
		t.Fatal(err)
	}
	others, err := phases.Others()
	if err != nil {
		t.Fatal(err)
	}
	var all []told
	add := func(name string, object runtime.Object) {
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, told{name, object.GetObjectKind().GroupVersionKind().Kind, content})
	}
	for _, moment := range releases {
		add(moment.Name, moment.Release)
	}
	for _, other := range others {
		add(other.Name, other.Object)
	}
	return all
}

func argo(t *testing.T) *Argo {
	t.Helper()
	read, err := ReadArgo(checkout, phases.Noon)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// TestHealthAtEveryPhase says of every phase of a release, and of what can become of the other kinds, what Argo CD and Flux make of it, and what
// people may do in Argo CD.
func TestHealthAtEveryPhase(t *testing.T) {
	argo := argo(t)
	flux, err := ReadFlux(checkout)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, one := range everything(t) {
		health, err := argo.Health(one.kind, one.object)
		if err != nil {
			t.Fatalf("%s: %v", one.name, err)
		}
		if !slices.Contains([]string{"Healthy", "Progressing", "Degraded", "Suspended"}, health.Status) {
			t.Errorf("%s: Argo CD knows no health %q", one.name, health.Status)
		}
		current, err := flux.Health(one.kind, one.object)
		if err != nil {
			t.Fatalf("%s: %v", one.name, err)
		}
		fmt.Fprintf(&out, "%s %s\n  Argo CD: %s: %s\n  Flux:    %s\n", one.kind, one.name, health.Status, health.Message, current)
		if one.kind == v1alpha1.KindCanaryRelease {
			offered, err := argo.Offered(one.kind, one.object)
			if err != nil {
				t.Fatalf("%s: %v", one.name, err)
			}
			fmt.Fprintf(&out, "  offered: %s\n", strings.Join(offered, ", "))
		}
	}
	golden.Check(t, "testdata/health.txt", out.String())
}

// TestActionsAreThoseThatAreDefined: a button without a script would fail, a script without a button could not be reached.
func TestActionsAreThoseThatAreDefined(t *testing.T) {
	argo, first := argo(t), everything(t)[0]
	discovered, err := argo.Discovered(first.kind, first.object)
	if err != nil {
		t.Fatal(err)
	}
	actions, err := argo.Actions(first.kind)
	if err != nil {
		t.Fatal(err)
	}
	var defined []string
	for _, definition := range actions.Definitions {
		defined = append(defined, definition.Name)
	}
	slices.Sort(defined)
	if found := slices.Sorted(maps.Keys(discovered)); !slices.Equal(found, defined) {
		t.Errorf("discovered %v, defined %v", found, defined)
	}
	for name, action := range discovered {
		if action["displayName"] == "" || !strings.HasPrefix(text(action["iconClass"]), "fa fa-fw fa-") {
			t.Errorf("%s has no name or icon: %v", name, action)
		}
	}
}

// TestActionsAreBoundToWhatIsShown looks at what every offered action creates, at every phase. Whether it is admitted is for livetest.
func TestActionsAreBoundToWhatIsShown(t *testing.T) {
	argo := argo(t)
	created := map[string]bool{}
	for _, one := range everything(t) {
		if one.kind != v1alpha1.KindCanaryRelease {
			continue
		}
		offered, err := argo.Offered(one.kind, one.object)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range offered {
			created[name] = true
			content, err := argo.Create(one.kind, name, one.object, map[string]any{"reason": "CHG-7"})
			if err != nil {
				t.Fatalf("%s when %s: %v", name, one.name, err)
			}
			checkAction(t, one, name, content)
		}
	}
	if len(created) != 6 {
		t.Errorf("only these actions were ever offered: %v", slices.Sorted(maps.Keys(created)))
	}
}

func checkAction(t *testing.T, shown told, name string, content map[string]any) {
	t.Helper()
	var action v1alpha1.ReleaseAction
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(content, &action, true); err != nil {
		t.Fatalf("%s when %s: %v", name, shown.name, err)
	}
	var release v1alpha1.CanaryRelease
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(shown.object, &release); err != nil {
		t.Fatal(err)
	}
	want := v1alpha1.ReleaseActionSpec{
		Release: "orders", ReleaseUID: string(release.UID), Generation: release.Generation, Action: action.Spec.Action, Step: action.Spec.Step,
		Actor: "system:serviceaccount:argocd:argocd-server", Reason: "CHG-7",
	}
	if action.Spec != want || strings.ToLower(string(action.Spec.Action)) != name || action.Namespace != "shop" ||
		action.Name != fmt.Sprintf("orders-%s-%d", name, phases.Noon.Unix()) {
		t.Errorf("%s when %s creates %+v", name, shown.name, action)
	}
	ofStep := name == "approve" || name == "promote"
	if ofStep != (action.Spec.Step != nil) || ofStep && *action.Spec.Step != release.Status.Release.Step.Number {
		t.Errorf("%s when %s is about step %v", name, shown.name, action.Spec.Step)
	}
}

// TestOlderArgoCDKnowsNoParameters: it has no global variable for them.
func TestOlderArgoCDKnowsNoParameters(t *testing.T) {
	for _, one := range everything(t) {
		if one.name != "progressing" {
			continue
		}
		content, err := argo(t).Create(one.kind, "abort", one.object, nil)
		if err != nil {
			t.Fatal(err)
		}
		if spec, ok := content["spec"].(map[string]any); !ok || spec["reason"] != nil {
			t.Errorf("%v", content)
		}
	}
}

// TestAnApprovalWithoutAStepFails: the message is what Argo CD's user reads.
func TestAnApprovalWithoutAStepFails(t *testing.T) {
	first := everything(t)[0]
	_, err := argo(t).Create(first.kind, "approve", first.object, nil)
	if err == nil || !strings.Contains(err.Error(), "the release is at no step of a rollout: there is nothing to approve") {
		t.Errorf("%v", err)
	}
}
