package testbed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kubemate/kubemate/hack/testbed/netns"
	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// startLimit bounds a start on a machine that is busy with everything else.
const startLimit = 2 * time.Minute

// Prepare builds the servers that the options need. It uses the network, so it belongs outside the namespace.
func Prepare(ctx context.Context, options Options) error {
	if err := servers.Build(ctx, os.Stderr, options.Programs()...); err != nil {
		return err
	}
	return servers.FetchDefinitions(ctx)
}

// Main is the whole of a TestMain: it builds what is missing, enters the namespace, runs the tests and stops every
// testbed that they left running. The options say which servers the package needs, and are those of Shared.
func Main(m *testing.M, options Options) int {
	netns.Enter(func() error {
		ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
		defer cancel()
		return Prepare(ctx, options)
	})
	shared.options = options
	defer StopOnSignal()()
	code := m.Run()
	if err := stopAll(); err != nil {
		fmt.Fprintln(os.Stderr, "testbed:", err)
		return max(code, 1)
	}
	return code
}

// StopOnSignal stops every running testbed and exits when the program is asked to end, until the returned function is
// called. A program that handles signals itself does not need it.
func StopOnSignal() (cancel func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		received, open := <-signals
		if !open {
			return
		}
		if err := stopAll(); err != nil {
			fmt.Fprintln(os.Stderr, "testbed:", err)
		}
		os.Exit(128 + int(received.(syscall.Signal)))
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}

// shared is the testbed of the test process.
var shared struct {
	options Options
	once    sync.Once
	testbed *Testbed
	err     error
}

// Shared returns the one testbed of this test process, with the options given to Main. The first call starts it; it
// stops after the last test. Tests that use it keep apart by namespaces.
func Shared(t testing.TB) *Testbed {
	t.Helper()
	shared.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), startLimit)
		defer cancel()
		shared.testbed, shared.err = Start(ctx, shared.options)
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	showLogsOfFailure(t, shared.testbed)
	return shared.testbed
}

// New starts a testbed for one test and stops it at the test's end.
func New(t testing.TB, options Options) *Testbed {
	t.Helper()
	if options.Log == nil {
		options.Log = func(line string) { t.Log(line) }
	}
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	tb, err := Start(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tb.Stop(); err != nil {
			t.Error(err)
		}
	})
	showLogsOfFailure(t, tb)
	return tb
}

// showLogsOfFailure says where to look when the test has failed.
func showLogsOfFailure(t testing.TB, tb *Testbed) {
	t.Cleanup(func() {
		if t.Failed() && os.Getenv(ArtifactsVariable) != "" {
			t.Log("logs of the servers:", tb.LogDir())
		} else if t.Failed() {
			t.Logf("set %s to a folder to keep the logs of the servers", ArtifactsVariable)
		}
	})
}

// running are the testbeds of this process that nobody has stopped yet.
var running struct {
	sync.Mutex
	testbeds map[*Testbed]struct{}
}

func register(tb *Testbed) {
	running.Lock()
	defer running.Unlock()
	if running.testbeds == nil {
		running.testbeds = map[*Testbed]struct{}{}
	}
	running.testbeds[tb] = struct{}{}
}

func unregister(tb *Testbed) {
	running.Lock()
	defer running.Unlock()
	delete(running.testbeds, tb)
}

func stopAll() error {
	running.Lock()
	left := make([]*Testbed, 0, len(running.testbeds))
	for tb := range running.testbeds {
		left = append(left, tb)
	}
	running.Unlock()
	var errs []error
	for _, tb := range left {
		errs = append(errs, tb.Stop())
	}
	return errors.Join(errs...)
}
