package status

import (
	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// maxLacking is the bound of the schema.
const maxLacking = 16

// podTemplates compares what a policy wants in pod templates with those that stand. Nil: it wants nothing.
func (n *Namespace) podTemplates(policy model.Origin) *v1alpha1.PodTemplates {
	for i := range n.Plan.Templates {
		template := &n.Plan.Templates[i]
		if template.Origin != policy {
			continue
		}
		found := &v1alpha1.PodTemplates{Annotations: template.Annotations, Total: int32(len(template.Workloads))}
		for _, workload := range template.Workloads {
			if has(n.Templates[workload], n.Plan.TemplateOf(workload, policy)) {
				continue
			}
			found.Lacking++
			if len(found.Workloads) < maxLacking {
				found.Workloads = append(found.Workloads, v1alpha1.WorkloadName{Kind: workload.Kind, Name: workload.Name})
			}
		}
		return found
	}
	return nil
}

// has says whether annotations hold others, with the same values.
func has(annotations, wanted map[string]string) bool {
	for key, value := range wanted {
		if have, there := annotations[key]; !there || have != value {
			return false
		}
	}
	return true
}
