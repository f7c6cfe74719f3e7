package apply

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// guardOf is a group of one guard, and network one of an object that trails.
func guardOf(name, content string) plan.Group {
	guard := object(backendKind, name+"-guard", content, "service."+name, policyOf(name))
	guard.Guards = true
	return plan.Group{Key: "service." + name, Objects: []driver.Object{guard}}
}

func network(names ...string) plan.Group {
	group := plan.Group{Key: plan.GroupNetwork}
	for _, name := range names {
		one := object(routeKind, name, "same", plan.GroupNetwork, policyOf("network"))
		one.Guards, one.Trails = true, true
		group.Objects = append(group.Objects, one)
	}
	return group
}

func policyOf(name string) model.Origin {
	return model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: name}
}

// waited is the calls after a while, during which the cache keeps up.
func (b *bench) waited(groups ...plan.Group) []string {
	b.t.Helper()
	for range 10 {
		b.show()
		b.submit(groups...)
		time.Sleep(2 * time.Second)
		synctest.Wait()
	}
	return b.called()
}

func TestWhatTrailsIsWrittenAfterTheGuardsOfOthers(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		b.fail("apply orders-guard", errors.New("quota exceeded"))
		groups := []plan.Group{guardOf("orders", "a"), network("open")}
		if calls := b.waited(groups...); slices.Contains(calls, "apply open") || !slices.Contains(calls, "apply orders-guard") {
			t.Errorf("calls are %q", calls)
		}
		if result := b.engine.Results(shop)[plan.GroupNetwork]; result.State != Pending || result.Message == "" {
			t.Errorf("nobody is told what is waited for: %+v", result)
		}
		b.fail("apply orders-guard", nil)
		time.Sleep(time.Minute)
		if calls := b.waited(groups...); !slices.Contains(calls, "apply open") {
			t.Errorf("it waits for ever: %q", calls)
		}
	})
}

func TestWhatTrailsDoesNotWaitForLateGuards(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		late := guardOf("orders", "a")
		late.Objects[0].Late = true
		b.fail("apply orders-guard", errors.New("quota exceeded"))
		if calls := b.waited(late, network("open")); !slices.Contains(calls, "apply open") {
			t.Errorf("calls are %q", calls)
		}
	})
}

func TestNothingThatMayHaveGuardedGoesBeforeWhatTrailsIsWritten(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		b.waited(guardOf("orders", "a"))
		b.fail("apply open", errors.New("webhook is down"))
		if calls := b.waited(network("open")); slices.Contains(calls, "delete orders-guard") {
			t.Errorf("the guard went first: %q", calls)
		}
		b.fail("apply open", nil)
		time.Sleep(time.Minute)
		if calls := b.waited(network("open")); !slices.Contains(calls, "delete orders-guard") {
			t.Errorf("it stays for ever: %q", calls)
		}
	})
}

func TestASplitDoesNotWaitForWhatTrails(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		split := object(backendKind, "orders-route", "a", "service.orders", release("orders"))
		split.Retain = &model.Retain{Service: "orders", StableLeaf: "orders-v1"}
		split.SetAnnotations(map[string]string{
			v1alpha1.AnnotationOrigins: plan.EncodeOrigins([]model.Origin{release("orders")}), v1alpha1.AnnotationRetain: plan.EncodeRetain(*split.Retain),
		})
		b.waited(plan.Group{Key: "service.orders", Objects: []driver.Object{split}})
		b.fail("apply open", errors.New("webhook is down"))
		if calls := b.waited(network("open")); !slices.Contains(calls, "delete orders-route") {
			t.Errorf("calls are %q", calls)
		}
	})
}

func TestWhatGuardsUntilNowOutlivesWhatHasToGoOfAGroupThatTrails(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		closed := object(backendKind, "closed", "same", plan.GroupNetwork, policyOf("network"))
		before, after := network("rest"), network("rest")
		before.Objects = append([]driver.Object{closed}, before.Objects...)
		b.waited(guardOf("orders", "a"), before)
		after.Objects[0] = object(routeKind, "rest", "other", plan.GroupNetwork, policyOf("network"))
		after.Objects[0].Trails = true
		calls := b.waited(after) // the network is written, and what was open stands a while longer
		first, last := slices.Index(calls, "delete closed"), slices.Index(calls, "delete orders-guard")
		if first < 0 || last < first {
			t.Errorf("calls are %q", calls)
		}
	})
}
