package plan_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation"
	"pgregory.net/rapid"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/manifest"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// genNamespace is a namespace that an API server could hold: the custom resources have passed their definitions.
func genNamespace(t *rapid.T, known *manifest.Definitions) compose.Snapshot {
	var text strings.Builder
	write := func(object client.Object) {
		data, err := yaml.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString("---\n" + string(data))
	}
	for _, name := range []string{"orders", "users", "web", "own-v1", "own-v2"} {
		write(genService(t, name))
	}
	for _, app := range []string{"orders", "users"} {
		for _, version := range []string{"v1", "v2", "v3"} {
			write(genDeployment(t, app, version))
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "releases") {
		write(genRelease(t, i))
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "policies") {
		write(genPolicy(t, i))
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "profiles") {
		write(genProfile(t, i))
	}
	objects := manifest.Read(known, "shop", manifest.Source{Name: "generated", Data: []byte(text.String())})
	for _, problem := range objects.Problems {
		t.Fatalf("the generator makes what an API server refuses: %v", problem.Problem)
	}
	settings := settingsOf(defaultConfig(t))
	settings.InjectionAllowed = rapid.Bool().Draw(t, "injection allowed")
	snapshot := objects.Snapshots(settings)[0].Snapshot
	genStanding(t, &snapshot)
	return snapshot
}

// genStanding lets splits of earlier releases stand, and endpoints be what they are.
func genStanding(t *rapid.T, snapshot *compose.Snapshot) {
	for _, service := range []string{"orders", "users"} {
		if !rapid.Bool().Draw(t, "standing") {
			continue
		}
		leaf := compose.LeafName("shop", service, "v1")
		snapshot.Retained[service] = model.Retain{Service: service, StableLeaf: leaf, Release: rapid.Bool().Draw(t, "release")}
		snapshot.LeafSelectors[leaf] = map[string]string{"app": service, "version": "v1"}
		total := rapid.IntRange(0, 3).Draw(t, "total")
		snapshot.Endpoints[leaf] = compose.Endpoints{Ready: rapid.IntRange(0, total).Draw(t, "ready"), Total: total}
	}
}

type fatal interface{ Fatal(args ...any) }

func defaultConfig(t fatal) config.OperatorConfig {
	cfg, err := config.Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// everyPlan checks a property of random namespaces under every generation of drivers.
func everyPlan(t *testing.T, property func(*rapid.T, compose.Snapshot, plan.Drivers)) {
	known, err := definitions()
	if err != nil {
		t.Fatal(err)
	}
	for _, generation := range generations {
		t.Run(string(generation), func(t *testing.T) {
			cfg := defaultConfig(t)
			cfg.Mesh.Linkerd.Generation = generation
			drivers := driversFor(cfg)
			rapid.Check(t, func(t *rapid.T) { property(t, genNamespace(t, known), drivers) })
		})
	}
}

func TestNothingAdmittedPanicsOrFails(t *testing.T) {
	everyPlan(t, func(t *rapid.T, snapshot compose.Snapshot, drivers plan.Drivers) {
		for _, problem := range plan.Namespace(snapshot, drivers).Problems {
			if problem.Reason == v1alpha1.ReasonInternalError {
				t.Fatalf("a driver failed: %v", problem)
			}
		}
	})
}

func TestOrderOfInputMeansNothing(t *testing.T) {
	everyPlan(t, func(t *rapid.T, snapshot compose.Snapshot, drivers plan.Drivers) {
		want := textOf(t, plan.Namespace(snapshot, drivers))
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		shuffle(random, snapshot.Releases)
		shuffle(random, snapshot.Policies)
		shuffle(random, snapshot.Profiles)
		shuffle(random, snapshot.Services)
		shuffle(random, snapshot.Deployments)
		if diff := cmp.Diff(want, textOf(t, plan.Namespace(snapshot, drivers))); diff != "" {
			t.Fatalf("the order of the input changes the plan:\n%s", diff)
		}
	})
}

func TestPlanningChangesNoInput(t *testing.T) {
	everyPlan(t, func(t *rapid.T, snapshot compose.Snapshot, drivers plan.Drivers) {
		before := jsonOf(t, snapshot)
		plan.Namespace(snapshot, drivers)
		if diff := cmp.Diff(before, jsonOf(t, snapshot)); diff != "" {
			t.Fatalf("planning changed the snapshot:\n%s", diff)
		}
	})
}

func TestSplitsAreSound(t *testing.T) {
	everyPlan(t, func(t *rapid.T, snapshot compose.Snapshot, drivers plan.Drivers) {
		planned := plan.Namespace(snapshot, drivers)
		for _, svc := range planned.Model.Services {
			for _, route := range svc.Routes {
				checkSplit(t, svc, route.Split)
			}
		}
		for _, edge := range planned.Model.Edges {
			for _, route := range edge.Routes {
				if len(route.Table) == 0 || !route.Table[len(route.Table)-1].Match.All() {
					t.Fatalf("%s %s: the last line does not catch all", edge.Name, route.YAMLPath)
				}
				behind := model.Service{Name: route.Service} // a port that no release has leads to the Service itself
				if route.Retain != nil {
					behind = serviceOf(planned.Model, route.Service)
				}
				for _, line := range route.Table {
					checkSplit(t, behind, line.Split)
				}
			}
		}
	})
}

// checkSplit: every share is above 0, nobody has two, and while stable is ready nobody who is not ready has one (promises I1 and I2).
func checkSplit(t *rapid.T, svc model.Service, split []model.Share) {
	seen := map[string]bool{}
	backends := map[string]model.Backend{}
	stableReady := false
	for _, backend := range svc.Backends {
		backends[backend.Service] = backend
		stableReady = stableReady || backend.Stable && backend.Ready
	}
	for _, share := range split {
		if share.Weight <= 0 || seen[share.Backend] {
			t.Fatalf("Service %s: %v has a weight that is not above 0, or a backend twice", svc.Name, split)
		}
		seen[share.Backend] = true
		backend, known := backends[share.Backend]
		if len(backends) > 0 && !known {
			t.Fatalf("Service %s: %s is no backend", svc.Name, share.Backend)
		}
		if stableReady && !backend.Ready {
			t.Fatalf("Service %s: %s has a share and is not ready, though stable is", svc.Name, share.Backend)
		}
	}
}

func serviceOf(ns model.Namespace, name string) model.Service {
	for _, svc := range ns.Services {
		if svc.Name == name {
			return svc
		}
	}
	return model.Service{Name: name}
}

func TestObjectsHaveOneNameEach(t *testing.T) {
	everyPlan(t, func(t *rapid.T, snapshot compose.Snapshot, drivers plan.Drivers) {
		seen := map[string]string{}
		for _, group := range plan.Namespace(snapshot, drivers).Groups {
			for _, object := range group.Objects {
				key := object.GetObjectKind().GroupVersionKind().GroupKind().String() + "/" + object.GetName()
				if other, twice := seen[key]; twice {
					t.Fatalf("%s is written by the groups %s and %s", key, other, group.Key)
				}
				seen[key] = group.Key
				if problems := validation.IsDNS1123Subdomain(object.GetName()); len(problems) > 0 || len(object.GetName()) > 63 {
					t.Fatalf("%s: the name is not one: %v", key, problems)
				}
			}
		}
	})
}

func shuffle[T any](random *rand.Rand, items []T) {
	random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
}

// textOf is a plan as text: objects in write order, and what people are told.
func textOf(t *rapid.T, planned plan.Plan) string {
	return jsonOf(t, planned.Groups) + jsonOf(t, planned.Problems) + jsonOf(t, planned.Held) + jsonOf(t, planned.HeldSplits) + fmt.Sprint(planned.Waiting)
}

func jsonOf(t *rapid.T, value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
