package load

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// guard is an object that guards a port of pods.
type guard interface {
	client.Object
	// Guarded are the pods, and their port by number or name.
	Guarded() (pods metav1.LabelSelector, port intstr.IntOrString)
}

// guarded are the pods and the port that an object guards, if it does: it says so, or has been read without its type and has both.
func guarded(object client.Object) (pods metav1.LabelSelector, port intstr.IntOrString, guards bool) {
	if typed, ok := object.(guard); ok {
		pods, port = typed.Guarded()
		return pods, port, true
	}
	plain, ok := object.(*unstructured.Unstructured)
	if !ok {
		return pods, port, false
	}
	var read struct {
		Spec struct {
			Pods *metav1.LabelSelector `json:"podSelector"`
			Port *intstr.IntOrString   `json:"port"`
		} `json:"spec"`
	}
	if runtime.DefaultUnstructuredConverter.FromUnstructured(plain.Object, &read) != nil || read.Spec.Pods == nil || read.Spec.Port == nil {
		return pods, port, false
	}
	return *read.Spec.Pods, *read.Spec.Port, true
}

// ForeignGuard reads an object that guards a port of pods and is not ours. False: it is no such object.
func ForeignGuard(object client.Object) (compose.Guard, bool) {
	pods, port, guards := guarded(object)
	if !guards || Ours(object) {
		return compose.Guard{}, false
	}
	selector, err := metav1.LabelSelectorAsSelector(&pods)
	if err != nil {
		return compose.Guard{}, false // the mesh cannot read it either
	}
	found := compose.Guard{Name: object.GetName(), Pods: selector, Port: model.TargetPort{Number: port.IntVal}}
	if port.Type == intstr.String {
		found.Port = model.TargetPort{Name: port.StrVal}
	}
	return found, true
}

// ForeignGuards are those among objects, by name; the same one may have been read in several versions.
func ForeignGuards(objects []client.Object) []compose.Guard {
	var found []compose.Guard
	for _, object := range objects {
		if one, foreign := ForeignGuard(object); foreign {
			found = append(found, one)
		}
	}
	slices.SortFunc(found, func(a, b compose.Guard) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(found, func(a, b compose.Guard) bool { return a.Name == b.Name })
}

// Guarding are the custom resources that standing guards of the pods of Services come from, by the Service's name.
func Guarding(objects []client.Object, services []*corev1.Service) map[string][]model.Origin {
	byGroup := map[string][]model.Origin{}
	for _, object := range objects {
		if _, _, guards := guarded(object); guards && Ours(object) {
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
