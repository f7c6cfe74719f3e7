package plan

import (
	"slices"

	"github.com/kubemate/kubemate/internal/model"
)

// Template is what the pod templates of a Service's workloads need for one policy.
type Template struct {
	model.Template
	// Annotations in the words of the mesh, never empty.
	Annotations map[string]string
}

// template renders what a policy wants of pod templates. Each is by itself: trouble with one stays with its policy.
func (r *renderer) template(namespace string, template model.Template) {
	if r.drivers.Mesh == nil {
		r.problem(noDriver(template.Origin, "mesh"))
		return
	}
	if r.problem(r.mesh.Template(template)...) {
		return
	}
	template.Pods = r.mesh.WithholdPods(template.Pods)
	one := model.Namespace{Name: namespace, Templates: []model.Template{template}}
	out, err := renderSafely(r.drivers.Mesh, one)
	if err != nil {
		r.problem(asProblems(err, originsOf(one), r.drivers.Mesh)...)
		return
	}
	for _, found := range out.Templates {
		if len(found.Annotations) > 0 {
			r.out.templates = append(r.out.templates, Template{template, found.Annotations})
		}
	}
}

// TemplateOf is what the pod template of a workload needs for one policy: where several name the same annotation, the oldest one's value counts.
func (p *Plan) TemplateOf(workload model.Workload, policy model.Origin) map[string]string {
	found := map[string]string{}
	for i := range p.Templates {
		template := &p.Templates[i]
		if !template.IsAbout(workload) {
			continue
		}
		for key, value := range template.Annotations {
			if _, older := found[key]; !older {
				found[key] = value
			}
		}
		if template.Origin == policy {
			return keep(found, template.Annotations)
		}
	}
	return nil
}

// Applied are the annotations that are to be written into the pod template of a workload: of several policies, those of the oldest one.
func (p *Plan) Applied(workload model.Workload) map[string]string {
	found := map[string]string{}
	for i := range p.Templates {
		template := &p.Templates[i]
		if !template.Apply || !template.IsAbout(workload) {
			continue
		}
		for key, value := range p.TemplateOf(workload, template.Origin) {
			found[key] = value
		}
	}
	return found
}

// WorkloadsOf are the workloads whose pod templates a policy for a Service is about, sorted; never nil.
func (p *Plan) WorkloadsOf(policy model.Origin) []model.Workload {
	for i := range p.Templates {
		if p.Templates[i].Origin == policy && p.Templates[i].Workloads != nil {
			return p.Templates[i].Workloads
		}
	}
	return []model.Workload{}
}

// KeepsTemplate says whether nothing changes in the pod template of a workload.
func (p *Plan) KeepsTemplate(workload model.Workload) bool {
	_, kept := slices.BinarySearchFunc(p.KeptTemplates, workload, model.Workload.Compare)
	return kept
}

// keep reduces annotations to the keys of others.
func keep(annotations, keys map[string]string) map[string]string {
	kept := make(map[string]string, len(keys))
	for key := range keys {
		kept[key] = annotations[key]
	}
	return kept
}
