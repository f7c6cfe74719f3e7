package compose

import (
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/internal/model"
)

// namedService is a Service with the port 8080.
func namedService(name string) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.ServiceSpec{
			ClusterIP: "10.0.0.1", Selector: map[string]string{"app": name}, Ports: []corev1.ServicePort{{Port: 8080}},
		},
	}
}

// deploymentOf has the labels on its pods and selects some of them.
func deploymentOf(name string, labels map[string]string, selected ...string) *appsv1.Deployment {
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: name}}
	deployment.Spec.Template.Labels = labels
	deployment.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{}}
	for _, key := range selected {
		deployment.Spec.Selector.MatchLabels[key] = labels[key]
	}
	return deployment
}

func deployments(all ...*appsv1.Deployment) []*appsv1.Deployment { return all }

func expectList(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// containsMessage says whether one of some problems says something.
func containsMessage(problems model.Problems, words string) bool {
	return slices.ContainsFunc(problems, func(p model.Problem) bool { return strings.Contains(p.Message, words) })
}
