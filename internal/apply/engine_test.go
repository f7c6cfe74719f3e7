package apply

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// bench is an engine at work on a cluster in memory.
type bench struct {
	*cluster
	engine     *Engine
	precedence *Precedence
	news       []News
}

// withEngine runs a test in a bubble of time of its own: what waits, waits without taking time.
func withEngine(t *testing.T, test func(t *testing.T, b *bench)) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{cluster: newCluster(t), precedence: NewPrecedence()}
		b.engine = NewEngine(Options{
			Client: b.cluster, Reader: b.cluster, Scheme: clientgoscheme.Scheme, Workers: 4,
			Announce: func(news News) { b.news = append(b.news, news) }, Precedence: b.precedence, Now: time.Now,
		})
		stopped := make(chan error, 1)
		go func() { stopped <- b.engine.Start(t.Context()) }()
		t.Cleanup(func() { <-stopped })
		test(t, b)
	})
}

// submit hands a plan in and waits until nothing goes on but waiting.
func (b *bench) submit(groups ...plan.Group) {
	b.t.Helper()
	b.submitPlan(plan.Plan{Namespace: shop, Groups: groups})
}

func (b *bench) submitPlan(p plan.Plan) {
	b.t.Helper()
	if err := b.engine.Submit(p, b.live()); err != nil {
		b.t.Fatal(err)
	}
	synctest.Wait()
}

func (b *bench) expect(calls ...string) {
	b.t.Helper()
	if got := b.called(); !slices.Equal(got, calls) {
		b.t.Errorf("calls are %q, want %q", got, calls)
	}
}

// orders is a group of a backend and a route.
func orders(content string) plan.Group {
	return plan.Group{Key: "service.orders", Objects: []driver.Object{
		object(backendKind, "orders-leaf", "same", "service.orders", release("orders")),
		object(routeKind, "orders-route", content, "service.orders", release("orders")),
	}}
}

func TestSteadyStateSendsNothing(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		b.submit(orders("a"))
		b.expect("apply orders-leaf", "apply orders-route")
		b.submit(orders("a"))
		b.expect() // although the cache does not show the objects yet
		b.show()
		b.submit(orders("a"))
		b.expect()
		if got := b.engine.Results(shop)["service.orders"].State; got != Done {
			t.Errorf("state is %s", got)
		}
		if len(b.news) != 1 {
			t.Errorf("announced %v", b.news)
		}
	})
}

func TestNewsSayWhetherOtherObjectsStandThereThanBefore(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		for _, step := range []struct {
			what     string
			groups   []plan.Group
			reshaped bool
		}{
			{"created", []plan.Group{orders("a")}, true},
			{"changed", []plan.Group{orders("b")}, false},
			{"deleted", nil, true},
		} {
			b.show()
			b.news = nil
			b.submit(step.groups...)
			time.Sleep(2 * settleTime)
			synctest.Wait()
			if step.groups == nil {
				b.submit(orders("c")) // the results of a group that is gone are told to nobody, but the next ones say so
			}
			if len(b.news) == 0 || b.news[0] != (News{shop, step.reshaped}) {
				t.Errorf("%s: news are %v", step.what, b.news)
			}
		}
	})
}

func TestANewPlanSendsWhatDiffersEvenWhenTheCacheLagsBehind(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		b.submit(orders("a"))
		b.show()
		b.called()
		b.submit(orders("b"))
		b.expect("apply orders-route")
		b.submit(orders("c"))
		b.expect("apply orders-route")
		stored := b.stored[Ref{routeKind.GroupKind(), shop, "orders-route"}].(*corev1.ConfigMap)
		if stored.Data["content"] != "c" {
			t.Error("the write named the version that the cache shows, not that of the write before, and was refused")
		}
	})
}

func TestAForeignEditIsReverted(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		b.submit(orders("a"))
		b.show()
		b.called()
		edited := b.stored[Ref{routeKind.GroupKind(), shop, "orders-route"}].DeepCopyObject().(*corev1.ConfigMap)
		edited.Data["content"] = "foreign"
		b.put(edited)
		b.show()
		b.submit(orders("a"))
		b.expect("apply orders-route")
	})
}

func TestAForeignObjectIsLeftAloneAndStopsItsGroupOnly(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		b.put(&corev1.Secret{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
			ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: "orders-leaf"},
		})
		b.show()
		other := plan.Group{Key: "service.web", Objects: []driver.Object{object(routeKind, "web-route", "a", "service.web", release("web"))}}
		b.submit(orders("a"), other)
		b.expect("apply web-route")
		result := b.engine.Results(shop)["service.orders"]
		if result.State != Failed || result.Reason != v1alpha1.ReasonForeignObject {
			t.Errorf("result is %+v", result)
		}
	})
}

func TestAFailedWriteStopsTheGroupBacksOffAndIsNotHurriedByNeighbours(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		b.fail("apply orders-leaf", errors.New("quota exceeded"))
		began := time.Now()
		tries := func(until time.Duration) int {
			time.Sleep(until - time.Since(began))
			synctest.Wait()
			return len(b.called())
		}
		b.submit(orders("a"))
		if n := tries(10 * time.Minute); n < 20 || n > 40 {
			t.Errorf("%d tries in 10 minutes", n)
		}
		for range 100 {
			b.submit(orders("a"))
		}
		if n := tries(10*time.Minute + 40*time.Second); n > 2 {
			t.Errorf("%d tries in 40 s: events of the namespace defeat the back-off", n)
		}
		if result := b.engine.Results(shop)["service.orders"]; result.Reason != v1alpha1.ReasonWriteFailed || result.State != Failed {
			t.Errorf("result is %+v", result)
		}
		b.fail("apply orders-leaf", nil)
		b.submit(orders("b")) // another plan is tried at once
		b.expect("apply orders-leaf", "apply orders-route")
	})
}

func TestAStuckWriteDelaysNoNeighbour(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		b.hang("apply orders-leaf", true)
		other := plan.Group{Key: "service.web", Objects: []driver.Object{object(routeKind, "web-route", "a", "service.web", release("web"))}}
		b.submit(orders("a"), other)
		if got := b.engine.Results(shop)["service.web"].State; got != Done {
			t.Errorf("the neighbour is %s", got)
		}
		time.Sleep(callDeadline + time.Second)
		synctest.Wait()
		if got := b.engine.Results(shop)["service.orders"].State; got != Failed {
			t.Errorf("the stuck group is %s after the deadline", got)
		}
	})
}

func TestWhatIsNoLongerWantedIsDeletedLastKindFirstAndBackendsLater(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		b.submit(orders("a"))
		b.show()
		time.Sleep(time.Minute)
		b.called()
		b.submit()
		b.expect("delete orders-route")
		b.show()
		time.Sleep(settleTime + time.Second)
		synctest.Wait()
		b.expect("delete orders-leaf")
	})
}

func TestABackendStandsUntilAllGroupsThatLeadToItAreWritten(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		edge := func(content string) plan.Group {
			return plan.Group{Key: "profile.shop", Objects: []driver.Object{object(routeKind, "edge", content, "profile.shop", release("orders"))}}
		}
		b.submit(orders("a"), edge("to the leaf"))
		b.show()
		time.Sleep(time.Minute)
		b.called()
		b.fail("apply edge", errors.New("webhook is down"))
		without := orders("b")
		without.Objects = without.Objects[1:]
		b.submit(without, edge("elsewhere"))
		b.show()
		time.Sleep(time.Minute)
		synctest.Wait()
		if slices.Contains(b.called(), "delete orders-leaf") {
			t.Error("the edge still leads to the backend that was deleted")
		}
		b.fail("apply edge", nil)
		time.Sleep(2 * time.Minute)
		b.show()
		synctest.Wait()
		if calls := b.called(); !slices.Contains(calls, "delete orders-leaf") {
			t.Errorf("the backend stays for ever: %q", calls)
		}
	})
}

func TestWhatIsHeldIsNeitherChangedNorDeleted(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		b.submit(orders("a"))
		b.show()
		time.Sleep(time.Minute)
		b.called()
		held := []model.Origin{release("orders")}
		b.submitPlan(plan.Plan{Namespace: shop, Held: held})
		b.expect()
		b.submitPlan(plan.Plan{Namespace: shop, Held: held, Groups: []plan.Group{orders("b")}})
		b.expect()
		if result := b.engine.Results(shop)["service.orders"]; result.State != Held {
			t.Errorf("nobody is told: %+v", result)
		}
		b.submit(orders("b"))
		b.expect("apply orders-route")
	})
}

func TestWhatAHeldObjectRefersToIsNotDeleted(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		profile := model.Origin{Kind: v1alpha1.KindIngressProfile, Name: "shop"}
		route := object(routeKind, "route", "middleware", "profile.shop", profile, release("orders"))
		middleware := object(backendKind, "middleware", "same", "profile.shop", profile)
		unused := object(backendKind, "unused", "same", "profile.shop", profile)
		b.submit(plan.Group{Key: "profile.shop", Objects: []driver.Object{middleware, unused, route}})
		b.show()
		time.Sleep(time.Minute)
		b.called()
		b.submitPlan(plan.Plan{Namespace: shop, Held: []model.Origin{release("orders")}, Groups: []plan.Group{
			{Key: "profile.shop", Objects: []driver.Object{object(routeKind, "route", "nothing", "profile.shop", profile)}},
		}})
		time.Sleep(time.Minute)
		synctest.Wait()
		b.expect("delete unused")
	})
}

func TestWhatAnotherManagerWroteUnderOurLabelIsNotDeleted(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		copied := object(routeKind, "copied", "a", "service.orders", release("orders")).Object
		b.put(copied)
		b.show()
		b.submit()
		time.Sleep(time.Minute)
		synctest.Wait()
		b.expect()
	})
}
