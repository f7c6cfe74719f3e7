package controller

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/analysis"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/load"
)

const (
	// compilers is how many namespaces are compiled at once.
	compilers = 4
	// deciders is how many releases are decided about at once. Each waits for its write.
	deciders = 16
)

// identity is who this process is.
type identity struct {
	// user of the API server.
	user string
	// home is the operator's own namespace.
	home string
}

// setup adds the controllers to a manager.
func setup(ctx context.Context, mgr manager.Manager, cfg config.OperatorConfig, drivers Drivers, operator identity, now func() time.Time) error {
	gateways, reservations := cfg.Edge.Model()
	reader, err := load.NewReader(ctx, mgr.GetCache(), mgr.GetScheme(), load.Config{
		Gateways: gateways, Reservations: reservations, InjectionAllowed: cfg.Injection.Enabled,
		RestartsAllowed: cfg.Injection.Restarts, OperatorNamespace: operator.home,
		Routes: drivers.Routes(), MeshNamespace: cfg.Mesh.Linkerd.Namespace, Injector: drivers.Injector(),
		ClusterNetworks: cfg.Network.ClusterNetworks, Reachable: cfg.Network.Model(),
	})
	if err != nil {
		return err
	}
	feed, woken, precedence := &feed{}, &feed{}, apply.NewPrecedence()
	engine := apply.NewEngine(apply.Options{
		Client: mgr.GetClient(), Reader: reader, Hosts: apply.NewHosts(mgr.GetClient(), reader, operator.home, now), Scheme: mgr.GetScheme(), Workers: cfg.Concurrency.Apply,
		Announce: feed.announce, Precedence: precedence, Now: now,
	})
	statuses := apply.NewStatuses(mgr.GetClient(), precedence)
	metrics, err := analysis.New(cfg.Analysis.Sources)
	if err != nil {
		return fmt.Errorf("preparing the metric sources: %w", err)
	}
	analyses := newAnalyses(metrics, woken.put, now)
	for _, runnable := range []manager.Runnable{engine, statuses, analyses} {
		if err := mgr.Add(runnable); err != nil {
			return fmt.Errorf("adding the writers: %w", err)
		}
	}
	desk, err := setupActions(ctx, mgr, cfg.Actions, operator.user, reader, statuses, now)
	if err != nil {
		return err
	}
	kinds, err := setupKinds(ctx, mgr, reader, engine, feed, drivers, now)
	if err != nil {
		return err
	}
	board := newBoard(woken.put)
	err = setupReleases(mgr, woken, &releases{
		reader: reader, board: board, desk: desk, analyses: analyses, decisions: apply.NewDecisions(mgr.GetClient(), precedence, now),
		recorder: mgr.GetEventRecorder("kubemate"), gauges: &releaseGauges{}, now: now,
	})
	if err != nil {
		return fmt.Errorf("adding the controller of releases: %w", err)
	}
	verifier, err := setupVerification(mgr, cfg.Edge, drivers, feed)
	if err != nil {
		return err
	}
	asker, err := setupPresence(mgr, cfg.Edge.SecretNamespaces, feed)
	if err != nil {
		return err
	}
	return setupNamespaces(mgr, feed, &namespaces{
		verifier: verifier, asker: asker, reader: reader, engine: engine, drivers: drivers, kinds: kinds, vanished: newVanished(reader, now), now: now, board: board,
		reporter: &reporter{statuses: statuses, recorder: mgr.GetEventRecorder("kubemate"), now: now},
		retained: &retained{recorder: mgr.GetEventRecorder("kubemate")},
		restarts: newRestarts(apply.NewRestarts(mgr.GetClient()), mgr.GetEventRecorder("kubemate")),
		arrivals: load.NewArrivals(),
	})
}

// setupActions adds what answers ReleaseActions and clears them away.
func setupActions(
	ctx context.Context, mgr manager.Manager, cfg config.Actions, user string, reader *load.Reader, statuses *apply.Statuses, now func() time.Time,
) (*desk, error) {
	made, err := newDesk(ctx, cfg, user, load.NewGuards(mgr.GetAPIReader()), statuses, now)
	if err != nil {
		return nil, err
	}
	if err := setupRecords(mgr, &records{reader: reader, desk: made, client: mgr.GetClient(), retention: cfg.Retention.Duration, now: now}); err != nil {
		return nil, fmt.Errorf("adding the controller of ReleaseActions: %w", err)
	}
	return made, nil
}

// setupReleases maps the events of releases, and of actions on them, to the releases. What happens around them comes from the namespace
// controller.
func setupReleases(mgr manager.Manager, woken *feed, reconciler *releases) error {
	return builder.ControllerManagedBy(mgr).Named("canaryrelease").
		WithOptions(controller.Options{MaxConcurrentReconciles: deciders, RateLimiter: rateLimiter()}).
		WatchesRawSource(woken).
		Watches(&v1alpha1.CanaryRelease{}, &handler.EnqueueRequestForObject{}, builder.WithPredicates(updates(releaseChanged))).
		Watches(&v1alpha1.ReleaseAction{}, handler.EnqueueRequestsFromMapFunc(toRelease)).
		Complete(reconciler)
}

// setupKinds watches what the drivers write, now and whenever the cluster begins or ceases to serve it.
func setupKinds(ctx context.Context, mgr manager.Manager, reader *load.Reader, engine *apply.Engine, feed *feed, drivers Drivers, now func() time.Time) (*kinds, error) {
	asking, err := discovery.NewDiscoveryClientForConfigAndClient(mgr.GetConfig(), mgr.GetHTTPClient())
	if err != nil {
		return nil, fmt.Errorf("making a discovery client: %w", err)
	}
	known := newKinds(drivers.Kinds(), asking, reader, watchGenerated(engine, reader, feed), now)
	known.changed = func(ctx context.Context) error {
		all, err := reader.Namespaces(ctx)
		feed.add(all...)
		return err
	}
	if _, err := known.refresh(ctx, deferred); err != nil {
		return nil, err
	}
	everywhere := false // a standby follows new kinds too, so that its caches are warm
	concerns := predicate.NewPredicateFuncs(func(crd client.Object) bool {
		if known.concerns(crd.GetName()) {
			known.disturb()
			return true
		}
		return false
	})
	one := func(context.Context, client.Object) []reconcile.Request { return []reconcile.Request{request("kinds")} }
	return known, builder.ControllerManagedBy(mgr).Named("kinds").
		WithOptions(controller.Options{NeedLeaderElection: &everywhere, RateLimiter: rateLimiter()}).
		WatchesMetadata(load.NewCRD(), handler.EnqueueRequestsFromMapFunc(one), builder.WithPredicates(concerns)).
		Complete(known)
}

// setupNamespaces maps every event to a namespace.
func setupNamespaces(mgr manager.Manager, feed *feed, reconciler *namespaces) error {
	warm := true
	mapped := handler.EnqueueRequestsFromMapFunc(toNamespace)
	intents := builder.WithPredicates(updates(intentChanged))
	made := builder.ControllerManagedBy(mgr).Named("namespace").
		WithOptions(controller.Options{EnableWarmup: &warm, MaxConcurrentReconciles: compilers, RateLimiter: rateLimiter()}).
		WatchesRawSource(feed).
		Watches(&v1alpha1.CanaryRelease{}, mapped, builder.WithPredicates(updates(releaseChanged))).
		Watches(&v1alpha1.MeshPolicy{}, mapped, intents).
		Watches(&v1alpha1.IngressProfile{}, handler.EnqueueRequestsFromMapFunc(withRivals(reconciler.reader)), intents).
		Watches(&v1alpha1.EgressProfile{}, mapped, intents).
		Watches(&v1alpha1.HostClaim{}, handler.EnqueueRequestsFromMapFunc(toRivals(reconciler.reader)), intents).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(withSwitched(reconciler.reader)), builder.WithPredicates(updates(namespaceChanged))).
		Watches(&corev1.Service{}, mapped, builder.WithPredicates(updates(serviceChanged))).
		Watches(&appsv1.Deployment{}, mapped, builder.WithPredicates(updates(deploymentChanged))).
		Watches(&appsv1.StatefulSet{}, mapped, builder.WithPredicates(updates(templateChanged))).
		Watches(&appsv1.DaemonSet{}, mapped, builder.WithPredicates(updates(templateChanged))).
		Watches(&discoveryv1.EndpointSlice{}, handler.EnqueueRequestsFromMapFunc(withAdmitting(reconciler.reader)), builder.WithPredicates(updates(endpointsChanged)))
	if reconciler.reader.SeesPods() {
		pods := counted(reconciler.reader)
		made.Watches(&corev1.Pod{}, pods, builder.WithPredicates(updates(podChanged))).
			Watches(&appsv1.Deployment{}, pods, builder.WithPredicates(updates(rolloutChanged))).
			Watches(&appsv1.StatefulSet{}, pods, builder.WithPredicates(updates(rolloutChanged))).
			Watches(&appsv1.DaemonSet{}, pods, builder.WithPredicates(updates(rolloutChanged)))
	}
	if reconciler.reader.Injector() != "" {
		made.WatchesMetadata(load.NewInjector(), handler.EnqueueRequestsFromMapFunc(toInjected(reconciler.reader)), builder.WithPredicates(updates(replaced)))
	}
	return made.Complete(reconciler)
}

// rateLimiter backs off from 5 ms to 30 s: the default's 16 minutes are too long for traffic.
func rateLimiter() workqueue.TypedRateLimiter[reconcile.Request] {
	return workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](5*time.Millisecond, 30*time.Second)
}
