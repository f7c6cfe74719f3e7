package controller

import (
	"context"
	"errors"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	logf "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/census"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
	"github.com/kubemate/kubemate/internal/presence"
	"github.com/kubemate/kubemate/internal/status"
	"github.com/kubemate/kubemate/internal/verify"
)

// Drivers are the drivers that the operator has.
type Drivers interface {
	// Kinds are all kinds that they may write, in write order, each once.
	Kinds() []schema.GroupVersionKind
	// Select chooses among them for one namespace: by the kinds that the cluster serves and the names of the drivers whose objects stand there.
	Select(served map[schema.GroupVersionKind]bool, standing map[string]bool) plan.Drivers
	Understanding
}

// Understanding is what the drivers understand of objects that Kubemate did not write.
type Understanding interface {
	// PodAnnotations are the annotations of pods by which their drivers tell how they stand to the mesh.
	PodAnnotations() []string
	// Reports understands what gateways report. Nil: they report nothing.
	Reports() driver.GatewayReports
	// Routes understands routes that others wrote for the gateways. Nil: nobody does.
	Routes() driver.RouteReader
	// Injector is the name of the MutatingWebhookConfiguration by which pods get their mesh's proxies. Empty: they drive no mesh.
	Injector() string
	// TakesOver says which Service an object takes away from what their drivers write. False: none.
	TakesOver(object client.Object) (model.Takeover, bool)
}

// namespaces reconciles namespaces.
type namespaces struct {
	reader   *load.Reader
	engine   *apply.Engine
	drivers  Drivers
	kinds    *kinds
	turns    turns
	vanished *vanished
	reporter *reporter
	board    *board
	retained *retained
	restarts *restarts
	arrivals *load.Arrivals
	// verifier asks gateways what they serve. Nil: none is asked.
	verifier *verify.Verifier
	// asker asks whether Secrets are there. Nil: nobody does.
	asker *presence.Asker
	now   func() time.Time
}

// Reconcile makes one namespace what its custom resources want. The writing goes on after it returns; results come back as events.
func (n *namespaces) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	turn := n.turns.of(request.Name)
	turn.Lock()
	defer turn.Unlock()
	if request == resultsOf(request.Name) && turn.compiled != nil {
		wait, err := n.tell(ctx, turn)
		return reconcile.Result{RequeueAfter: wait}, err
	}
	var err error
	if turn.compiled, err = n.compile(ctx, request.Name, &turn.memory); turn.compiled == nil {
		return reconcile.Result{}, err
	}
	again := turn.compiled.wait
	wait, err := n.tell(ctx, turn)
	return reconcile.Result{RequeueAfter: soonest(again, wait)}, err
}

// compile reads a namespace, plans it and has the plan written. It remembers the plan for the next one. Nil: there is nothing to plan.
func (n *namespaces) compile(ctx context.Context, name string, memory *plan.Memory) (*compiled, error) {
	view, err := n.reader.Namespace(ctx, name)
	if err != nil {
		return nil, err
	}
	if view == nil || view.Empty() {
		n.forget(name)
		*memory = plan.Memory{}
		return nil, nil
	}
	gone, err := n.vanished.judge(ctx, view)
	if err != nil {
		return nil, err
	}
	if gone.missingCRD != "" {
		logf.FromContext(ctx).Info("a CustomResourceDefinition of Kubemate is missing: what was programmed stays as it is", "definition", gone.missingCRD)
	}
	view.Now = n.now()
	made := &compiled{view: view, wait: soonest(gone.wait, n.arrivals.Settle(name, view.Endpoints, view.Now))}
	made.drivers = n.drivers.Select(n.kinds.Served(), view.Live.Drivers())
	if made.planned, err = n.plan(view, memory, made.drivers, gone.held); err != nil {
		return nil, err
	}
	if !made.planned.Due.IsZero() {
		made.wait = soonest(made.wait, max(made.planned.Due.Sub(view.Now), time.Second))
	}
	if err := n.engine.Submit(made.planned, view.Live); err != nil {
		return nil, err
	}
	n.retained.show(view, made.planned)
	return made, nil
}

// tell tells everybody how far the plan of a namespace is. It returns when to do so again, although nothing has happened.
func (n *namespaces) tell(ctx context.Context, of *turn) (time.Duration, error) {
	view, planned, mesh, now := of.compiled.view, of.compiled.planned, of.compiled.drivers.Mesh, n.now()
	results, counts := n.engine.Results(view.Namespace), count(view.Pods, mesh)
	restarting := n.restarts.decide(view, planned, results, counts)
	known := status.New(status.Input{
		Plan: planned, Results: results, Endpoints: view.Endpoints, Certificates: certificates(view.Live.Objects), Secrets: n.present(planned.Model),
		Pods: counts.Shown(), ServicePods: servicePods(view, mesh), Templates: templates(view, planned), Restarts: restarting.shown(),
		Verified: n.verified(planned, results), Now: now,
	})
	wait, err := n.reporter.report(view, known)
	survey := newSurvey(view, known, of.compiled.drivers)
	survey.published = n.reporter.published
	n.board.post(view.Namespace, survey.standings())
	of.told(results)
	return wait, errors.Join(err, n.restarts.carryOut(ctx, view.Namespace, restarting))
}

// plan plans a namespace, of which some custom resources have vanished.
func (n *namespaces) plan(view *load.View, memory *plan.Memory, drivers plan.Drivers, vanished []model.Origin) (plan.Plan, error) {
	began := n.now()
	planned := memory.Namespace(view.Snapshot, drivers)
	compileSeconds.Observe(n.now().Sub(began).Seconds())
	planned.Vanished = model.SortOrigins(vanished)
	planned.Move(view.Live.Objects, drivers)
	err := planned.Follow(view.Live.Objects, drivers)
	return planned, err
}

// count counts pods. Nil: nobody asks, or the driver cannot tell.
func count(pods *census.Pods, mesh driver.MeshDriver) *census.Counts {
	if reader, reads := mesh.(driver.PodReader); reads && pods != nil {
		return pods.Count(reader)
	}
	return nil
}

// templates are the annotations of the pod templates that stand, where somebody wants some there.
func templates(view *load.View, planned plan.Plan) map[model.Workload]map[string]string {
	if len(planned.Templates) == 0 {
		return nil
	}
	return view.Sets.Templates()
}

// servicePods counts the pods of each Service whose policy asks for what new pods get, by its name.
func servicePods(view *load.View, mesh driver.MeshDriver) map[string]*v1alpha1.PodCounts {
	if view.Pods == nil {
		return nil
	}
	asked := map[string]bool{}
	for _, policy := range view.Policies {
		if compose.AnnotatesTemplates(&policy.Spec) {
			asked[string(*policy.Spec.Target.Name)] = true
		}
	}
	counts := make(map[string]*v1alpha1.PodCounts, len(asked))
	for _, service := range view.Services {
		if asked[service.Name] {
			counts[service.Name] = count(view.Pods.Of(service.Spec.Selector), mesh).Shown()
		}
	}
	return counts
}

func (n *namespaces) forget(name string) {
	n.engine.Forget(name)
	n.vanished.forget(name)
	n.reporter.forget(name)
	n.board.post(name, nil)
	n.retained.forget(name)
	n.restarts.forget(name)
	n.arrivals.Forget(name)
	n.asker.Forget(name)
	if n.verifier != nil {
		n.verifier.Forget(name)
	}
}

// soonest is the shorter of two waits, of which 0 is none.
func soonest(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
