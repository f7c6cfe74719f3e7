package compose

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/internal/model"
)

// claimPods claims the ports of a Service's pods. A mesh guards a port of a pod once: of several Services over the same pods, also partly,
// the oldest policy governs. Pods are told by the templates of Deployments; those of others by the selector alone.
func (c *composer) claimPods(owners claims, service string, origin model.Origin) model.Problems {
	svc := c.services[service]
	if svc == nil || len(svc.Spec.Selector) == 0 {
		return nil
	}
	var problems model.Problems
	for _, thing := range c.guarded(svc) {
		if problem, won := owners.claim(thing, origin); !won {
			problems = append(problems, problem)
		}
	}
	return problems[:min(len(problems), 1)] // one is enough to say which Services meet
}

// guarded lists the ports of a Service's pods, each once.
func (c *composer) guarded(svc *corev1.Service) []claimed {
	candidates := c.candidates(svc.Spec.Selector)
	things := make([]claimed, 0, len(candidates)*len(svc.Spec.Ports))
	for _, port := range servicePorts(svc) {
		matched := false
		for _, deployment := range candidates {
			if selects(svc.Spec.Selector, deployment.Spec.Template.Labels) {
				matched = true
				pods := &deployment.Spec.Template.Spec
				things = append(things, claimed{aspect: "access", kind: "the pods of Deployment", name: deployment.Name, port: podPort(pods, port.Target)})
			}
		}
		if !matched {
			things = append(things, claimed{aspect: "access", kind: "the pods", name: selectorText(svc.Spec.Selector), port: port.Target})
		}
	}
	slices.SortFunc(things, claimed.compare)
	return slices.Compact(things)
}

// podPort is the number of a port of a pod, or its name where no container has it.
func podPort(pod *corev1.PodSpec, target model.TargetPort) model.TargetPort {
	if number := targetNumber(pod, target); number > 0 {
		return model.TargetPort{Number: number}
	}
	return target
}
