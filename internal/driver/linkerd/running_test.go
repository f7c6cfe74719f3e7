package linkerd

import (
	"maps"
	"testing"

	"github.com/kubemate/kubemate/internal/model"
)

func TestAPodIsComparedWithTheOneThatTheInjectorWouldMakeNow(t *testing.T) {
	enabled := map[string]string{annotationInject: "enabled"}
	with := func(annotations map[string]string, key, value string) map[string]string {
		out := maps.Clone(annotations)
		if out == nil {
			out = map[string]string{}
		}
		out[key] = value
		return out
	}
	meshed, bare := []string{"app", proxyContainer}, []string{"app"}
	none := &map[string]string{}
	for name, one := range map[string]struct {
		pod    model.RunningPod
		around model.Surroundings
		want   model.PodState
	}{
		"a proxy where one is asked for": {
			model.RunningPod{Containers: meshed}, model.Surroundings{Annotations: enabled}, model.PodState{Meshed: true},
		},
		"no proxy yet": {
			model.RunningPod{Containers: bare}, model.Surroundings{Annotations: enabled}, model.PodState{Waiting: true},
		},
		"no proxy where none is asked for": {
			model.RunningPod{Containers: bare}, model.Surroundings{}, model.PodState{},
		},
		"a proxy that nobody asks for any more": {
			model.RunningPod{Containers: meshed}, model.Surroundings{Annotations: with(nil, annotationInject, "disabled")}, model.PodState{Meshed: true, Waiting: true},
		},
		"a proxy that the pod itself asks for": {
			model.RunningPod{Containers: meshed, Annotations: enabled}, model.Surroundings{}, model.PodState{Meshed: true},
		},
		"on the network of its node": {
			model.RunningPod{Containers: bare, HostNetwork: true}, model.Surroundings{Annotations: enabled}, model.PodState{Exempt: model.ExemptHostNetwork},
		},
		"without a token": {
			model.RunningPod{Containers: bare, Tokenless: true}, model.Surroundings{Annotations: enabled}, model.PodState{Exempt: model.ExemptNoToken},
		},
		"opted out": {
			model.RunningPod{Containers: bare, Annotations: with(nil, annotationInject, "disabled")},
			model.Surroundings{Annotations: enabled},
			model.PodState{Exempt: model.ExemptOptedOut},
		},
		"opted out since it was made": {
			model.RunningPod{Containers: meshed, Template: &map[string]string{annotationInject: "disabled"}},
			model.Surroundings{Annotations: enabled},
			model.PodState{Meshed: true, Waiting: true, Exempt: model.ExemptOptedOut},
		},
		"opted in again since it was made": {
			model.RunningPod{Containers: bare, Annotations: with(nil, annotationInject, "disabled"), Template: none},
			model.Surroundings{Annotations: enabled},
			model.PodState{Waiting: true},
		},
		"a switch that the injector does not know": {
			model.RunningPod{Containers: bare, Annotations: with(nil, annotationInject, "yes")},
			model.Surroundings{Annotations: enabled},
			model.PodState{Exempt: model.ExemptOptedOut},
		},
		"in a namespace without webhooks": {
			model.RunningPod{Containers: bare},
			model.Surroundings{Annotations: enabled, Labels: map[string]string{labelWebhooks: "disabled"}},
			model.PodState{Exempt: model.ExemptNamespace},
		},
		"in a namespace that the injector leaves out by name": {
			model.RunningPod{Containers: bare}, model.Surroundings{Namespace: "cert-manager", Annotations: enabled}, model.PodState{Exempt: model.ExemptNamespace},
		},
		"a setting of the namespace that the pod has": {
			model.RunningPod{Containers: meshed, Annotations: with(nil, annotationLogLevel, "warn"), Template: none},
			model.Surroundings{Annotations: with(enabled, annotationLogLevel, "warn")},
			model.PodState{Meshed: true},
		},
		"a setting that the pod does not have yet": {
			model.RunningPod{Containers: meshed, Template: none},
			model.Surroundings{Annotations: with(enabled, annotationLogLevel, "warn")},
			model.PodState{Meshed: true, Waiting: true},
		},
		"a setting that has changed": {
			model.RunningPod{Containers: meshed, Annotations: with(nil, annotationLogLevel, "info")},
			model.Surroundings{Annotations: with(enabled, annotationLogLevel, "warn")},
			model.PodState{Meshed: true, Waiting: true},
		},
		"a setting that was withdrawn": {
			model.RunningPod{Containers: meshed, Annotations: with(nil, annotationSkipOutbound, "8500"), Template: none},
			model.Surroundings{Annotations: enabled},
			model.PodState{Meshed: true, Waiting: true},
		},
		"a setting that may be the template's, which is not known": {
			model.RunningPod{Containers: meshed, Annotations: with(nil, annotationSkipOutbound, "8500")},
			model.Surroundings{Annotations: enabled},
			model.PodState{Meshed: true},
		},
		"a setting of the template, which wins": {
			model.RunningPod{Containers: meshed, Annotations: with(nil, annotationLogLevel, "debug"), Template: &map[string]string{annotationLogLevel: "debug"}},
			model.Surroundings{Annotations: with(enabled, annotationLogLevel, "warn")},
			model.PodState{Meshed: true},
		},
		"opaque ports by the injector's own defaults": {
			model.RunningPod{Containers: meshed, Annotations: with(nil, annotationOpaque, "3306"), Template: none},
			model.Surroundings{Annotations: enabled},
			model.PodState{Meshed: true},
		},
		"a setting of a pod that gets no proxy": {
			model.RunningPod{Containers: bare, HostNetwork: true, Template: none},
			model.Surroundings{Annotations: with(enabled, annotationLogLevel, "warn")},
			model.PodState{Exempt: model.ExemptHostNetwork},
		},
	} {
		if got := readPod(one.pod, one.around); got != one.want {
			t.Errorf("%s: %+v, want %+v", name, got, one.want)
		}
	}
}
