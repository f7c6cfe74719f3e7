package compose

import (
	"cmp"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/internal/model"
)

// probes lists the HTTP probes that the kubelet sends to a port of a Service's pods: they must stay allowed when paths are listed, or the
// pods would be taken for dead (facts: an HTTPRoute on a Server replaces Linkerd's own probe route).
func (c *composer) probes(selector map[string]string, target model.TargetPort) []model.Probe {
	var probes []model.Probe
	for _, deployment := range c.candidates(selector) {
		if !selects(selector, deployment.Spec.Template.Labels) {
			continue
		}
		for i := range deployment.Spec.Template.Spec.Containers {
			probes = append(probes, containerProbes(&deployment.Spec.Template.Spec.Containers[i], target)...)
		}
	}
	slices.SortFunc(probes, func(a, b model.Probe) int { return cmp.Compare(a.Path, b.Path) })
	return slices.Compact(probes)
}

// candidates narrows the Deployments to those whose pods have one of the selector's labels: a look at all of them for each Service would
// grow with the square of the namespace.
func (c *composer) candidates(selector map[string]string) []*appsv1.Deployment {
	if c.byLabel == nil {
		c.byLabel = make(map[label][]*appsv1.Deployment, len(c.snapshot.Deployments))
		for _, deployment := range c.snapshot.Deployments {
			for key, value := range deployment.Spec.Template.Labels {
				c.byLabel[label{key, value}] = append(c.byLabel[label{key, value}], deployment)
			}
		}
	}
	var fewest []*appsv1.Deployment
	first := true
	for key, value := range selector {
		if found := c.byLabel[label{key, value}]; first || len(found) < len(fewest) {
			fewest, first = found, false
		}
	}
	return fewest
}

func containerProbes(container *corev1.Container, target model.TargetPort) []model.Probe {
	var probes []model.Probe
	for _, probe := range []*corev1.Probe{container.LivenessProbe, container.ReadinessProbe, container.StartupProbe} {
		if probe == nil || probe.HTTPGet == nil || !samePort(container, probe.HTTPGet.Port, target) {
			continue
		}
		path, _, _ := strings.Cut(probe.HTTPGet.Path, "?")
		if path == "" {
			path = "/"
		}
		probes = append(probes, model.Probe{Path: path})
	}
	return probes
}

// samePort compares a probe's port with a Service's target; either may be a number or the name of a container's port.
func samePort(container *corev1.Container, port intstr.IntOrString, target model.TargetPort) bool {
	number := portNumber(container, port.StrVal, port.IntVal)
	return number > 0 && number == portNumber(container, target.Name, target.Number)
}

// portNumber resolves the name of a container's port. -1: there is none.
func portNumber(container *corev1.Container, name string, number int32) int32 {
	if name == "" {
		return number
	}
	for _, port := range container.Ports {
		if port.Name == name {
			return port.ContainerPort
		}
	}
	return -1
}
