package load

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// guard is an object that guards a port of pods.
type guard interface {
	client.Object
	// Guarded are the pods, and their port by number or name.
	Guarded() (pods metav1.LabelSelector, port intstr.IntOrString)
}

// Guarding are the custom resources that standing guards of the pods of Services come from, by the Service's name.
func Guarding(objects []client.Object, services []*corev1.Service) map[string][]model.Origin {
	byGroup := map[string][]model.Origin{}
	for _, object := range objects {
		if _, guards := object.(guard); guards && Ours(object) {
			group := object.GetLabels()[v1alpha1.LabelGroup]
			byGroup[group] = append(byGroup[group], Origins(object)...)
		}
	}
	found := map[string][]model.Origin{}
	for _, service := range services {
		if origins := byGroup[plan.GroupLabel(plan.GroupServicePrefix+service.Name)]; len(origins) > 0 {
			found[service.Name] = origins
		}
	}
	return found
}
