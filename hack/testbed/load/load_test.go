package load_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/load"
)

func TestCounts(t *testing.T) {
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(backend.VariantHeader, "v1")
		if calls.Add(1)%10 == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	result, err := load.Run(t.Context(), load.Options{URL: server.URL, Count: 100, Workers: 8})
	if err != nil {
		t.Fatal(err)
	}
	if result.Done != 100 || result.Failed != 10 || result.ByStatus[503] != 10 || result.ByVariant["v1"] != 100 || len(result.Failures) != 10 {
		t.Errorf("unexpected result: %s, %v", result, result.ByStatus)
	}
	if result.Err() == nil {
		t.Error("ten failures are no error")
	}
}

func TestRate(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	began := time.Now()
	result, err := load.Run(t.Context(), load.Options{
		URL: server.URL, Rate: 1000, Count: 200, Failed: func(*http.Response) bool { return false },
	})
	if err != nil {
		t.Fatal(err)
	}
	// A busy machine may take longer, never shorter.
	if took := time.Since(began); result.Done != 200 || result.Failed != 0 || took < 190*time.Millisecond {
		t.Errorf("%s in %s", result, took)
	}
}

// TestNoRetries: a server that closes each connection after one answer makes Go's transport retry silently.
func TestNoRetries(t *testing.T) {
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1)%2 == 0 {
			panic(http.ErrAbortHandler)
		}
	}))
	defer server.Close()
	result, err := load.Run(t.Context(), load.Options{URL: server.URL, Count: 50})
	if err != nil {
		t.Fatal(err)
	}
	if calls.Load() != 50 || result.Failed != 25 || result.ByStatus[0] != 25 {
		t.Errorf("%d calls for 50 requests: %s", calls.Load(), result)
	}
}

func TestStopDoesNotBreakRequests(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-release
	}))
	defer server.Close()
	running, err := load.Start(t.Context(), load.Options{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	<-arrived
	stopped := make(chan load.Result)
	go func() { stopped <- running.Stop() }()
	if result := running.Result(); result.Done != 0 {
		t.Errorf("counted before it was over: %s", result)
	}
	close(release)
	go func() { // one more may have begun before Stop
		for range arrived {
		}
	}()
	if result := <-stopped; result.Failed != 0 || result.Done == 0 {
		t.Errorf("unexpected result: %s", result)
	}
	close(arrived)
}
