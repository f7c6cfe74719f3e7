package compose

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// workload is a Deployment, and the oldest access policy over its pods.
type workload struct {
	*appsv1.Deployment
	guard guard
}

// workloads are the Deployments of a namespace, by name and by the labels of their pods.
type workloads struct {
	byName  map[string]*workload
	byLabel map[label][]*workload
}

type label struct{ key, value string }

// newWorkloads indexes Deployments by the labels that selectors of Services ask for; nobody looks for the others.
func newWorkloads(deployments []*appsv1.Deployment, services []*corev1.Service) workloads {
	all := make([]workload, len(deployments))
	found := workloads{byName: make(map[string]*workload, len(deployments)), byLabel: make(map[label][]*workload, len(services))}
	keys := selectorKeys(services)
	for i, deployment := range deployments {
		one := &all[i]
		one.Deployment = deployment
		found.byName[deployment.Name] = one
		for _, key := range keys {
			if value, ok := deployment.Spec.Template.Labels[key]; ok {
				by := label{key, value}
				found.byLabel[by] = append(found.byLabel[by], one)
			}
		}
	}
	return found
}

// selectorKeys are the keys of labels that selectors name.
func selectorKeys(services []*corev1.Service) []string {
	var keys []string
	seen := map[string]bool{}
	for _, svc := range services {
		for key := range svc.Spec.Selector {
			if !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// workloadsOf are the workloads whose pods a Service selects.
func (c *composer) workloadsOf(p *part) []*workload {
	if p.workloads == nil {
		p.workloads = c.workloads.selected(p.service.Spec.Selector)
	}
	return p.workloads
}

// selected are the workloads whose pods a selector matches. Only those with its rarest label are looked at: a look at all of them for each
// Service would grow with the square of the namespace.
func (w workloads) selected(selector map[string]string) []*workload {
	var fewest []*workload
	first := true
	for key, value := range selector {
		if found := w.byLabel[label{key, value}]; first || len(found) < len(fewest) {
			fewest, first = found, false
		}
	}
	if len(selector) == 1 {
		return fewest
	}
	return slices.DeleteFunc(slices.Clone(fewest), func(one *workload) bool { return !selects(selector, one.Spec.Template.Labels) })
}
