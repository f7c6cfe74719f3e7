package presence

import (
	"context"
	"errors"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// shop is a namespace in which Secrets may be asked about.
const shop = "shop"

// server is an API server that has Secrets, counts questions, and may fail.
type server struct {
	mu      sync.Mutex
	there   map[string]bool
	asked   map[string]int
	failure error
	changes int
}

func (s *server) exists(_ context.Context, key client.ObjectKey) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[key.Name]++
	return s.there[key.Name], s.failure
}

func (s *server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *server) count(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[name]
}

// asking runs a test in a bubble of time of its own.
func asking(t *testing.T, test func(t *testing.T, s *server, a *Asker)) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{there: map[string]bool{}, asked: map[string]int{}}
		a := New(Options{Namespaces: []string{shop}, Exists: s.exists, Changed: func(string) { s.set(func() { s.changes++ }) }})
		ended := make(chan error, 1)
		go func() { ended <- a.Start(t.Context()) }()
		t.Cleanup(func() { <-ended })
		test(t, s, a)
	})
}

func (a *Asker) expect(t *testing.T, names []string, want map[string]Answer) {
	t.Helper()
	synctest.Wait()
	if got := a.Want(shop, names); !maps.Equal(got, want) {
		t.Errorf("known is %v, want %v", got, want)
	}
}

func TestNothingIsKnownBeforeAnAnswer(t *testing.T) {
	asking(t, func(t *testing.T, s *server, a *Asker) {
		s.there["tls"] = true
		if got := a.Want(shop, []string{"tls", "users"}); got == nil || len(got) > 0 {
			t.Errorf("known is %v", got)
		}
		a.expect(t, []string{"tls", "users"}, map[string]Answer{"tls": {}, "users": {Missing: true}})
		if s.changes != 2 {
			t.Errorf("told %d times, want 2", s.changes)
		}
	})
}

func TestAMissingSecretIsLookedForSoonAgain(t *testing.T) {
	asking(t, func(t *testing.T, s *server, a *Asker) {
		a.Want(shop, []string{"tls"})
		a.expect(t, []string{"tls"}, map[string]Answer{"tls": {Missing: true}})
		s.set(func() { s.there["tls"] = true })
		time.Sleep(whileMissing)
		a.expect(t, []string{"tls"}, map[string]Answer{"tls": {}})
	})
}

func TestOneThatIsThereIsLeftInPeace(t *testing.T) {
	asking(t, func(t *testing.T, s *server, a *Asker) {
		s.there["tls"] = true
		a.Want(shop, []string{"tls"})
		time.Sleep(whileThere - time.Second)
		a.expect(t, []string{"tls"}, map[string]Answer{"tls": {}})
		if got := s.count("tls"); got != 1 {
			t.Errorf("asked %d times, want 1", got)
		}
		s.set(func() { s.there["tls"] = false })
		time.Sleep(time.Second)
		a.expect(t, []string{"tls"}, map[string]Answer{"tls": {Missing: true}})
	})
}

func TestAFailureIsTold(t *testing.T) {
	asking(t, func(t *testing.T, s *server, a *Asker) {
		s.failure = errors.New("secrets is forbidden")
		a.Want(shop, []string{"tls"})
		a.expect(t, []string{"tls"}, map[string]Answer{"tls": {Failure: "secrets is forbidden"}})
		s.set(func() { s.failure, s.there["tls"] = nil, true })
		time.Sleep(firstRetry)
		a.expect(t, []string{"tls"}, map[string]Answer{"tls": {}})
	})
}

func TestWhatNobodyNeedsIsNotAskedAbout(t *testing.T) {
	asking(t, func(t *testing.T, s *server, a *Asker) {
		a.Want(shop, []string{"tls"})
		synctest.Wait()
		a.Want(shop, nil)
		asked := s.count("tls")
		time.Sleep(time.Hour)
		if got := s.count("tls"); got != asked {
			t.Errorf("asked %d times more", got-asked)
		}
		if got := a.Want("other", []string{"tls"}); got != nil {
			t.Errorf("something is known of another namespace: %v", got)
		}
	})
}
