package compose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

type labels = map[string]string

func TestLeafSelectors(t *testing.T) {
	for name, test := range map[string]struct {
		deployments []*appsv1.Deployment
		want        []map[string]string
		// refused are the variants that cannot be told from another.
		refused []string
	}{
		"selectors that tell the pods apart are taken as they are": {
			deployments: []*appsv1.Deployment{
				deploymentOf("a", labels{"app": "x", "version": "1", "team": "t"}, "app", "version"),
				deploymentOf("b", labels{"app": "x", "version": "2", "team": "t"}, "app", "version"),
			},
			want: []map[string]string{{"app": "x", "version": "1"}, {"app": "x", "version": "2"}},
		},
		"one label of the templates is enough": {
			deployments: []*appsv1.Deployment{
				deploymentOf("a", labels{"app": "x", "track": "stable", "zone": "1"}, "app"),
				deploymentOf("b", labels{"app": "x", "track": "canary", "zone": "2"}, "app"),
			},
			want: []map[string]string{{"app": "x", "track": "stable"}, {"app": "x", "track": "canary"}},
		},
		"the label that tells most apart comes first": {
			deployments: []*appsv1.Deployment{
				deploymentOf("a", labels{"app": "x", "color": "red", "version": "1"}, "app"),
				deploymentOf("b", labels{"app": "x", "color": "red", "version": "2"}, "app"),
				deploymentOf("c", labels{"app": "x", "color": "blue", "version": "3"}, "app"),
			},
			want: []map[string]string{{"app": "x", "version": "1"}, {"app": "x", "version": "2"}, {"app": "x", "color": "blue"}},
		},
		"two labels where one is not enough": {
			deployments: []*appsv1.Deployment{
				deploymentOf("a", labels{"app": "x", "p": "1", "q": "1"}, "app"),
				deploymentOf("b", labels{"app": "x", "p": "1", "q": "2"}, "app"),
				deploymentOf("c", labels{"app": "x", "p": "2", "q": "1"}, "app"),
			},
			want: []map[string]string{{"app": "x", "p": "1", "q": "1"}, {"app": "x", "q": "2"}, {"app": "x", "p": "2"}},
		},
		"only the wider of two selectors needs more": {
			deployments: []*appsv1.Deployment{
				deploymentOf("a", labels{"app": "x", "version": "1"}, "app"),
				deploymentOf("b", labels{"app": "x", "version": "2"}, "app", "version"),
			},
			want: []map[string]string{{"app": "x", "version": "1"}, {"app": "x", "version": "2"}},
		},
		"the same labels cannot be told apart": {
			deployments: []*appsv1.Deployment{deploymentOf("a", labels{"app": "x"}, "app"), deploymentOf("b", labels{"app": "x"}, "app")},
			want:        []map[string]string{nil, nil}, refused: []string{"spec.variants[0].deployment", "spec.variants[1].deployment"},
		},
		"pods with fewer labels are told from nobody": {
			deployments: []*appsv1.Deployment{
				deploymentOf("a", labels{"app": "x"}, "app"),
				deploymentOf("b", labels{"app": "x", "version": "2"}, "app"),
			},
			want: []map[string]string{nil, {"app": "x", "version": "2"}}, refused: []string{"spec.variants[0].deployment"},
		},
		"a variant that is a Service needs no selector": {
			deployments: []*appsv1.Deployment{deploymentOf("a", labels{"app": "x"}, "app"), nil},
			want:        []map[string]string{{"app": "x"}, nil},
		},
		"a Deployment that selects by expression only is told by all of its labels": {
			deployments: []*appsv1.Deployment{deploymentOf("a", labels{"app": "x", "version": "1"}), nil},
			want:        []map[string]string{{"app": "x", "version": "1"}, nil},
		},
	} {
		t.Run(name, func(t *testing.T) {
			variants := make([]v1alpha1.Variant, len(test.deployments))
			got, problems := leafSelectors(variants, test.deployments, model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: "x"})
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("selectors -want +got:\n%s", diff)
			}
			var refused []string
			for _, problem := range problems {
				if problem.Reason != v1alpha1.ReasonVariantsOverlap {
					t.Errorf("unexpected reason: %v", problem)
				}
				refused = append(refused, problem.Origin.Path)
			}
			if diff := cmp.Diff(test.refused, refused); diff != "" {
				t.Errorf("refused -want +got:\n%s", diff)
			}
		})
	}
}
