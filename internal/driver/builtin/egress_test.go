package builtin

import (
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/model"
)

func TestWaysOutTakeAllTheirKinds(t *testing.T) {
	all := map[schema.GroupVersionKind]bool{linkerdPolicySign[0]: true, linkerdRateLimits: true}
	for _, kind := range linkerdEgress {
		all[kind] = true
	}
	drivers := New(parse(t, ""))
	if !drivers.Select(all, nil).Mesh.Features()[model.FeatureEgressHosts] {
		t.Error("Linkerd 2.17 with the Gateway API's routes does not tell hosts")
	}
	for _, missing := range linkerdEgress {
		served := map[schema.GroupVersionKind]bool{}
		for kind := range all {
			served[kind] = kind != missing
		}
		features := drivers.Select(served, nil).Mesh.Features()
		if features[model.FeatureEgressHosts] || !features[model.FeatureRateLimit] {
			t.Errorf("without %s: %v", missing, features)
		}
	}
}
