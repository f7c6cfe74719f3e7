package plan_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// TestWhatCarriesASplit plans one release for clusters that have a mesh, a gateway alone, or neither.
func TestWhatCarriesASplit(t *testing.T) {
	release := model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: "orders"}
	for _, c := range []struct {
		name, folder string
		without      func(*plan.Drivers)
		carried      bool
	}{
		{"the mesh carries it", "release-three-weights", func(*plan.Drivers) {}, true},
		{"without a mesh a gateway carries it that leads to the Service", "ingress-and-release", withoutMesh, true},
		{"without a mesh nothing carries what no gateway leads to", "release-three-weights", withoutMesh, false},
		{"without either nothing does", "ingress-and-release", func(d *plan.Drivers) { d.Mesh, d.Edge = nil, nil }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := NewWithT(t)
			cfg := readConfig(t, "testdata/"+c.folder)
			drivers := driversFor(cfg)
			c.without(&drivers)
			planned := plan.Namespace(readNamespaces(t, cfg, "testdata/"+c.folder)[0].Snapshot, drivers)
			g.Expect(planned.Held).NotTo(ContainElement(release))
			g.Expect(planned.Carried()["orders"]).To(Equal(c.carried))
			if c.carried {
				g.Expect(planned.Waiting).NotTo(HaveKey(release))
				return
			}
			g.Expect(planned.Waiting[release].Reason).To(Equal(v1alpha1.ReasonDriverUnavailable))
			g.Expect(planned.Waiting[release].Message).To(ContainSubstring("nothing carries the split of Service orders"))
		})
	}
}

func withoutMesh(d *plan.Drivers) { d.Mesh = nil }
