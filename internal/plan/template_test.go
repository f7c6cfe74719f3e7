package plan_test

import (
	"maps"
	"testing"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

func TestAnnotationsOfSeveralPoliciesForAWorkload(t *testing.T) {
	users, other := model.Workload{Kind: "Deployment", Name: "users"}, model.Workload{Kind: "Deployment", Name: "other"}
	policy := func(name string) model.Origin { return model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: name} }
	template := func(name string, apply bool, annotations map[string]string, workloads ...model.Workload) plan.Template {
		return plan.Template{Template: model.Template{Apply: apply, Workloads: workloads, Origin: policy(name)}, Annotations: annotations}
	}
	planned := plan.Plan{Templates: []plan.Template{
		template("oldest", false, map[string]string{"opaque": "1"}, users),
		template("older", true, map[string]string{"inject": "enabled"}, users, other),
		template("youngest", true, map[string]string{"opaque": "2", "level": "warn"}, users),
	}, KeptTemplates: []model.Workload{other}}
	for name, one := range map[string]struct{ got, want map[string]string }{
		"each policy has its own":                           {planned.TemplateOf(users, policy("older")), map[string]string{"inject": "enabled"}},
		"what an older one says counts":                     {planned.TemplateOf(users, policy("youngest")), map[string]string{"opaque": "1", "level": "warn"}},
		"a policy about others has none":                    {planned.TemplateOf(other, policy("youngest")), nil},
		"those are written that somebody asks to be":        {planned.Applied(users), map[string]string{"inject": "enabled", "opaque": "1", "level": "warn"}},
		"those of policies about others are not":            {planned.Applied(other), map[string]string{"inject": "enabled"}},
		"nothing is written where nobody asks for anything": {planned.Applied(model.Workload{}), nil},
	} {
		if !maps.Equal(one.got, one.want) {
			t.Errorf("%s: %v, want %v", name, one.got, one.want)
		}
	}
	if planned.KeepsTemplate(users) || !planned.KeepsTemplate(other) {
		t.Error("other templates are kept than the plan says")
	}
	if got := planned.WorkloadsOf(policy("youngest")); len(got) != 1 || got[0] != users || planned.WorkloadsOf(policy("nobody")) == nil {
		t.Errorf("workloads are %v", got)
	}
}
