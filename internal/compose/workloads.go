package compose

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/internal/model"
)

// workload makes pods of a template: a Deployment, StatefulSet or DaemonSet. With it goes the oldest access policy over its pods.
type workload struct {
	kind, name string
	template   *corev1.PodTemplateSpec
	guard      guard
}

// String is "StatefulSet ledger".
func (w *workload) String() string { return w.kind + " " + w.name }

// id is the name that others know it by.
func (w *workload) id() model.Workload { return model.Workload{Kind: w.kind, Name: w.name} }

// workloads are those of a namespace, found by the labels of their pods.
type workloads struct {
	all     []workload
	byLabel map[label][]*workload
}

type label struct{ key, value string }

// newWorkloads indexes what makes pods by the labels that selectors of Services ask for; nobody looks for the others.
func newWorkloads(snapshot *Snapshot) workloads {
	found := workloads{
		all:     make([]workload, 0, len(snapshot.Deployments)+len(snapshot.StatefulSets)+len(snapshot.DaemonSets)),
		byLabel: make(map[label][]*workload, len(snapshot.Services)),
	}
	for _, one := range snapshot.Deployments {
		found.all = append(found.all, workload{kind: "Deployment", name: one.Name, template: &one.Spec.Template})
	}
	for _, one := range snapshot.StatefulSets {
		found.all = append(found.all, workload{kind: "StatefulSet", name: one.Name, template: &one.Spec.Template})
	}
	for _, one := range snapshot.DaemonSets {
		found.all = append(found.all, workload{kind: "DaemonSet", name: one.Name, template: &one.Spec.Template})
	}
	keys := selectorKeys(snapshot.Services)
	for i := range found.all {
		one := &found.all[i]
		for _, key := range keys {
			if value, ok := one.template.Labels[key]; ok {
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

// unknownPods says that nothing is known of the pods of a Service.
func unknownPods(p *part) string {
	return "no Deployment, StatefulSet or DaemonSet has the pods of Service " + p.service.Name
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
	return slices.DeleteFunc(slices.Clone(fewest), func(one *workload) bool { return !selects(selector, one.template.Labels) })
}
