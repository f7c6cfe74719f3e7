package access

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/plan"
)

var changes = flag.Int("changes", 10, "changes to make in each generation, each as often as it takes writes")

const (
	// watched is how many calls are watched during each change.
	watched = 40
	// patience is how long a change may take, and glance how often Linkerd's controller looks.
	patience, glance = 2 * time.Minute, 300 * time.Millisecond
)

// watch is one call, and what was said of it before the change and is said of it after.
type watch struct {
	call          evaluate.Call
	before, after bool
}

func TestNoMomentOfAChangeIsWiderOrNarrowerThanBothSides(t *testing.T) {
	for _, one := range []generation{{name: config.GenerationPolicy, share: 4}, {name: config.GenerationClassic, share: 1}} {
		t.Run(string(one.name), func(t *testing.T) { changeMany(t, staying(t, one.name), drawing{share: one.share}, *changes) })
		t.Run(string(one.name)+", isolated", func(t *testing.T) {
			changeMany(t, staying(t, one.name), drawing{share: one.share, isolated: true}, *changes)
		})
	}
}

func TestNoMomentOfAMoveToAnotherGenerationIsWiderOrNarrowerThanBothSides(t *testing.T) {
	classic, policy := drivers(t, config.GenerationClassic), drivers(t, config.GenerationPolicy)
	some := max(*changes/4, 1) // each takes more writes than a change of policies
	for name, move := range map[string]course{"Policy": {classic, policy}, "Classic": {policy, classic}} {
		t.Run("to "+name, func(t *testing.T) { changeMany(t, move, drawing{share: 1}, some) })
		t.Run("to "+name+", isolated", func(t *testing.T) { changeMany(t, move, drawing{share: 1, isolated: true}, some) })
		t.Run("to "+name+", and nothing else", func(t *testing.T) { changeMany(t, move, drawing{share: 1, unchanged: true}, some) })
	}
}

// course is the drivers that write before a change and after it.
type course struct{ before, after plan.Drivers }

func staying(t *testing.T, generation config.Generation) course {
	chosen := drivers(t, generation)
	return course{chosen, chosen}
}

// kinds are those of both.
func (c course) kinds() []schema.GroupVersionKind {
	kinds := c.after.Kinds()
	for _, kind := range c.before.Kinds() {
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// changeMany makes that many changes between scenes.
func changeMany(t *testing.T, along course, by drawing, many int) {
	seen := map[string]int{}
	for by.number = *seed; seen["changes"] < many && !t.Failed(); by.number++ {
		everyFailure(t, by, along, seen)
	}
	t.Logf("%d changes, made %d times, with %d versions; of the calls watched %d were allowed before and after, %d only before, %d only after", seen["changes"], seen["times"], seen["versions"], seen["both"], seen["before"], seen["after"])
	if seen["both"] == 0 || !by.unchanged && min(seen["before"], seen["after"]) == 0 {
		t.Error("the changes changed nothing")
	}
}

// everyFailure makes one change as often as it takes writes, and each time another write fails: it is not done, or its answer is lost.
func everyFailure(t *testing.T, by drawing, along course, seen map[string]int) {
	for failing := 0; ; failing++ {
		writes := 0
		synctest.Test(t, func(t *testing.T) { writes = change(t, by, along, failing, seen) })
		if writes == 0 || t.Failed() {
			return
		}
		seen["times"]++
		if failing == 0 {
			seen["changes"]++
		}
		if failing >= writes {
			return
		}
	}
}

// change brings one set of policies into force, then another in its place, and watches some calls at every version. It returns the number of writes.
func change(t *testing.T, by drawing, along course, failing int, seen map[string]int) int {
	random := rand.New(rand.NewPCG(by.number, 2))
	first, second := drawScene(random, by.share), drawScene(random, by.share)
	second.snapshot.Services, second.snapshot.Deployments = first.snapshot.Services, first.snapshot.Deployments
	switch {
	case by.unchanged:
		second = first
	case by.policies != nil:
		first.snapshot.Policies, second.snapshot.Policies = by.policies()
	case by.isolated:
		isolateBoth(random, &first, &second)
	}
	before, after := plan.Namespace(first.snapshot, along.before), plan.Namespace(second.snapshot, along.after)
	if len(before.Held)+len(before.Waiting)+len(after.Held)+len(after.Waiting) > 0 {
		return 0 // what is held stays, so that the change is another one
	}
	stand, engine := begin(t, random, along.kinds())
	bring(t, by, engine, stand, before)
	calls := drawWatched(random, first, worldFor(t, before), worldFor(t, after))
	stand.observe = func() {
		seen["versions"]++
		world, err := evaluate.New(stand.objects(), evaluate.Cluster{})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range calls {
			one.check(t, by, stand, world)
		}
	}
	stand.writes, stand.failing, stand.lost = 0, failing, random.IntN(2) == 0
	bring(t, by, engine, stand, after)
	for _, one := range calls {
		switch {
		case one.before && one.after:
			seen["both"]++
		case one.before:
			seen["before"]++
		case one.after:
			seen["after"]++
		}
	}
	return stand.writes
}

// isolateBoth makes a change of access rules while the network stays isolated as it is, or one of the network under the same access rules: the mesh and
// the network are written apart, so that what one of them refuses before and the other after may pass in between. Services that share pods are
// left out for the same reason.
func isolateBoth(random *rand.Rand, first, second *scene) {
	first.separate()
	second.separate()
	if random.IntN(2) == 0 {
		first.isolate(random)
		second.takeNetworks(first)
		return
	}
	second.snapshot.Policies = nil
	for _, policy := range first.snapshot.Policies {
		second.snapshot.Policies = append(second.snapshot.Policies, policy.DeepCopy())
	}
	second.isolate(random)
	if random.IntN(2) == 0 {
		first.snapshot.Policies, second.snapshot.Policies = second.snapshot.Policies, first.snapshot.Policies
	}
}

// isolatedNamespace is a policy about the network of all pods, and their access.
func isolatedNamespace(access *v1alpha1.Access, network *v1alpha1.Network) *v1alpha1.MeshPolicy {
	policy := &v1alpha1.MeshPolicy{Spec: v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, Access: access, Network: network}}
	policy.Namespace, policy.Name = namespace, "isolated"
	return policy
}

func TestChangesBetweenMeshAndNetwork(t *testing.T) {
	web, yes := v1alpha1.NamespaceName("web"), true
	forWeb := &v1alpha1.Access{Rules: []v1alpha1.AccessRule{{From: []v1alpha1.Caller{{Namespace: &web}}, To: []v1alpha1.Requests{{Ports: []v1alpha1.PortNumber{80}}}}}}
	forAll := &v1alpha1.Access{Rules: []v1alpha1.AccessRule{{From: []v1alpha1.Caller{{Any: &yes}}}}}
	isolate := &v1alpha1.Network{Isolate: true}
	for name, policies := range map[string]func() (before, after []*v1alpha1.MeshPolicy){
		"who may call a Service of an isolated namespace may not any more": func() (before, after []*v1alpha1.MeshPolicy) {
			alone := []*v1alpha1.MeshPolicy{isolatedNamespace(nil, isolate)}
			return append(alone, policyFor("users", forWeb)), alone
		},
		"a namespace whose Services share pods is isolated no longer": func() (before, after []*v1alpha1.MeshPolicy) {
			closed := policyFor("orders", &v1alpha1.Access{})
			return []*v1alpha1.MeshPolicy{isolatedNamespace(forAll, isolate), closed}, []*v1alpha1.MeshPolicy{isolatedNamespace(forAll, nil), closed}
		},
		"a namespace whose Services share pods is isolated": func() (before, after []*v1alpha1.MeshPolicy) {
			closed := policyFor("orders", &v1alpha1.Access{})
			return []*v1alpha1.MeshPolicy{isolatedNamespace(forAll, nil), closed}, []*v1alpha1.MeshPolicy{isolatedNamespace(forAll, isolate), closed}
		},
	} {
		for _, generation := range []config.Generation{config.GenerationPolicy, config.GenerationClassic} {
			t.Run(name+", "+string(generation), func(t *testing.T) {
				seen := map[string]int{}
				for number := range uint64(4) {
					everyFailure(t, drawing{number: number, policies: policies}, staying(t, generation), seen)
				}
				if seen["versions"] == 0 {
					t.Error("nothing was written")
				}
			})
		}
	}
}

func TestAGuardWakesEvenIfNobodySaysThatItsRoutesAreAccepted(t *testing.T) {
	chosen := drivers(t, config.GenerationPolicy)
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(2, 2))
		drawn := drawScene(random, 5)
		get, from := v1alpha1.Requests{Ports: []v1alpha1.PortNumber{80}, Methods: []v1alpha1.HTTPMethod{"GET"}}, []v1alpha1.Caller{{ServiceAccount: &v1alpha1.ServiceAccountRef{Namespace: "ops", Name: "y"}}}
		drawn.snapshot.Policies = []*v1alpha1.MeshPolicy{policyFor("users", &v1alpha1.Access{Rules: []v1alpha1.AccessRule{{From: from, To: []v1alpha1.Requests{get}}}})}
		stand, engine := begin(t, random, chosen.Kinds())
		stand.silent = true
		planned := plan.Namespace(drawn.snapshot, chosen)
		if len(planned.Problems) > 0 || !hasProxy(drawn.pods[2]) {
			t.Fatalf("the policy guards nothing: %v", planned.Problems)
		}
		began := time.Now()
		bring(t, drawing{}, engine, stand, planned)
		if took := time.Since(began); took < 15*time.Second || took > 20*time.Second {
			t.Errorf("it took %s", took)
		}
		call := evaluate.Call{From: callers[0], To: drawn.pods[2], Port: 8080, Request: &evaluate.Request{Method: "GET", Path: "/"}}
		world, err := evaluate.New(stand.objects(), evaluate.Cluster{})
		if err != nil {
			t.Fatal(err)
		}
		if answer := world.May(call); answer.Allowed() {
			t.Error(answer.Reason)
		}
	})
}

// begin starts a writer on an empty cluster.
func begin(t *testing.T, random *rand.Rand, kinds []schema.GroupVersionKind) (*cluster, *apply.Engine) {
	stand := newCluster(t, random, kinds)
	engine := apply.NewEngine(apply.Options{Client: stand, Reader: stand, Scheme: stand.scheme, Workers: 1, Announce: func(apply.News) {}, Now: time.Now})
	stopped := make(chan error, 1)
	go func() { stopped <- engine.Start(t.Context()) }()
	t.Cleanup(func() { <-stopped })
	return stand, engine
}

// bring submits a plan and waits until it is in force, and nothing of another one stands.
func bring(t *testing.T, by drawing, engine *apply.Engine, stand *cluster, planned plan.Plan) {
	want := 0
	for _, group := range planned.Groups {
		want += len(group.Objects)
	}
	for began := time.Now(); time.Since(began) < patience; {
		if err := engine.Submit(planned, stand.live()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		time.Sleep(glance)
		synctest.Wait()
		if done(engine, planned) && len(stand.stored) == want {
			return
		}
		stand.accept()
	}
	t.Fatalf("scene %d: not in force after %s: %d objects stand, %d are wanted: %+v", by.number, patience, len(stand.stored), want, engine.Results(namespace))
}

func done(engine *apply.Engine, planned plan.Plan) bool {
	results := engine.Results(namespace)
	for _, key := range keysOf(planned) {
		if results[key].State != apply.Done {
			return false
		}
	}
	return true
}

// worldFor is the world of a plan once it is in force.
func worldFor(t *testing.T, planned plan.Plan) *evaluate.World {
	return worldOf(t, rand.New(rand.NewPCG(1, 1)), planned)
}

func drawWatched(random *rand.Rand, s scene, before, after *evaluate.World) []watch {
	var calls []watch
	for range watched {
		call := drawCall(random, s, callers)
		calls = append(calls, watch{call, before.May(call).Allowed(), after.May(call).Allowed()})
	}
	return calls
}

// check fails when a call is allowed that is allowed neither before nor after, or refused though it is allowed before and after.
func (w watch) check(t *testing.T, by drawing, stand *cluster, world *evaluate.World) {
	got := world.May(w.call)
	if w.before == w.after && got.Allowed() != w.before {
		t.Errorf("scene %d, write %d: %s calls %s port %d with %s: allowed before %v, after %v, but now %s: %s",
			by.number, stand.writes, text(w.call.From), w.call.To.Name, w.call.Port, text(w.call.Request), w.before, w.after, got.Outcome, got.Reason)
	}
}
