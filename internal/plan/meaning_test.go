package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/plan"
)

// meaningRounds is how often the property is checked with -rapid.checks releases (100 unless told): more by flag.
const meaningRounds = 20

// callsPerRelease is how many requests are asked of each release.
const callsPerRelease = 12

// TestMeshAndEdgeMeanWhatTheReleaseSays is the promise that a release has one meaning. A random release is planned for Linkerd and Traefik, and for
// the fake drivers. Then random requests are led by five ways of reading, which must all name the same Services with the same shares:
//
//   - the release's own YAML, read here by the words of the API (meaning_release_test.go);
//   - the model (meaning_model_test.go);
//   - what the fake drivers wrote, as any mesh that has the model's order would;
//   - the emitted HTTPRoutes, chosen from as Linkerd's proxies do (evaluate);
//   - the emitted IngressRoutes, by Traefik's own muxer (meaning_traefik_test.go).
//
// A header, cookie and query parameter has one value in a request, and all cookies come in one header: what drivers do with others is told in their
// doc.go.
func TestMeshAndEdgeMeanWhatTheReleaseSays(t *testing.T) {
	seen := meaningTally{decided: map[string]int{}}
	drivers := meaningDrivers(t)
	for range meaningRounds {
		rapid.Check(t, func(t *rapid.T) { checkMeaning(t, drivers, &seen) })
	}
	seen.print(t)
	for _, kind := range meaningKinds {
		if seen.decided[kind] == 0 {
			t.Errorf("no request was decided by: %s", kind)
		}
	}
	if seen.refused*2 > seen.releases {
		t.Errorf("most releases were refused: %d of %d", seen.refused, seen.releases)
	}
}

// meaningKinds are the kinds of match and circumstance that must have decided some requests.
var meaningKinds = []string{
	"path exact", "path prefix", "path regex", "method", "gRPC method", "gRPC service",
	"header exact", "header prefix", "header regex", "cookie exact", "cookie prefix", "cookie regex", "query exact", "query prefix", "query regex",
	"weights", "shares of a rollout", "stable in place of a variant that is not ready", "an earlier match before a later one that is true too", "a path below a stripped prefix",
}

// threeDrivers are the drivers that the same release is planned with.
type threeDrivers struct{ real, classic, fake plan.Drivers }

func meaningDrivers(t *testing.T) threeDrivers {
	cfg := defaultConfig(t)
	cfg.Mesh.Linkerd.Generation = config.GenerationPolicy
	all := threeDrivers{real: driversFor(cfg)}
	cfg.Mesh.Linkerd.Generation = config.GenerationClassic
	all.classic = driversFor(cfg)
	all.fake = plan.Drivers{Mesh: drivertest.FakeMesh(), Edge: drivertest.FakeEdge(), Kube: all.real.Kube}
	return all
}

func checkMeaning(t *rapid.T, drivers threeDrivers, seen *meaningTally) {
	seen.releases++
	story := drawStory(t)
	snapshot := story.snapshot()
	snapshot.Gateways = settingsOf(defaultConfig(t)).Gateways
	checkClassic(t, story, plan.Namespace(snapshot, drivers.classic))
	planned := plan.Namespace(snapshot, drivers.real)
	if len(planned.Held) > 0 {
		checkRefused(t, planned)
		seen.refused++
		return
	}
	readers := []reading{modelReading(planned), linkerdReading(t, planned), fakeReading(t, plan.Namespace(snapshot, drivers.fake))}
	edges := []edgeReading{modelEdgeReading(planned), traefikReading(t, planned)}
	for range callsPerRelease {
		inside := drawCall(t, story)
		want := story.decide(inside)
		for _, reader := range readers {
			if got := reader.ask(inside); got != want.split {
				t.Fatalf("%+v\nthe release says %s\n%s says %s", inside, want.split, reader.name, got)
			}
		}
		seen.calls++
		seen.count(want.by...)
		outside, ok := story.outside(t, inside)
		if !ok {
			continue
		}
		for _, edge := range edges {
			if got := edge.ask(outside); got != want.split {
				t.Fatalf("%+v\nfrom outside %+v\nthe release says %s\n%s says %s", inside, outside, want.split, edge.name, got)
			}
		}
		seen.edge++
		if story.strip {
			seen.count("a path below a stripped prefix")
		}
	}
}

// reading is one way to find out who answers a request inside the mesh, edgeReading one for requests from outside. The answer is written by
// splitText.
type (
	reading struct {
		name string
		ask  func(call) string
	}
	edgeReading = reading
)

// checkRefused: what the mesh cannot express is not expressed at the edge either.
func checkRefused(t *rapid.T, planned plan.Plan) {
	for _, group := range planned.Groups {
		for _, object := range group.Objects {
			if object.Retain != nil {
				t.Fatalf("%v\nand yet %s carries a split", planned.Problems, object.GetName())
			}
		}
	}
}

// checkClassic: the older Linkerd says weights, and says no to everything else.
func checkClassic(t *rapid.T, story *story, planned plan.Plan) {
	if len(story.release.Spec.Matches) > 0 { // whether they hold just now or not
		if len(planned.Held) == 0 || !strings.Contains(planned.Problems.Error(), "requests told apart by path, method") {
			t.Fatalf("the classic generation does not say that it has no matches: %v", planned.Problems)
		}
		checkRefused(t, planned)
		return
	}
	want := story.decide(call{method: "GET", path: "/"}).split
	if got := trafficSplitText(t, planned); got != want {
		t.Fatalf("the release says %s\nthe TrafficSplit says %s", want, got)
	}
}

// tally counts what the property was about.
type meaningTally struct {
	releases, refused, calls, edge int
	decided                        map[string]int
}

func (s *meaningTally) count(kinds ...string) {
	for _, kind := range kinds {
		s.decided[kind]++
	}
}

func (s *meaningTally) print(t *testing.T) {
	t.Logf("%d releases, of which %d were refused as a whole; %d requests inside, %d of them from outside too", s.releases, s.refused, s.calls, s.edge)
	for _, kind := range slices.Sorted(maps.Keys(s.decided)) {
		t.Logf("%5.1f %% of requests decided by: %s", 100*float64(s.decided[kind])/float64(s.calls), kind)
	}
}

// splitText writes a split in its smallest whole numbers, sorted by Service, without shares of 0.
func splitText(weights map[string]int64) string {
	var divisor int64
	for _, weight := range weights {
		divisor = gcd(divisor, weight)
	}
	words := []string{}
	for _, service := range slices.Sorted(maps.Keys(weights)) {
		if weights[service] > 0 {
			words = append(words, fmt.Sprintf("%s=%d", service, weights[service]/divisor))
		}
	}
	return strings.Join(words, " ")
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// leafOf is the Service that answers for a variant.
func leafOf(variant v1alpha1.Variant) string {
	if variant.Service != nil {
		return string(*variant.Service)
	}
	return compose.LeafName("shop", "orders", string(variant.Name))
}
