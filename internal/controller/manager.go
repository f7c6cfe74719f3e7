package controller

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/uuid"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/load"
)

// leaseName is the name of the Lease of leader election.
const leaseName = "kubemate"

// podNamespaceVariable is where a pod's manifest may tell it its namespace; podNamespace is where it finds it otherwise.
const podNamespaceVariable = "POD_NAMESPACE"

const podNamespace = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

// NewManager makes the operator, ready to be started. The scheme must know the types of the drivers; the others are added.
func NewManager(ctx context.Context, cluster *rest.Config, cfg config.OperatorConfig, drivers Drivers, scheme *runtime.Scheme) (manager.Manager, error) {
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, fmt.Errorf("registering types: %w", err)
		}
	}
	home, err := ownNamespace(cfg.LeaderElection)
	if err != nil {
		return nil, err
	}
	options, guarded, err := electLeader(cluster, cfg.LeaderElection, home)
	if err != nil {
		return nil, err
	}
	options.Scheme = scheme
	shared := true
	options.Controller.SkipNameValidation = &shared // two operators may follow one another in a process, as in tests
	gateways, _ := cfg.Edge.Model()
	options.Cache = load.CacheOptions(load.CacheConfig{
		Home: home, Gateways: gateways, PodAnnotations: drivers.PodAnnotations(), Routes: drivers.Routes(), TakesOver: drivers.TakesOver,
		Injector: drivers.Injector(),
	})
	options.Metrics = server.Options{BindAddress: cfg.Metrics.BindAddress}
	options.HealthProbeBindAddress = cfg.Health.BindAddress
	mgr, err := manager.New(guarded, options)
	if err != nil {
		return nil, fmt.Errorf("making the manager: %w", err)
	}
	if err := addChecks(mgr); err != nil {
		return nil, err
	}
	user, err := load.User(ctx, cluster)
	if err != nil {
		return nil, err
	}
	return mgr, setup(ctx, mgr, cfg, drivers, identity{user: user, home: home}, time.Now)
}

// electLeader prepares leader election, and a configuration whose writes are refused once the lease may have passed to another process.
func electLeader(cluster *rest.Config, cfg config.LeaderElection, home string) (manager.Options, *rest.Config, error) {
	guarded := rest.CopyConfig(cluster)
	guarded.QPS = -1 // the API server's priority and fairness limits clients better than they themselves
	if !cfg.Enabled {
		return manager.Options{}, guarded, nil
	}
	fence := apply.NewFence(time.Now)
	guarded.Wrap(fence.Wrap)
	lock, err := newLock(cluster, cfg, home)
	if err != nil {
		return manager.Options{}, nil, err
	}
	return manager.Options{
		LeaderElection: true, LeaderElectionID: leaseName,
		LeaderElectionResourceLockInterface: apply.NewLock(lock, fence, cfg.RenewDeadline.Duration, time.Now),
		LeaderElectionReleaseOnCancel:       true, // main ends when the manager does
		LeaseDuration:                       &cfg.LeaseDuration.Duration,
		RenewDeadline:                       &cfg.RenewDeadline.Duration,
		RetryPeriod:                         &cfg.RetryPeriod.Duration,
	}, guarded, nil
}

func newLock(cluster *rest.Config, cfg config.LeaderElection, home string) (resourcelock.Interface, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("naming this process for leader election: %w", err)
	}
	identity := resourcelock.ResourceLockConfig{Identity: host + "_" + string(uuid.NewUUID())}
	lock, err := resourcelock.NewFromKubeconfig(resourcelock.LeasesResourceLock, home, leaseName, identity, cluster, cfg.RenewDeadline.Duration)
	if err != nil {
		return nil, fmt.Errorf("making the lock of leader election: %w", err)
	}
	return lock, nil
}

// ownNamespace is where the Lease and the HostClaims are: the configured namespace, or the pod's own.
func ownNamespace(cfg config.LeaderElection) (string, error) {
	if cfg.Namespace != "" {
		return cfg.Namespace, nil
	}
	if own := os.Getenv(podNamespaceVariable); own != "" {
		return own, nil
	}
	content, err := os.ReadFile(podNamespace)
	if err != nil {
		return "", fmt.Errorf("finding the operator's own namespace: %w; outside of a cluster set leaderElection.namespace", err)
	}
	return strings.TrimSpace(string(content)), nil
}

// addChecks serves /healthz while the process runs and /readyz once the caches are filled.
func addChecks(mgr manager.Manager) error {
	if err := mgr.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return fmt.Errorf("adding the health check: %w", err)
	}
	if err := mgr.AddReadyzCheck("caches", cachesFilled(mgr.GetCache())); err != nil {
		return fmt.Errorf("adding the readiness check: %w", err)
	}
	return nil
}

// cachesFilled says whether the process could take over at once.
func cachesFilled(caches cache.Cache) healthz.Checker {
	return func(request *http.Request) error {
		ctx, cancel := context.WithTimeout(request.Context(), time.Second)
		defer cancel()
		if !caches.WaitForCacheSync(ctx) {
			return errors.New("the caches are not filled yet")
		}
		return nil
	}
}
