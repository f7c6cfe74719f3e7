package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
)

const (
	// profiles is how many are created at once.
	profiles = 1000
	// singles is how many are created one after the other when all those stand.
	singles = 10
	// servedWithin bounds how long a profile may take until a request gets through.
	servedWithin = 5 * time.Minute
)

// BenchmarkProfiles creates 1,000 profiles with a host, a middleware and a guard each, as fast as an administrator can, and asks a real Traefik for
// each host until a pod of its Service answers. It measures the time from the first request of the administrator to the operator's last write of an
// IngressRoute and to the last of the answers, how many requests the operator made for it, and how often Traefik loaded a configuration; then how long
// single profiles take beside all those.
//
// Traefik loads a configuration every two seconds at most when nothing is set, as here. But it makes one for every event, unless the throttling of
// its provider, which is off by default, is set too; here it shares two cores with the API server and the operator.
func BenchmarkProfiles(b *testing.B) {
	for _, throttle := range []string{"0s", "2s"} {
		b.Run("throttle="+throttle, func(b *testing.B) {
			for b.Loop() {
				publish(b, throttle)
			}
		})
	}
}

func publish(b *testing.B, throttle string) {
	w := newWorld(b)
	w.answer()
	traefik, err := w.server.StartTraefik(b.Context(), "bench", testbed.TraefikOptions{
		LabelSelector: v1alpha1.LabelGateway + "=default",
		Flags:         []string{"--providers.providersthrottleduration=2s", "--providers.kubernetescrd.throttleduration=" + throttle},
	})
	w.must(err)
	all := w.newShops()
	stop := w.run("")
	defer stop()
	reloads := w.reloads(traefik)

	began := time.Now()
	w.each(profiles, writers, func(i int) error { return w.admin.Create(context.WithoutCancel(b.Context()), published(all[i])) })
	b.ReportMetric(time.Since(began).Seconds(), "created-s")
	for _, one := range all[:profiles] {
		w.served(traefik, one)
	}
	b.ReportMetric(time.Since(began).Seconds(), "served-s")
	b.ReportMetric(w.reloads(traefik)-reloads, "reloads")
	w.quiet()
	made := w.calls.since(began)
	b.ReportMetric(lastRoute(made).Sub(began).Seconds(), "written-s")
	w.reportCalls(made, profiles, "profile")

	var took []time.Duration
	for _, one := range all[profiles:] {
		began := time.Now()
		w.must(w.admin.Create(b.Context(), published(one)))
		w.served(traefik, one)
		took = append(took, time.Since(began))
	}
	b.ReportMetric(quantile(took, 0.5), "p50-one-more-ms")
	b.ReportMetric(quantile(took, 1), "max-one-more-ms")
}

// lastRoute is when the last IngressRoute was stored.
func lastRoute(made []*call) time.Time {
	var last time.Time
	for _, one := range made {
		if one.resource == "ingressroutes" && one.write() && one.ended.After(last) {
			last = one.ended
		}
	}
	return last
}

// answer stands for all pods.
func (w *world) answer() {
	w.Helper()
	server := &http.Server{Addr: ":8080", ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(to http.ResponseWriter, request *http.Request) {
		to.Header().Set("X-Host", request.Host)
	})}
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			w.Error(err)
		}
	}()
	w.Cleanup(func() {
		if err := server.Close(); err != nil {
			w.Error(err)
		}
	})
}

// newShops makes Services with a pod that answers, some in each namespace.
func (w *world) newShops() fleet {
	w.Helper()
	for n := range namespacesAtOnce {
		w.must(w.admin.Create(w.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("team-%02d", n)}}))
	}
	all := make(fleet, profiles+singles)
	for i := range all {
		all[i] = client.ObjectKey{Namespace: fmt.Sprintf("team-%02d", i%namespacesAtOnce), Name: fmt.Sprintf("shop-%04d", i)}
	}
	w.each(len(all), writers, func(i int) error {
		for _, object := range shop(all[i]) {
			object.SetNamespace(all[i].Namespace)
			if err := w.admin.Create(w.Context(), object); err != nil {
				return err
			}
		}
		return nil
	})
	return all
}

func shop(of client.ObjectKey) []client.Object {
	name, port := "http", int32(8080)
	slice := endpoints(of.Name, "10.244.1.1")
	slice.Ports = []discoveryv1.EndpointPort{{Name: &name, Port: &port}}
	return []client.Object{
		&corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: of.Name},
			Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": of.Name}, Ports: []corev1.ServicePort{{Name: name, Port: 80}}},
		},
		slice,
	}
}

func hostOf(of client.ObjectKey) string { return of.Name + ".bank.example" }

// published is the profile of a shop, with headers: a middleware, and so a guard.
func published(of client.ObjectKey) *v1alpha1.IngressProfile {
	deny := "Deny"
	return &v1alpha1.IngressProfile{
		ObjectMeta: metav1.ObjectMeta{Namespace: of.Namespace, Name: of.Name},
		Spec: v1alpha1.IngressProfileSpec{
			Hosts: []v1alpha1.Host{v1alpha1.Host(hostOf(of))}, Security: &v1alpha1.SecurityHeaders{FrameOptions: &deny},
			Routes: []v1alpha1.IngressRoute{{To: v1alpha1.IngressBackend{Service: v1alpha1.ServiceName(of.Name), Port: 80}}},
		},
	}
}

// served asks for a host until a pod answers, with the profile's headers.
func (w *world) served(by *testbed.Traefik, of client.ObjectKey) {
	w.Helper()
	deadline := time.Now().Add(servedWithin)
	for {
		request, err := http.NewRequestWithContext(w.Context(), http.MethodGet, by.Web(), http.NoBody)
		w.must(err)
		request.Host = hostOf(of)
		response, err := http.DefaultClient.Do(request)
		w.must(err)
		_, err = io.Copy(io.Discard, response.Body)
		w.must(errors.Join(err, response.Body.Close()))
		if response.StatusCode == http.StatusOK && response.Header.Get("X-Host") == hostOf(of) && response.Header.Get("X-Frame-Options") == "DENY" {
			return
		}
		if time.Now().After(deadline) {
			w.Fatalf("%s is answered %s after %s", hostOf(of), response.Status, servedWithin)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// reloads is how often Traefik has loaded a configuration.
func (w *world) reloads(of *testbed.Traefik) float64 {
	w.Helper()
	return w.metric(of.Metrics(), "traefik_config_reloads_total")
}
