package release

import (
	"time"

	. "github.com/onsi/gomega"
	"k8s.io/utils/ptr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

const (
	// mortal is the name of the metric source that goes away; others need theirs.
	mortal = "mortal"
	// outage is how long it is gone.
	outage = 2 * time.Minute
)

// mortally is a release that the mortal Prometheus judges.
func mortally(of *v1alpha1.CanaryRelease) *v1alpha1.CanaryRelease {
	of = judged(of)
	of.Spec.Rollout.Analysis.Source, of.Spec.Rollout.Analysis.ErrorLimit = ptr.To(v1alpha1.MetricSourceName(mortal)), ptr.To(int32(5))
	return of
}

// withoutPrometheus kills it for two minutes: one release waits for it, another is aborted meanwhile.
func withoutPrometheus(s *shop) {
	s.service("orders", "v1", "v2")
	s.service("users", "v1", "v2")
	waiting := mortally(rollout("orders", step(20, outage/2), step(100, 0)))
	result := s.underLoad("orders", rate, func() {
		s.create(waiting, mortally(rollout("users", step(40, time.Hour), step(100, 0))))
		s.eventually("orders", v1alpha1.PhaseProgressing, 1)
		s.eventuallyPasses("orders")
		s.Expect(mortalPrometheus.Kill()).To(Succeed())
		back := time.After(outage)
		of := s.eventually("orders", v1alpha1.PhasePaused, 1)
		s.Expect(of.Status.Release.Reason).To(Equal(v1alpha1.ReasonAnalysisError))
		s.abortWithoutMetrics("users")
		<-back
		s.Expect(s.release("orders").Status.Release.Phase).To(Equal(v1alpha1.PhasePaused))
		s.eventuallyShares("orders", "v2", 0.2)
		s.Expect(mortalPrometheus.Restart(s.ctx)).To(Succeed())
		s.act("orders", v1alpha1.VerbResume, nil)
		s.eventually("orders", v1alpha1.PhaseSucceeded, 0)
		s.eventuallyShares("orders", "v2", 1)
	})
	s.Expect(result.Err()).NotTo(HaveOccurred())
	numbers, _ := stepsBegun(s.release("orders"))
	s.Expect(numbers).To(Equal([]int32{1, 2}))
}

// eventuallyPasses waits for a verdict that has data.
func (s *shop) eventuallyPasses(name string) {
	s.Helper()
	s.Eventually(func() v1alpha1.Verdict {
		if analysis := s.release(name).Status.Release.Analysis; analysis != nil {
			return analysis.Verdict
		}
		return ""
	}, soon, look).Should(Equal(v1alpha1.VerdictPass))
}

// abortWithoutMetrics shows that the way back needs no Prometheus.
func (s *shop) abortWithoutMetrics(name string) {
	s.Helper()
	s.eventually(name, v1alpha1.PhasePaused, 1)
	began := time.Now()
	s.act(name, v1alpha1.VerbAbort, nil)
	s.eventually(name, v1alpha1.PhaseRolledBack, 0)
	s.Logf("rolled back without Prometheus in %s", time.Since(began))
	s.eventuallyShares(name, "v1", 1)
}
