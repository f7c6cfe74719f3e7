package compose

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// probes lists the HTTP probes that the kubelet sends to a port of a Service's pods: they must stay allowed when paths are listed, or the
// pods would be taken for dead (facts: an HTTPRoute on a Server replaces Linkerd's own probe route).
func (c *composer) probes(p *part, target model.TargetPort) []model.Probe {
	var probes []model.Probe
	for _, one := range c.workloadsOf(p) {
		probes = appendProbes(probes, &one.template.Spec, target)
	}
	slices.SortFunc(probes, func(a, b model.Probe) int { return cmp.Compare(a.Path, b.Path) })
	return slices.Compact(probes)
}

// unknownProbes warns where requests of pods are told apart whose probes are not known, because no workload has the pods. A
// mesh refuses a probe that no rule allows there (facts: an HTTPRoute on a Server replaces Linkerd's own probe route).
func (c *composer) unknownProbes(p *part, access []model.Access) model.Problems {
	if len(c.workloadsOf(p)) > 0 {
		return nil
	}
	for i := range access {
		one := &access[i]
		if one.Mode == model.AccessAudit || !slices.ContainsFunc(one.Grants, func(grant model.Grant) bool { return len(grant.Requests) > 0 }) {
			continue
		}
		return model.Problems{{
			Origin: one.Origin, Reason: v1alpha1.ReasonPartiallySupported, Advisory: true,
			Message: unknownPods(p) + ": the kubelet's probes of port " + portText(one.Port) + " are not known, and refused unless a rule allows " +
				"them; add a rule from the networks of the nodes (cidr, unauthenticated) to the paths that are probed",
		}}
	}
	return nil
}

// appendProbes adds the HTTP probes of a pod's port. A Service finds the name of a port in any container, a probe only in its own.
func appendProbes(probes []model.Probe, pod *corev1.PodSpec, target model.TargetPort) []model.Probe {
	number := targetNumber(pod, target)
	if number == 0 {
		return probes
	}
	for container := range containers(pod) {
		for _, probe := range [...]*corev1.Probe{container.LivenessProbe, container.ReadinessProbe, container.StartupProbe} {
			if probe == nil || probe.HTTPGet == nil || probedPort(container, probe.HTTPGet.Port) != number {
				continue
			}
			path, _, _ := strings.Cut(probe.HTTPGet.Path, "?")
			probes = append(probes, model.Probe{Path: "/" + strings.TrimPrefix(path, "/")}) // as the kubelet completes it
		}
	}
	return probes
}

// targetNumber is the number of the port that a Service's target means in a pod. 0: no container has a port of that name.
func targetNumber(pod *corev1.PodSpec, target model.TargetPort) int32 {
	if target.Number > 0 {
		return target.Number
	}
	for container := range containers(pod) {
		if number := portNamed(container, target.Name); number > 0 {
			return number
		}
	}
	return 0
}

// containers are all of a pod, in the order in which the name of a port is looked for. Those that start first may keep running, and be probed.
func containers(pod *corev1.PodSpec) iter.Seq[*corev1.Container] {
	return func(yield func(*corev1.Container) bool) {
		for i := range pod.Containers {
			if !yield(&pod.Containers[i]) {
				return
			}
		}
		for i := range pod.InitContainers {
			if !yield(&pod.InitContainers[i]) {
				return
			}
		}
	}
}

// probedPort is the number of a probe's port. 0: the container has no port of that name.
func probedPort(container *corev1.Container, port intstr.IntOrString) int32 {
	if port.Type == intstr.String {
		return portNamed(container, port.StrVal)
	}
	return port.IntVal
}

// portNamed is the number of a container's port. 0: there is none of that name.
func portNamed(container *corev1.Container, name string) int32 {
	for _, port := range container.Ports {
		if port.Name == name {
			return port.ContainerPort
		}
	}
	return 0
}
