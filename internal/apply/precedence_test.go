package apply

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// yielded is how long a status waits for others that go first, of which one is done after each of some times.
func yielded(t *testing.T, took ...time.Duration) time.Duration {
	t.Helper()
	var waited time.Duration
	synctest.Test(t, func(t *testing.T) {
		precedence := NewPrecedence()
		for _, one := range took {
			time.AfterFunc(one, precedence.take())
		}
		began := time.Now()
		precedence.yield(t.Context())
		waited = time.Since(began)
	})
	return waited
}

func TestAStatusLetsOthersGoFirst(t *testing.T) {
	for name, test := range map[string]struct {
		took []time.Duration
		want time.Duration
	}{
		"nobody is under way: at once":                     {nil, 0},
		"one is: until it is done":                         {[]time.Duration{40 * time.Millisecond}, 40 * time.Millisecond},
		"several are: until all of them are done":          {[]time.Duration{40 * time.Millisecond, 10 * time.Millisecond, 90 * time.Millisecond}, 90 * time.Millisecond},
		"one takes very long: for no longer than a moment": {[]time.Duration{time.Minute}, yieldFor},
	} {
		t.Run(name, func(t *testing.T) {
			if waited := yielded(t, test.took...); waited != test.want {
				t.Errorf("waited %s, want %s", waited, test.want)
			}
		})
	}
}

func TestAStatusThatYieldsStopsWithTheOperator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		precedence := NewPrecedence()
		defer precedence.take()()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		began := time.Now()
		precedence.yield(ctx)
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %s", waited)
		}
	})
}

// looking is a status server that notes whether a write has precedence while it comes.
type looking struct {
	statusServer
	precedence *Precedence
	urgent     int
}

// Status is itself.
func (l *looking) Status() client.SubResourceWriter { return l }

// Apply notes it.
func (l *looking) Apply(ctx context.Context, config runtime.ApplyConfiguration, options ...client.SubResourceApplyOption) error {
	l.urgent = l.precedence.urgent
	return l.statusServer.Apply(ctx, config, options...)
}

func TestADecisionGoesFirstWhileItIsWritten(t *testing.T) {
	precedence := NewPrecedence()
	server := &looking{precedence: precedence}
	decisions := NewDecisions(server, precedence, time.Now)
	if err := decisions.Write(t.Context(), &v1alpha1.CanaryRelease{}, &v1alpha1.ReleaseStatus{}); err != nil {
		t.Fatal(err)
	}
	if server.urgent != 1 || precedence.urgent != 0 {
		t.Errorf("%d under way that go first during the write, %d after it", server.urgent, precedence.urgent)
	}
}

func TestTheObjectsOfAGroupGoFirstUntilTheyAreWritten(t *testing.T) {
	withEngine(t, func(t *testing.T, b *bench) {
		b.hang("apply orders-route", true)
		b.submit(orders("a"))
		if b.precedence.urgent != 1 {
			t.Errorf("%d groups go first while a write is under way", b.precedence.urgent)
		}
		b.hang("apply orders-route", false)
		time.Sleep(2 * callDeadline)
		synctest.Wait()
		if b.precedence.urgent != 0 {
			t.Errorf("%d groups go first when all is written", b.precedence.urgent)
		}
	})
}
