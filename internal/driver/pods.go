package driver

import "github.com/kubemate/kubemate/internal/model"

// PodReader is an optional ability of a mesh driver: it tells how a pod that runs stands to its mesh.
type PodReader interface {
	// PodAnnotations are the annotations of pods and of their templates that ReadPod looks at. Nobody keeps the others.
	PodAnnotations() []string
	// ReadPod compares a pod with the one that would be made in its place now.
	ReadPod(pod model.RunningPod, around model.Surroundings) model.PodState
}
