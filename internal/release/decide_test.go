package release

import (
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

func TestSmoke(t *testing.T) {
	g := NewWithT(t)
	hold := v1alpha1.LongDuration("10m")
	spec := &v1alpha1.CanaryReleaseSpec{
		Variants: []v1alpha1.Variant{{Name: "v1"}, {Name: "v2"}}, Stable: "v1",
		Rollout: &v1alpha1.Rollout{To: "v2", Steps: []v1alpha1.RolloutStep{{Weight: intstr.FromInt32(5), Hold: &hold}, {Weight: intstr.FromInt32(100)}}},
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	intent := Intent{UID: "u", Generation: 1, Spec: spec}
	seen := Observation{Replicas: map[v1alpha1.VariantName]Replicas{"v1": {10, 10}, "v2": {10, 10}}}
	d := Decide(now, intent, nil, seen)
	g.Expect(d.Changed).To(BeTrue())
	g.Expect(splitText(d.State.Split)).To(Equal("v1 95%, v2 5%"))
	seen.Revision, seen.SettledAt = 1, now.Add(2*time.Second)
	again := Decide(now.Add(time.Second), intent, d.State, seen)
	g.Expect(again.Changed).To(BeFalse())
	g.Expect(again.Wake).To(Equal(now.Add(2 * time.Second)))
	again = Decide(now.Add(3*time.Second), intent, d.State, seen)
	g.Expect(again.Changed).To(BeFalse())
	g.Expect(again.Wake).To(Equal(now.Add(2*time.Second + 10*time.Minute)))
	d = Decide(again.Wake, intent, d.State, seen)
	g.Expect(splitText(d.State.Split)).To(Equal("v2 100%"))
	seen.Revision, seen.SettledAt = 2, d.State.Since.Time
	d = Decide(again.Wake.Add(time.Second), intent, d.State, seen)
	g.Expect(d.State.Phase).To(Equal(v1alpha1.PhaseSucceeded))
	g.Expect(Explain(spec, d.State, time.Time{}).Explanation).To(Equal("the rollout to v2 succeeded: v2 has all requests and is stable; another rollout.to starts the next"))
}
