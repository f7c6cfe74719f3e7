package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
)

const (
	// releases is how many are in progress at once.
	releases = 500
	// writers is how many requests an administrator has under way at once.
	writers = 16
	// createdPerSecond is how many releases are created in a second.
	createdPerSecond = 10
	// creating is how long it takes to create all of them, and to see them settled.
	creating = releases*time.Second/createdPerSecond + 10*time.Second
	// typical is how long it takes from creating a release to its first split.
	typical = 60 * time.Millisecond
)

// fleet is Services, each with two versions that have pods and with a host of its own, by their keys. A release has the key of its Service.
type fleet []client.ObjectKey

// newFleet spreads Services over namespaces and makes all that a release of them needs.
func (w *world) newFleet(namespaces, count int) fleet {
	w.Helper()
	for n := range namespaces {
		w.must(w.admin.Create(w.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("team-%02d", n)}}))
	}
	all := make(fleet, count)
	for i := range all {
		all[i] = client.ObjectKey{Namespace: fmt.Sprintf("team-%02d", i%namespaces), Name: fmt.Sprintf("shop-%04d", i)}
	}
	w.each(len(all), writers, func(i int) error {
		for _, object := range surroundings(all[i]) {
			object.SetNamespace(all[i].Namespace)
			if err := w.admin.Create(w.Context(), object); err != nil {
				return err
			}
		}
		return nil
	})
	return all
}

// each does something for every index, with some at once.
func (w *world) each(count, atOnce int, do func(i int) error) {
	w.Helper()
	indexes := make(chan int)
	errs := make(chan error, count)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for i := range indexes {
				errs <- do(i)
			}
		})
	}
	for i := range count {
		indexes <- i
	}
	close(indexes)
	workers.Wait()
	close(errs)
	for err := range errs {
		w.must(err)
	}
}

// surroundings are what a team has before it releases anything, and the endpoints that the cluster would find.
func surroundings(of client.ObjectKey) []client.Object {
	objects := []client.Object{
		&corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: of.Name},
			Spec: corev1.ServiceSpec{
				Selector: map[string]string{"app": of.Name}, Ports: []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromInt32(8080)}},
			},
		},
		&v1alpha1.IngressProfile{
			ObjectMeta: metav1.ObjectMeta{Name: of.Name},
			Spec: v1alpha1.IngressProfileSpec{
				Hosts:  []v1alpha1.Host{v1alpha1.Host(of.Name + ".bank.example")},
				Routes: []v1alpha1.IngressRoute{{To: v1alpha1.IngressBackend{Service: v1alpha1.ServiceName(of.Name), Port: 80}}},
			},
		},
		endpoints(of.Name, "10.244.1.1", "10.244.1.2"),
	}
	for n, version := range []string{"v1", "v2"} {
		labels := map[string]string{"app": of.Name, "version": version}
		objects = append(objects, &appsv1.Deployment{
			ObjectMeta: metav1.ObjectMeta{Name: of.Name + "-" + version},
			Spec: appsv1.DeploymentSpec{
				Selector: &metav1.LabelSelector{MatchLabels: labels},
				Template: corev1.PodTemplateSpec{
					ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "app"}}},
				},
			},
		}, endpoints(leaf(of, version), fmt.Sprintf("10.244.1.%d", n+1)))
	}
	return objects
}

func leaf(of client.ObjectKey, version string) string {
	return compose.LeafName(of.Namespace, of.Name, version)
}

// endpoints are the ready pods of a Service.
func endpoints(service string, addresses ...string) *discoveryv1.EndpointSlice {
	yes := true
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: service + "-ready", Labels: map[string]string{discoveryv1.LabelServiceName: service}},
		AddressType: discoveryv1.AddressTypeIPv4,
	}
	for _, address := range addresses {
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{Addresses: []string{address}, Conditions: discoveryv1.EndpointConditions{Ready: &yes}})
	}
	return slice
}

// release of a Service from v1 to v2.
func release(of client.ObjectKey, steps ...v1alpha1.RolloutStep) *v1alpha1.CanaryRelease {
	made := &v1alpha1.CanaryRelease{
		ObjectMeta: metav1.ObjectMeta{Namespace: of.Namespace, Name: of.Name},
		Spec: v1alpha1.CanaryReleaseSpec{
			Service: v1alpha1.ReleaseService{Name: v1alpha1.ServiceName(of.Name)}, Stable: "v1", Rollout: &v1alpha1.Rollout{To: "v2", Steps: steps},
		},
	}
	for _, version := range []string{"v1", "v2"} {
		deployment := v1alpha1.ObjectName(of.Name + "-" + version)
		made.Spec.Variants = append(made.Spec.Variants, v1alpha1.Variant{Name: v1alpha1.VariantName(version), Deployment: &deployment})
	}
	return made
}

// step gives the target per cent and is held. A hold of 0 is none.
func step(weight int32, hold time.Duration) v1alpha1.RolloutStep {
	made := v1alpha1.RolloutStep{Weight: intstr.FromInt32(weight)}
	if hold > 0 {
		text := v1alpha1.LongDuration(fmt.Sprintf("%dms", hold.Milliseconds()))
		made.Hold = &text
	}
	return made
}

// start creates a release of each Service, so slowly that the API server has nothing to catch up on.
func (w *world) start(all fleet, of func(i int) *v1alpha1.CanaryRelease) {
	w.Helper()
	ticker := time.NewTicker(time.Second / createdPerSecond)
	defer ticker.Stop()
	errs := make(chan error, len(all))
	for i := range all {
		<-ticker.C
		go func() { errs <- w.admin.Create(context.WithoutCancel(w.Context()), of(i)) }()
	}
	for range all {
		w.must(<-errs)
	}
}

// until is the hold of a first step that is to end at an instant, if the release is created now.
func (w *world) until(instant time.Time) time.Duration {
	return time.Until(instant) - typical - w.settle
}
