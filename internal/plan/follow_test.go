package plan_test

import (
	"testing"

	. "github.com/onsi/gomega"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// TestAHeldProfileFollowsItsRelease plans a release and a profile, and then once more what changes after a mistake in the profile.
func TestAHeldProfileFollowsItsRelease(t *testing.T) {
	const v1, v2 = "orders-v1-1cbae91d", "orders-v2-4ba92968"
	cfg := readConfig(t, "testdata/ingress-and-release")
	drivers := driversFor(cfg)
	for _, c := range []struct {
		name   string
		change func(*compose.Snapshot)
		// want are the children of each written TraefikService, and their weights.
		want map[string]map[string]int
	}{
		{"as long as nothing changes, nothing is written", func(*compose.Snapshot) {}, map[string]map[string]int{}},
		{
			"a change of weights is followed",
			func(s *compose.Snapshot) {
				*s.Releases[0].Spec.Variants[0].Weight, *s.Releases[0].Spec.Variants[1].Weight = 50, 50
			},
			map[string]map[string]int{"rest": {v1: 50, v2: 50}},
		},
		{
			"a version without pods loses what it had, its matches too",
			func(s *compose.Snapshot) { s.Endpoints[v2] = compose.Endpoints{} },
			map[string]map[string]int{"rest": {v1: 100}, "match": {v1: 1}},
		},
		{
			"the kill switch is followed",
			func(s *compose.Snapshot) { s.KillSwitch = v1alpha1.KillSwitchNamespace },
			map[string]map[string]int{"rest": {v1: 100}, "match": {v1: 1}},
		},
		{
			"a release that is held, too, is not followed",
			func(s *compose.Snapshot) { s.Releases[0].Spec.Service.Name = "nobody" },
			map[string]map[string]int{},
		},
		{
			"but by the kill switch",
			func(s *compose.Snapshot) {
				other := v1alpha1.ObjectName("nobody")
				s.Releases[0].Spec.Variants[1].Deployment, s.KillSwitch = &other, v1alpha1.KillSwitchNamespace
			},
			map[string]map[string]int{"rest": {v1: 1}, "match": {v1: 1}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := NewWithT(t)
			snapshot := readNamespaces(t, cfg, "testdata/ingress-and-release")[0].Snapshot
			before := plan.Namespace(snapshot, drivers)
			standing := typed(t, before)
			snapshot.Retained = map[string]model.Retain{"orders": *before.Model.Services[0].Retain}
			snapshot.Profiles[0].Spec.Routes[0].To.Service = "nobody"
			c.change(&snapshot)
			after := plan.Namespace(snapshot, drivers)
			g.Expect(after.Follow(standing, drivers)).To(Succeed())
			got := map[string]map[string]int{}
			for _, group := range after.Groups {
				if group.Key != plan.GroupProfilePrefix+"shop" {
					continue
				}
				for _, object := range typed(t, plan.Plan{Groups: []plan.Group{group}}) {
					line := "rest"
					if object.GetAnnotations()["traefik.kubemate.io/line"] != "" {
						line = object.GetAnnotations()["traefik.kubemate.io/line"]
					}
					got[line] = map[string]int{}
					for _, child := range object.(*traefikio.TraefikService).Spec.Weighted.Services {
						got[line][child.Name] = *child.Weight
					}
				}
			}
			g.Expect(got).To(Equal(c.want))
		})
	}
}

// typed are the TraefikServices of a plan as the cache holds them.
func typed(t *testing.T, planned plan.Plan) []client.Object {
	t.Helper()
	var found []client.Object
	for _, group := range planned.Groups {
		for _, object := range group.Objects {
			if object.GetObjectKind().GroupVersionKind().Kind != "TraefikService" {
				continue
			}
			content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object.Object)
			if err != nil {
				t.Fatal(err)
			}
			read := &traefikio.TraefikService{}
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(content, read); err != nil {
				t.Fatal(err)
			}
			found = append(found, read)
		}
	}
	return found
}
