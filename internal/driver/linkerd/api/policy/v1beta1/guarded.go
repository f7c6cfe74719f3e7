package v1beta1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Guarded are the pods that the Server is about, and their port.
func (s *Server) Guarded() (pods metav1.LabelSelector, port intstr.IntOrString) {
	return s.Spec.PodSelector, s.Spec.Port
}
