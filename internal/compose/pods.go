package compose

import (
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/internal/model"
)

// guard is a Service whose pods an access policy guards.
type guard struct {
	part   *part
	origin model.Origin
}

// claimPods claims the ports of a Service's pods. A mesh guards a port of a pod once: of several Services over the same pods, also partly,
// the oldest policy governs. Pods are told by the templates of workloads; those of others by the selector alone. Ports are looked at only
// where two policies meet on a workload, which is rare.
func (c *composer) claimPods(owners claims, service string, origin model.Origin) model.Problems {
	part := c.byName[service]
	if part == nil || len(part.service.Spec.Selector) == 0 {
		return nil
	}
	mine := guard{part, origin}
	var problems model.Problems
	for _, one := range c.workloadsOf(part) {
		if one.guard.part == nil {
			one.guard = mine
			continue
		}
		_ = claimPorts(owners, one.guard, one) // what the first meets was told when it came
		problems = append(problems, claimPorts(owners, mine, one)...)
	}
	if len(c.workloadsOf(part)) == 0 {
		problems = claimSelector(owners, mine)
	}
	problems.Sort()
	return problems[:min(len(problems), 1)] // one is enough to say which Services meet
}

// claimPorts claims the ports of a workload's pods, each once. Who claims them again has them already.
func claimPorts(owners claims, by guard, of *workload) model.Problems {
	pods := &of.template.Spec
	var things []claimed
	for _, port := range by.part.ports {
		things = append(things, claimed{"access to port " + podPort(pods, port.Target) + " of the pods of " + of.kind, of.name})
	}
	return claimAll(owners, things, by.origin)
}

// claimSelector claims the ports of pods that no workload has, by the selector.
func claimSelector(owners claims, by guard) model.Problems {
	var things []claimed
	for _, port := range by.part.ports {
		things = append(things, claimed{"access to port " + portText(port.Target) + " of the pods", selectorText(by.part.service.Spec.Selector)})
	}
	return claimAll(owners, things, by.origin)
}

func claimAll(owners claims, things []claimed, origin model.Origin) model.Problems {
	slices.SortFunc(things, claimed.compare)
	var problems model.Problems
	for _, thing := range slices.Compact(things) {
		if owners[thing] == origin {
			continue
		}
		if problem, won := owners.claim(thing, origin); !won {
			problems = append(problems, problem)
		}
	}
	return problems
}

// podPort is the number of a port of a pod, or its name where no container has it.
func podPort(pod *corev1.PodSpec, target model.TargetPort) string {
	if number := targetNumber(pod, target); number > 0 {
		return strconv.Itoa(int(number))
	}
	return portText(target)
}

func portText(target model.TargetPort) string {
	if target.Name != "" {
		return target.Name
	}
	return strconv.Itoa(int(target.Number))
}
