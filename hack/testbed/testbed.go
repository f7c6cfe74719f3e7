package testbed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/forward"
	"github.com/kubemate/kubemate/hack/testbed/netns"
	"github.com/kubemate/kubemate/hack/testbed/pki"
	"github.com/kubemate/kubemate/hack/testbed/process"
)

// ArtifactsVariable names a folder that keeps the logs of every testbed.
const ArtifactsVariable = "KUBEMATE_ARTIFACTS"

// stopGrace is how long a server may take to end before it is killed. All but the API server take a tenth of it, and
// that one has nothing left to save.
const stopGrace = 500 * time.Millisecond

// Testbed is a set of running servers.
type Testbed struct {
	// Traefik is nil unless Options.Traefik was set; StartTraefik makes further ones.
	Traefik *Traefik
	// Prometheus is nil unless Options.Prometheus was set; StartPrometheus makes further ones.
	Prometheus *Prometheus
	// Backend is nil unless Options.Backend was set.
	Backend *backend.Backend

	options   Options
	dir       string // configuration and data, removed on Stop
	logs      string
	authority *pki.Authority
	config    *rest.Config
	client    *kubernetes.Clientset
	apiPort   int

	traefikToken string
	nodes        nodeNames

	mu        sync.Mutex
	processes []named
	forwards  []*forward.Forward
	stopped   bool
}

// named is a server in the order of its start.
type named struct {
	name    string
	process *process.Process
}

// Start starts the servers that the options ask for and returns when all are ready. It works only inside the testbed's
// network namespace: call Main or netns.Enter first. The context bounds the start, not the life of the testbed.
func Start(ctx context.Context, options Options) (*Testbed, error) {
	if !netns.Inside() {
		return nil, errors.New("testbed: not in a network namespace: call testbed.Main in TestMain, or netns.Enter first in main")
	}
	tb := &Testbed{options: options}
	if err := tb.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("testbed: %w", err), tb.Stop())
	}
	return tb, nil
}

func (tb *Testbed) start(ctx context.Context) error {
	if err := tb.makeFolders(); err != nil {
		return err
	}
	register(tb)
	steps := []struct {
		title  string
		wanted bool
		run    func(context.Context) error
	}{
		{"etcd and kube-apiserver", true, tb.startControlPlane},
		{"controller manager, scheduler, kwok", tb.options.Controllers, tb.startControllers},
		{"backend", tb.options.Backend != nil, tb.startBackend},
		{"Traefik", tb.options.Traefik != nil, tb.startFirstTraefik},
		{"Prometheus", tb.options.Prometheus != nil, tb.startFirstPrometheus},
		{"nodes", tb.options.nodes() > 0, tb.startNodes},
	}
	for _, step := range steps {
		if !step.wanted {
			continue
		}
		began := time.Now()
		if err := step.run(ctx); err != nil {
			return err
		}
		tb.options.logf("%s: ready in %s", step.title, time.Since(began).Round(10*time.Millisecond))
	}
	return nil
}

// Stop ends everything, the last started first, and removes what was written. It may be called twice.
func (tb *Testbed) Stop() error {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	if tb.stopped {
		return nil
	}
	tb.stopped = true
	unregister(tb)
	var errs []error
	for _, f := range tb.forwards {
		errs = append(errs, f.Close())
	}
	if tb.Backend != nil {
		errs = append(errs, tb.Backend.Close())
	}
	for _, server := range slices.Backward(tb.processes) {
		errs = append(errs, server.process.Stop(stopGrace))
	}
	if tb.dir != "" {
		errs = append(errs, os.RemoveAll(tb.dir))
	}
	return errors.Join(errs...)
}

// makeFolders keeps the logs apart from the data where somebody wants to keep them.
func (tb *Testbed) makeFolders() error {
	dir, err := os.MkdirTemp(netns.Dir(), "run-*")
	if err != nil {
		return err
	}
	tb.dir, tb.logs = dir, filepath.Join(dir, "logs")
	if artifacts := os.Getenv(ArtifactsVariable); artifacts != "" {
		tb.logs = filepath.Join(artifacts, fmt.Sprintf("testbed-%d-%s", os.Getpid(), filepath.Base(dir)))
	}
	return os.MkdirAll(tb.logs, 0o755)
}

// run starts a server that Stop will end.
func (tb *Testbed) run(ctx context.Context, command process.Command) (*process.Process, error) {
	command.LogFile = filepath.Join(tb.logs, command.Name+".log")
	command.Args = append(command.Args, tb.options.Flags[command.Name]...)
	started, err := process.Start(ctx, command)
	if err != nil {
		return nil, err
	}
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.processes = append(tb.processes, named{command.Name, started})
	return started, nil
}

// Server returns the process of a program by name, for example "kube-apiserver", or nil when the testbed has none.
func (tb *Testbed) Server(name string) *process.Process {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	for _, server := range tb.processes {
		if server.name == name {
			return server.process
		}
	}
	return nil
}

// LogDir is the folder with one log per server.
func (tb *Testbed) LogDir() string { return tb.logs }

func (tb *Testbed) path(name string) string { return filepath.Join(tb.dir, name) }
