package controller

import (
	"reflect"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/plan"
	"github.com/kubemate/kubemate/internal/release"
	"github.com/kubemate/kubemate/internal/status"
)

// standing is what the namespace controller knows of a release and the release controller decides on: how far the last decision is carried out,
// and what there is to carry out the next.
type standing struct {
	uid types.UID
	// generation of the spec that this is about.
	generation int64
	// revision is the decision that settledAt speaks of, which is zero while it is not in force everywhere.
	revision  int64
	settledAt time.Time
	// killSwitch is what the kill switch is on. Empty: it is off.
	killSwitch v1alpha1.KillSwitchScope
	// held says why the release is not accepted. Empty: it is.
	held     string
	replicas map[v1alpha1.VariantName]release.Replicas
	// carriers are the drivers that carry the requests of the release's Service and count them.
	carriers []driver.MetricSource
	// ports of the Service that are split. Empty: nothing is split yet.
	ports []int32
	// backends are the Services that answer for the variants.
	backends map[v1alpha1.VariantName]string
}

// board is where the namespace controller leaves what it knows of releases. Nothing of it takes a way through the API server.
type board struct {
	// wake is told each release of which other things are known than before.
	wake func(reconcile.Request)

	mu         sync.Mutex
	namespaces map[string]map[string]standing
}

func newBoard(wake func(reconcile.Request)) *board {
	return &board{wake: wake, namespaces: map[string]map[string]standing{}}
}

// post replaces what is known of the releases of a namespace.
func (b *board) post(namespace string, standings map[string]standing) {
	b.mu.Lock()
	before := b.namespaces[namespace]
	b.namespaces[namespace] = standings
	if len(standings) == 0 {
		delete(b.namespaces, namespace)
	}
	b.mu.Unlock()
	for name, after := range standings {
		if !reflect.DeepEqual(before[name], after) {
			b.wake(reconcile.Request{NamespacedName: types.NamespacedName{Namespace: namespace, Name: name}})
		}
	}
}

// look is what is known of a release as it is. False: nothing is, or of another one or another spec.
func (b *board) look(of *v1alpha1.CanaryRelease) (standing, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	found, known := b.namespaces[of.Namespace][of.Name]
	return found, known && found.uid == of.UID && found.generation == of.Generation
}

// survey finds out what is to be known of the releases of a namespace.
type survey struct {
	view   *load.View
	status *status.Namespace
	// published is the status of a release, as it is or is about to be.
	published   func(*v1alpha1.CanaryRelease) v1alpha1.CanaryReleaseStatus
	deployments map[string]*appsv1.Deployment
	// carriers are the drivers that carry the split of a Service and count its requests, by its name.
	carriers map[string][]driver.MetricSource
	// ports of Services that are split, by name.
	ports map[string][]int32
}

func newSurvey(view *load.View, known *status.Namespace, drivers plan.Drivers) survey {
	s := survey{view: view, status: known, deployments: make(map[string]*appsv1.Deployment, len(view.Deployments)), ports: map[string][]int32{}}
	for _, deployment := range view.Deployments {
		s.deployments[deployment.Name] = deployment
	}
	for i := range known.Plan.Model.Services {
		if service := &known.Plan.Model.Services[i]; service.Retain != nil {
			s.ports[service.Name] = service.RoutedPorts
		}
	}
	s.carriers = carriersOf(known.Plan, drivers)
	return s
}

// carriersOf finds the drivers that carry splits and count requests, by the names of the Services that are split.
func carriersOf(planned plan.Plan, drivers plan.Drivers) map[string][]driver.MetricSource {
	carriers := map[string][]driver.MetricSource{}
	for _, one := range []driver.Driver{drivers.Mesh, drivers.Edge} {
		source, counts := one.(driver.MetricSource)
		if !counts {
			continue
		}
		carried := map[string]bool{}
		for i := range planned.Groups {
			for _, object := range planned.Groups[i].Objects {
				if object.Retain != nil && object.GetLabels()[v1alpha1.LabelDriver] == one.Name() {
					carried[object.Retain.Service] = true
				}
			}
		}
		for service := range carried {
			carriers[service] = append(carriers[service], source)
		}
	}
	return carriers
}

// standings are those of all releases, by name.
func (s survey) standings() map[string]standing {
	standings := make(map[string]standing, len(s.view.Releases))
	for _, one := range s.view.Releases {
		standings[one.Name] = s.standing(one)
	}
	return standings
}

func (s survey) standing(of *v1alpha1.CanaryRelease) standing {
	service := string(of.Spec.Service.Name)
	found := standing{
		uid: of.UID, generation: of.Generation, killSwitch: s.view.KillSwitch, held: s.status.Held(of), carriers: s.carriers[service], ports: s.ports[service],
		replicas: make(map[v1alpha1.VariantName]release.Replicas, len(of.Spec.Variants)),
		backends: make(map[v1alpha1.VariantName]string, len(of.Spec.Variants)),
	}
	if programmed := s.published(of).Programmed; programmed != nil {
		found.revision, found.settledAt = programmed.Revision, programmed.Since.Add(s.status.Settle(of))
	}
	for _, variant := range of.Spec.Variants {
		backend := status.Backend(of, variant)
		found.backends[variant.Name] = backend
		var deployment *appsv1.Deployment
		if variant.Deployment != nil {
			deployment = s.deployments[string(*variant.Deployment)]
		}
		found.replicas[variant.Name] = compose.Replicas(s.view.Endpoints[backend], deployment)
	}
	return found
}
