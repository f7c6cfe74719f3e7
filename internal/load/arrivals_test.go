package load

import (
	"maps"
	"testing"
	"time"

	"github.com/kubemate/kubemate/internal/compose"
)

func TestArrivals(t *testing.T) {
	type look struct {
		after    time.Duration
		have     map[string]int
		want     map[string]int
		wantWait time.Duration
	}
	for name, looks := range map[string][]look{
		"what was ready at the first look counts at once": {
			{have: map[string]int{"a": 2, "b": 0}, want: map[string]int{"a": 2, "b": 0}},
		},
		"endpoints of a new Service count once they have stood for a while": {
			{have: map[string]int{"a": 2}, want: map[string]int{"a": 2}},
			{after: time.Minute, have: map[string]int{"a": 2, "b": 3}, want: map[string]int{"a": 2, "b": 0}, wantWait: ArrivalTime},
			{after: ArrivalTime - time.Millisecond, have: map[string]int{"a": 2, "b": 3}, want: map[string]int{"a": 2, "b": 0}, wantWait: time.Millisecond},
			{after: time.Millisecond, have: map[string]int{"a": 2, "b": 3}, want: map[string]int{"a": 2, "b": 3}},
		},
		"more of what is ready already count at once, and fewer too": {
			{have: map[string]int{"a": 2}, want: map[string]int{"a": 2}},
			{after: time.Second, have: map[string]int{"a": 5}, want: map[string]int{"a": 5}},
			{after: time.Second, have: map[string]int{"a": 1}, want: map[string]int{"a": 1}},
		},
		"a Service that lost all its endpoints begins again": {
			{have: map[string]int{"a": 2}, want: map[string]int{"a": 2}},
			{after: time.Second, have: map[string]int{"a": 0}, want: map[string]int{"a": 0}},
			{after: time.Second, have: map[string]int{"a": 1}, want: map[string]int{"a": 0}, wantWait: ArrivalTime},
			{after: ArrivalTime, have: map[string]int{"a": 1}, want: map[string]int{"a": 1}},
		},
		"the wait is for the first of several": {
			{have: map[string]int{"a": 0, "b": 0}, want: map[string]int{"a": 0, "b": 0}},
			{after: time.Second, have: map[string]int{"a": 1, "b": 0}, want: map[string]int{"a": 0, "b": 0}, wantWait: ArrivalTime},
			{after: ArrivalTime / 2, have: map[string]int{"a": 1, "b": 1}, want: map[string]int{"a": 0, "b": 0}, wantWait: ArrivalTime / 2},
			{after: ArrivalTime / 2, have: map[string]int{"a": 1, "b": 1}, want: map[string]int{"a": 1, "b": 0}, wantWait: ArrivalTime / 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			arrivals, now := NewArrivals(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			for i, look := range looks {
				now = now.Add(look.after)
				endpoints := map[string]compose.Endpoints{}
				for service, ready := range look.have {
					endpoints[service] = compose.Endpoints{Ready: ready, Total: 5}
				}
				wait := arrivals.Settle("shop", endpoints, now)
				got := map[string]int{}
				for service, count := range endpoints {
					got[service] = count.Ready
				}
				if !maps.Equal(got, look.want) || wait != look.wantWait {
					t.Errorf("look %d: ready %v, wait %v; want %v, wait %v", i, got, wait, look.want, look.wantWait)
				}
			}
		})
	}
}

func TestArrivalsOfAForgottenNamespaceAreFirstLooks(t *testing.T) {
	arrivals, now := NewArrivals(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	arrivals.Settle("shop", map[string]compose.Endpoints{}, now)
	arrivals.Forget("shop")
	endpoints := map[string]compose.Endpoints{"a": {Ready: 1, Total: 1}}
	if wait := arrivals.Settle("shop", endpoints, now); wait != 0 || endpoints["a"].Ready != 1 {
		t.Errorf("endpoints %v after %v; want them to count at once", endpoints, wait)
	}
}
