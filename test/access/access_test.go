package access

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver/builtin"
	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

var (
	calls = flag.Int("calls", 5000, "calls to ask of each generation")
	seed  = flag.Uint64("seed", 0, "begin with the scene of this number")
)

const callsPerScene = 25

// drivers are those of one generation, where the cluster serves everything.
func drivers(t *testing.T, generation config.Generation) plan.Drivers {
	t.Helper()
	cfg, err := config.Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Mesh.Linkerd.Generation = generation
	known := builtin.New(cfg)
	served := map[schema.GroupVersionKind]bool{}
	for _, kind := range known.Kinds() {
		served[kind] = true
	}
	return known.Select(served, nil)
}

// generation is a generation of Linkerd.
type generation struct {
	name config.Generation
	// share of scenes, of five, with policies about methods and paths.
	share int
	// silent are the features that it cannot express: policies with them are refused.
	silent []feature
}

// drawing is what makes a scene.
type drawing struct {
	number   uint64
	share    int
	isolated bool
	// unchanged: the policies are the same after a change of drivers.
	unchanged bool
	// policies of a change, in place of drawn ones. Nil: they are drawn.
	policies func() (before, after []*v1alpha1.MeshPolicy)
}

// tally counts what was asked.
type tally struct {
	features                                   []feature
	policies, refused, allowed, denied, unsaid int
	decisive                                   map[feature]int
}

func TestTheMeshAllowsWhatThePoliciesSay(t *testing.T) {
	for _, one := range []generation{
		{name: config.GenerationPolicy, share: 4},
		{name: config.GenerationClassic, share: 1, silent: ofPolicy},
	} {
		t.Run(string(one.name), func(t *testing.T) { askMany(t, one, false) })
		t.Run(string(one.name)+", isolated", func(t *testing.T) { askMany(t, one, true) })
	}
}

// askMany asks about scenes, in some of which pods are isolated from the network.
func askMany(t *testing.T, of generation, isolated bool) {
	chosen := drivers(t, of.name)
	counted := tally{decisive: map[feature]int{}, features: ofMesh}
	if isolated {
		counted.features = slices.Concat(ofMesh, ofNetwork)
	}
	for number := *seed; counted.allowed+counted.denied < *calls; number++ {
		counted.scene(t, drawing{number: number, share: of.share, isolated: isolated}, chosen)
		if t.Failed() {
			return
		}
	}
	counted.report(t, of)
}

// scene plans one namespace and asks calls about it.
func (c *tally) scene(t *testing.T, by drawing, chosen plan.Drivers) {
	random := rand.New(rand.NewPCG(by.number, 1))
	drawn := drawScene(random, by.share)
	whoCalls := callers
	if by.isolated {
		drawn.isolate(random)
		drawn.forgetRules(random)
		whoCalls = slices.Concat(callers, neighbours)
	}
	planned := plan.Namespace(drawn.snapshot, chosen)
	if len(planned.Waiting) > 0 {
		return // what stands of isolations would stay, and nothing stands
	}
	said := reading{scene: drawn, accepted: c.accepted(t, drawn, planned)}
	world := worldOf(t, random, planned)
	for range callsPerScene {
		call := drawCall(random, drawn, whoCalls)
		if (!call.From.Node || !isProbe(call)) && said.mayBeOpen(call) {
			c.unsaid++
			continue
		}
		want, got := said.allows(call), world.May(call)
		if got.Allowed() != want {
			t.Errorf("scene %d, %s calls %s port %d with %s: the policies say %v, the mesh %s: %s\n%s",
				by.number, text(call.From), call.To.Name, call.Port, text(call.Request), want, got.Outcome, got.Reason, text(said.accepted))
			return
		}
		if audit := auditOf(said, call); got.Audit != audit {
			t.Errorf("scene %d, %s calls %s port %d with %s: the audit should be %q, and is %q: %s\n%s",
				by.number, text(call.From), call.To.Name, call.Port, text(call.Request), audit, got.Audit, got.Reason, text(said.accepted))
			return
		}
		c.count(said, call, want)
	}
}

// accepted are the policies that the plan takes. It may refuse some, which then change nothing.
func (c *tally) accepted(t *testing.T, s scene, planned plan.Plan) []*v1alpha1.MeshPolicy {
	t.Helper()
	for _, problem := range planned.Problems {
		if !slices.Contains([]string{v1alpha1.ReasonConflicted, v1alpha1.ReasonUnsupported, v1alpha1.ReasonInvalid, v1alpha1.ReasonPartiallySupported, v1alpha1.ReasonAdmitsOthers}, problem.Reason) {
			t.Errorf("unexpected: %v", problem)
		}
	}
	c.policies += len(s.snapshot.Policies)
	return slices.DeleteFunc(slices.Clone(s.snapshot.Policies), func(policy *v1alpha1.MeshPolicy) bool {
		held := slices.Contains(planned.Held, model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: policy.Name})
		if held {
			c.refused++
		}
		return held
	})
}

func worldOf(t *testing.T, random *rand.Rand, planned plan.Plan) *evaluate.World {
	t.Helper()
	var objects []client.Object
	for _, group := range planned.Groups {
		for _, object := range group.Objects {
			age(random, object.Object)
			objects = append(objects, object.Object)
		}
	}
	world, err := evaluate.New(objects, evaluate.Cluster{Acceptance: evaluate.AcceptedAlways})
	if err != nil {
		t.Fatal(err)
	}
	return world
}

// auditOf is whether a call is logged: exactly those that are not granted. Connections that carry no HTTP are known to be an exception.
func auditOf(said reading, call evaluate.Call) evaluate.Audit {
	switch {
	case !said.audits(call) || !hasProxy(call.To) || !said.arrives(call):
		return evaluate.Unaudited
	case !said.grants(call):
		return evaluate.Audited
	case call.Request == nil:
		return evaluate.MayBeAudited
	}
	return evaluate.Unaudited
}

func (c *tally) count(said reading, call evaluate.Call, allowed bool) {
	if allowed {
		c.allowed++
	} else {
		c.denied++
	}
	for _, one := range c.features {
		said.without = one
		if said.allows(call) != allowed {
			c.decisive[one]++
		}
	}
}

// report prints the shares and fails when something was hardly tested.
func (c *tally) report(t *testing.T, of generation) {
	t.Helper()
	total := c.allowed + c.denied
	t.Logf("%d calls: %d %% allowed, %d %% denied; %d of %d policies refused; %d calls left out", total, 100*c.allowed/total, 100*c.denied/total, c.refused, c.policies, c.unsaid)
	for _, one := range c.features {
		t.Logf("%s decided %d calls", one, c.decisive[one])
		if c.decisive[one] == 0 && !slices.Contains(of.silent, one) {
			t.Errorf("%s never decided", one)
		}
	}
	if min(c.allowed, c.denied)*5 < total || c.refused*2 > c.policies {
		t.Error("too little of this is about something")
	}
}

func text(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
