package access

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"testing/synctest"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/plan"
)

// closing is a NetworkPolicy of somebody else that keeps all pods in the cluster.
func closing() client.Object {
	return &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "team-default"}, Spec: networkingv1.NetworkPolicySpec{
		PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress},
		Egress:      []networkingv1.NetworkPolicyEgressRule{{To: []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{}}}}},
	}}
}

func TestNoMomentOfAChangeOfTheWaysOutIsWiderOrNarrowerThanBothSides(t *testing.T) {
	chosen := drivers(t, config.GenerationPolicy)
	seen := map[string]int{}
	for number := *seed; seen["changes"] < 4**changes && !t.Failed(); number++ {
		for failing := 0; ; failing++ {
			writes := 0
			synctest.Test(t, func(t *testing.T) { writes = changeWaysOut(t, number, chosen, failing, seen) })
			if writes > 0 {
				seen["times"]++
			}
			if writes > 0 && failing == 0 {
				seen["changes"]++
			}
			if failing >= writes || t.Failed() {
				break
			}
		}
	}
	t.Logf("%d changes, made %d times, with %d versions; of the calls watched %d were allowed before and after, %d only before, %d only after",
		seen["changes"], seen["times"], seen["versions"], seen["both"], seen["before"], seen["after"])
	if min(seen["both"], seen["before"], seen["after"]) == 0 {
		t.Error("the changes changed nothing")
	}
}

// changeWaysOut puts one policy, or none, in the place of another. It returns the number of writes.
func changeWaysOut(t *testing.T, number uint64, chosen plan.Drivers, failing int, seen map[string]int) int {
	random := rand.New(rand.NewPCG(number, 4))
	sides := [2]waysOut{drawWaysOut(random), drawWaysOut(random)}
	sides[1].reachable = sides[0].reachable
	if none := random.IntN(5); none < 2 {
		sides[none].policy = nil
	} else if none < 4 && len(sides[0].policy.Spec.Egress.Allow) > 0 { // a change of one line
		kept := sides[0].policy.Spec.Egress.Allow
		sides[1].policy.Spec.Egress.Allow = append(append([]v1alpha1.MeshEgressAllowance{}, kept[1:]...), drawAllowance(random))
	}
	var others []client.Object
	if random.IntN(3) == 0 {
		others = append(others, closing())
	}
	before, after := plan.Namespace(sides[0].snapshot(), chosen), plan.Namespace(sides[1].snapshot(), chosen)
	if len(before.Held)+len(after.Held) > 0 {
		return 0
	}
	stand, engine := begin(t, random, chosen.Kinds())
	by := drawing{number: number}
	bring(t, by, engine, stand, before)
	was, will := waysWorld(t, others, before), waysWorld(t, others, after)
	var calls []evaluate.Departure
	for range watched {
		calls = append(calls, sides[random.IntN(2)].drawDeparture(random))
	}
	stand.observe = func() {
		seen["versions"]++
		world, err := evaluate.New(append(stand.objects(), others...), evaluate.Cluster{})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range calls {
			switch got := world.Leave(d); {
			case got.Allowed() && !was.Leave(d).Allowed() && !will.Leave(d).Allowed():
				t.Errorf("change %d: %s to %s is allowed in between: %s\nbefore %s\nafter %s", number, text(d), d.To, got.Reason, text(sides[0].policy), text(sides[1].policy))
			case !got.Allowed() && was.Leave(d).Allowed() && will.Leave(d).Allowed() && !comes(&sides[0], &sides[1], d.To.Addr()):
				t.Errorf("change %d: %s to %s is refused in between: %s\nbefore %s\nafter %s", number, text(d), d.To, got.Reason, text(sides[0].policy), text(sides[1].policy))
			}
		}
	}
	stand.writes, stand.failing, stand.lost = 0, failing, random.IntN(2) == 0
	bring(t, by, engine, stand, after)
	for _, d := range calls {
		switch first, second := was.Leave(d).Allowed(), will.Leave(d).Allowed(); {
		case first && second:
			seen["both"]++
		case first:
			seen["before"]++
		case second:
			seen["after"]++
		}
	}
	return stand.writes
}

// comes says whether an address lies in a network outside of the cluster that is listed after a change and was not before: what is captured for the first
// time is refused until its routes are accepted.
func comes(before, after *waysOut, address netip.Addr) bool {
	listed := map[v1alpha1.CIDR]bool{}
	if before.policy != nil {
		for _, one := range before.policy.Spec.Egress.Allow {
			if one.CIDR != nil {
				listed[*one.CIDR] = true
			}
		}
	}
	if before.policy == nil && after.policy != nil {
		for _, one := range after.reachable {
			if netip.MustParsePrefix(one.CIDR).Contains(address) {
				return true
			}
		}
	}
	if after.policy == nil {
		return false
	}
	for _, one := range after.policy.Spec.Egress.Allow {
		if one.CIDR != nil && !listed[*one.CIDR] && netip.MustParsePrefix(string(*one.CIDR)).Contains(address) {
			return true
		}
	}
	return false
}

// waysWorld is the world of a plan in force beside what others wrote.
func waysWorld(t *testing.T, others []client.Object, planned plan.Plan) *evaluate.World {
	t.Helper()
	objects := append([]client.Object{}, others...)
	for _, group := range planned.Groups {
		for _, object := range group.Objects {
			objects = append(objects, object.Object)
		}
	}
	world, err := evaluate.New(objects, evaluate.Cluster{Acceptance: evaluate.AcceptedAlways})
	if err != nil {
		t.Fatal(err)
	}
	return world
}
