package compose

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

func TestRetention(t *testing.T) {
	const leaf = "orders-v1-leaf"
	for name, test := range map[string]struct {
		change func(*Snapshot, *model.Retain)
		// stays says whether all traffic stays at stable, held whether the standing split is not touched.
		stays, held bool
	}{
		"stable answers, and others would too":        {func(*Snapshot, *model.Retain) {}, true, false},
		"onDelete was Release":                        {func(_ *Snapshot, r *model.Retain) { r.Release = true }, false, false},
		"a new release claims the Service":            {func(s *Snapshot, _ *model.Retain) { s.Releases = append(s.Releases, releaseNamed("orders")) }, false, false},
		"a release of another Service claims nothing": {func(s *Snapshot, _ *model.Retain) { s.Releases = append(s.Releases, releaseNamed("users")) }, true, false},
		"the Service is gone":                         {func(s *Snapshot, _ *model.Retain) { s.Services = nil }, false, false},
		"the Service became headless":                 {func(s *Snapshot, _ *model.Retain) { s.Services[0].Spec.ClusterIP = corev1.ClusterIPNone }, false, false},
		"all endpoints are stable's": {func(s *Snapshot, _ *model.Retain) {
			s.Endpoints["orders"] = Endpoints{2, 3}
			s.Endpoints[leaf] = Endpoints{2, 3}
		}, false, false},
		"as many are ready, but some are not stable's": {func(s *Snapshot, _ *model.Retain) {
			s.Endpoints["orders"] = Endpoints{2, 4}
			s.Endpoints[leaf] = Endpoints{2, 3}
		}, true, false},
		"stable is empty and others answer": {func(s *Snapshot, _ *model.Retain) { s.Endpoints[leaf] = Endpoints{0, 2} }, false, false},
		"nobody answers": {func(s *Snapshot, _ *model.Retain) {
			s.Endpoints["orders"] = Endpoints{0, 4}
			s.Endpoints[leaf] = Endpoints{0, 2}
		}, true, true},
		"nobody is there":                    {func(s *Snapshot, _ *model.Retain) { s.Endpoints = nil }, true, true},
		"the ports that were split are gone": {func(_ *Snapshot, r *model.Retain) { r.Ports = "9090" }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			retain := model.Retain{Service: "orders", StableLeaf: leaf}
			snapshot := Snapshot{
				Namespace: "shop", Services: []*corev1.Service{namedService("orders")},
				Endpoints: map[string]Endpoints{"orders": {Ready: 4, Total: 4}, leaf: {Ready: 2, Total: 2}},
			}
			test.change(&snapshot, &retain)
			snapshot.Retained = map[string]model.Retain{"orders": retain}
			result := Namespace(snapshot, nil)
			stays := false
			for _, svc := range result.Model.Services {
				stays = stays || svc.Name == "orders" && len(svc.Routes) == 1 && svc.Routes[0].Split[0].Backend == leaf
			}
			if stays != test.stays {
				t.Errorf("stays at stable: %v, want %v", stays, test.stays)
			}
			if held := len(result.HeldSplits) > 0; held != test.held {
				t.Errorf("held: %v, want %v", held, test.held)
			}
		})
	}
}

// releaseNamed is a release of a Service. It is refused, and claims the Service all the same.
func releaseNamed(service string) *v1alpha1.CanaryRelease {
	release := &v1alpha1.CanaryRelease{}
	release.Name = "new"
	release.Spec.Service.Name = v1alpha1.ServiceName(service)
	nowhere := v1alpha1.ServiceName("nowhere")
	release.Spec.Variants = []v1alpha1.Variant{{Name: "v1", Service: &nowhere}, {Name: "v2", Service: &nowhere}}
	release.Spec.Stable = "v1"
	return release
}
