package compose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/internal/model"
)

func TestProbesOfAPod(t *testing.T) {
	http, admin := intstr.FromString("http"), intstr.FromString("admin")
	get := func(path string, port intstr.IntOrString) *corev1.Probe {
		return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: port}}}
	}
	httpPort := []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}}
	for name, test := range map[string]struct {
		pod    corev1.PodSpec
		target model.TargetPort
		want   []string
	}{
		"by name and by number, without the query": {
			pod: corev1.PodSpec{Containers: []corev1.Container{{
				Ports: httpPort, LivenessProbe: get("/live?verbose", intstr.FromInt32(8080)), ReadinessProbe: get("/ready", http), StartupProbe: get("/start", http),
			}}},
			target: model.TargetPort{Name: "http"}, want: []string{"/live", "/ready", "/start"},
		},
		"a probe of another port is none of this": {
			pod: corev1.PodSpec{Containers: []corev1.Container{{
				Ports: append(httpPort, corev1.ContainerPort{Name: "admin", ContainerPort: 9090}), LivenessProbe: get("/live", admin), ReadinessProbe: get("/ready", http),
			}}},
			target: model.TargetPort{Number: 9090}, want: []string{"/live"},
		},
		"the name of the Service's port may stand in another container": {
			pod: corev1.PodSpec{Containers: []corev1.Container{
				{LivenessProbe: get("/live", intstr.FromInt32(8080))},
				{Ports: httpPort},
			}},
			target: model.TargetPort{Name: "http"}, want: []string{"/live"},
		},
		"a probe finds a name in its own container only": {
			pod: corev1.PodSpec{Containers: []corev1.Container{
				{LivenessProbe: get("/live", http)},
				{Ports: httpPort},
			}},
			target: model.TargetPort{Number: 8080},
		},
		"a container that starts first and keeps running is probed too": {
			pod:    corev1.PodSpec{InitContainers: []corev1.Container{{Ports: httpPort, StartupProbe: get("/start", http)}}},
			target: model.TargetPort{Number: 8080}, want: []string{"/start"},
		},
		"a path that is missing or lacks the slash is completed": {
			pod: corev1.PodSpec{Containers: []corev1.Container{{
				Ports: httpPort, LivenessProbe: get("", http), ReadinessProbe: get("healthz", http),
			}}},
			target: model.TargetPort{Name: "http"}, want: []string{"/", "/healthz"},
		},
		"a probe that is not HTTP asks for nothing": {
			pod: corev1.PodSpec{Containers: []corev1.Container{{
				Ports: httpPort, LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: http}}},
			}}},
			target: model.TargetPort{Name: "http"},
		},
		"a port that no container names has no probes": {
			pod:    corev1.PodSpec{Containers: []corev1.Container{{LivenessProbe: get("/live", intstr.FromInt32(0))}}},
			target: model.TargetPort{Name: "http"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, probe := range appendProbes(nil, &test.pod, test.target) {
				got = append(got, probe.Path)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
