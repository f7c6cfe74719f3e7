package access

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	serviceprofile "github.com/linkerd/linkerd2/controller/gen/apis/serviceprofile/v1alpha2"
	split "github.com/servicemeshinterface/smi-sdk-go/pkg/apis/split/v1alpha2"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

func TestScenesThatOnceOpenedAPortWhileTheyMoved(t *testing.T) {
	move := course{drivers(t, config.GenerationClassic), drivers(t, config.GenerationPolicy)}
	seen := map[string]int{}
	everyFailure(t, drawing{number: 80, share: 1}, move, seen)
	if seen["versions"] == 0 {
		t.Error("nothing was written")
	}
}

// routed is what a Service's callers in the mesh find, at one version of everything.
type routed struct{ profile, split, accepted bool }

func (c *cluster) routed() routed {
	var found routed
	for _, object := range c.stored {
		switch object := object.(type) {
		case *serviceprofile.ServiceProfile:
			found.profile = true
		case *split.TrafficSplit:
			found.split = true
		case *v1beta3.HTTPRoute:
			found.accepted = found.accepted || len(object.Status.Parents) > 0
		}
	}
	return found
}

// released is the Service orders with a split, and a timeout.
func released(random *rand.Rand) compose.Snapshot {
	drawn := drawScene(random, 0)
	deployments := []v1alpha1.ObjectName{"orders-v1", "orders-v2"}
	weight, timeout := int32(50), v1alpha1.Duration("2s")
	release := &v1alpha1.CanaryRelease{Spec: v1alpha1.CanaryReleaseSpec{Service: v1alpha1.ReleaseService{Name: "orders"}, Stable: "v1", Variants: []v1alpha1.Variant{
		{Name: "v1", Deployment: &deployments[0], Weight: &weight}, {Name: "v2", Deployment: &deployments[1], Weight: &weight},
	}}}
	release.Namespace, release.Name = namespace, "orders"
	bounded := policyFor("orders", nil)
	bounded.Spec.Resilience = &v1alpha1.Resilience{Timeout: &timeout}
	drawn.snapshot.Policies, drawn.snapshot.Releases = []*v1alpha1.MeshPolicy{bounded}, []*v1alpha1.CanaryRelease{release}
	for _, deployment := range drawn.snapshot.Deployments {
		replicas := int32(1)
		deployment.Spec.Replicas, deployment.Status.ReadyReplicas = &replicas, 1
	}
	for _, variant := range []string{"v1", "v2"} {
		drawn.snapshot.Endpoints[compose.LeafName(namespace, "orders", variant)] = compose.Endpoints{Ready: 1, Total: 1}
	}
	return drawn.snapshot
}

func TestRoutesAreAcceptedBeforeTheProfileThatHidesThemGoes(t *testing.T) {
	classic, policy := drivers(t, config.GenerationClassic), drivers(t, config.GenerationPolicy)
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 1))
		snapshot := released(random)
		stand, engine := begin(t, random, course{classic, policy}.kinds())
		bring(t, drawing{}, engine, stand, plan.Namespace(snapshot, classic))
		if found := stand.routed(); found != (routed{profile: true, split: true}) {
			t.Fatalf("%+v stands before", found)
		}
		told, withoutSplit := map[string]bool{}, 0
		stand.observe = func() {
			switch found := stand.routed(); {
			case !found.profile && !found.accepted:
				t.Errorf("%+v: nobody splits", found)
			case found.profile && !found.split:
				withoutSplit++
			}
		}
		for began := time.Now(); time.Since(began) < patience; {
			planned := plan.Namespace(snapshot, policy)
			planned.Move(stand.live().Objects, policy)
			for _, problem := range planned.Problems {
				told[problem.Origin.String()+" "+problem.Reason] = true
			}
			if err := engine.Submit(planned, stand.live()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			for _, result := range engine.Results(namespace) {
				told[strings.Split(result.Message, " ")[0]] = true
			}
			time.Sleep(glance)
			stand.accept()
		}
		if found := stand.routed(); found != (routed{accepted: true}) {
			t.Errorf("%+v stands after", found)
		}
		if withoutSplit > 0 {
			t.Errorf("at %d versions a profile without its split hides the routes", withoutSplit)
		}
		release := model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: "orders"}
		if want := release.String() + " " + v1alpha1.ReasonMoving; !told[want] || !told["waiting"] {
			t.Errorf("people are told %v", told)
		}
		after := plan.Namespace(snapshot, policy)
		if after.Move(stand.live().Objects, policy); len(after.Hiding) > 0 || slices.ContainsFunc(after.Problems, func(p model.Problem) bool { return p.Reason == v1alpha1.ReasonMoving }) {
			t.Errorf("the move has no end: %v", after.Hiding)
		}
	})
}
