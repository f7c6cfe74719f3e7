package drivertest

import (
	"encoding/json"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// ReadPod goes by the Namespace, and by nothing of the pod but its containers and its network.
func (f Fake) ReadPod(pod model.RunningPod, around model.Surroundings) model.PodState {
	state := model.PodState{Meshed: slices.Contains(pod.Containers, FakeProxy)}
	wanted := around.Annotations[fakeInject] == "enabled"
	if wanted && pod.HostNetwork {
		state.Exempt, wanted = model.ExemptHostNetwork, false
	}
	state.Waiting = wanted != state.Meshed
	return state
}

// fakeTemplate writes what pods need under the same keys as on a Namespace.
func fakeTemplate(template *model.Template) (driver.Template, error) {
	loan, err := fakeLoan("", "", "", podValues(template.Pods), nil)
	if template.Injection != nil && err == nil {
		loan.Annotations[fakeInject] = strings.ToLower(string(template.Injection.Mode))
	}
	return driver.Template{Annotations: loan.Annotations, Origin: template.Origin}, err
}

func podValues(pods model.Pods) map[string]any {
	if pods.Empty() {
		return nil
	}
	return map[string]any{"pods": pods}
}

func fakeLoan(kind, namespace, name string, values map[string]any, origins []model.Origin) (driver.Borrowed, error) {
	loan := driver.Borrowed{
		Kind: corev1.SchemeGroupVersion.WithKind(kind), Namespace: namespace, Name: name, Annotations: map[string]string{}, Origins: model.SortOrigins(origins),
	}
	for key, value := range values {
		bytes, err := json.Marshal(value)
		if err != nil {
			return driver.Borrowed{}, err
		}
		loan.Annotations["fake.example/"+key] = string(bytes)
	}
	return loan, nil
}
