package load

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// keptFailures bounds memory; Result.Failed counts all.
const keptFailures = 1000

// Failure is one request that failed.
type Failure struct {
	At      time.Time
	Took    time.Duration
	Status  int // 0 when no answer came
	Variant string
	Pod     string
	Err     error // nil when an answer came
}

func (f Failure) String() string {
	if f.Err != nil {
		return fmt.Sprintf("%s after %s: %v", f.At.Format("15:04:05.000"), f.Took.Round(time.Millisecond), f.Err)
	}
	return fmt.Sprintf("%s status %d from %q", f.At.Format("15:04:05.000"), f.Status, f.Pod)
}

// Result counts what came back.
type Result struct {
	Done      int // requests that are over
	Failed    int
	ByStatus  map[int]int // 0: no answer
	ByVariant map[string]int
	ByPod     map[string]int
	Failures  []Failure // the first 1000
	Longest   time.Duration
	Elapsed   time.Duration // from the first request's start to the last one's end
}

// Share is the part of all requests that a variant answered.
func (r Result) Share(variant string) float64 {
	if r.Done == 0 {
		return 0
	}
	return float64(r.ByVariant[variant]) / float64(r.Done)
}

// Outage is the time between the first and the last failure; zero when fewer than two are known.
func (r Result) Outage() time.Duration {
	if len(r.Failures) == 0 {
		return 0
	}
	first, last := r.Failures[0].At, r.Failures[0].At
	for _, failure := range r.Failures {
		first, last = earlier(first, failure.At), later(last, failure.At)
	}
	return last.Sub(first)
}

func (r Result) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d requests, %d failed", r.Done, r.Failed)
	for _, variant := range slices.Sorted(maps.Keys(r.ByVariant)) {
		fmt.Fprintf(&text, ", %s %d", variant, r.ByVariant[variant])
	}
	return text.String()
}

// outcome is a Failure in shape, and perhaps in fact.
type outcome struct {
	Failure
	refused bool
}

func (o outcome) failed() bool { return o.Err != nil || o.refused }

// tally is the Result that grows.
type tally struct {
	mu          sync.Mutex
	result      Result
	first, last time.Time
}

func newTally() *tally {
	return &tally{result: Result{ByStatus: map[int]int{}, ByVariant: map[string]int{}, ByPod: map[string]int{}}}
}

func (t *tally) add(o outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := &t.result
	r.Done++
	r.ByStatus[o.Status]++
	if o.Variant != "" {
		r.ByVariant[o.Variant]++
	}
	if o.Pod != "" {
		r.ByPod[o.Pod]++
	}
	if o.failed() {
		r.Failed++
		if len(r.Failures) < keptFailures {
			r.Failures = append(r.Failures, o.Failure)
		}
	}
	r.Longest = max(r.Longest, o.Took)
	if t.first.IsZero() {
		t.first = o.At
	}
	t.first, t.last = earlier(t.first, o.At), later(t.last, o.At.Add(o.Took))
	r.Elapsed = t.last.Sub(t.first)
}

func (t *tally) snapshot() Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	copied := t.result
	copied.ByStatus, copied.ByVariant, copied.ByPod = maps.Clone(copied.ByStatus), maps.Clone(copied.ByVariant), maps.Clone(copied.ByPod)
	copied.Failures = slices.Clone(copied.Failures)
	return copied
}

// Err is nil when nothing failed; otherwise it names the first failures.
func (r Result) Err() error {
	if r.Failed == 0 {
		return nil
	}
	errs := []error{fmt.Errorf("%d of %d requests failed", r.Failed, r.Done)}
	for _, failure := range r.Failures[:min(5, len(r.Failures))] {
		errs = append(errs, errors.New(failure.String()))
	}
	return errors.Join(errs...)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
