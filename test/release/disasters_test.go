package release

import (
	"math/rand/v2"
	"time"

	. "github.com/onsi/gomega"
	"k8s.io/utils/ptr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// disasters happen one after the other: to the servers that all share, or against the clock, with nobody else on the machine.
var disasters = []story{
	{"all pods of v2 lost", lostPods},
	{"the operator is killed ten times", killedTenTimes},
	{"Prometheus is killed", withoutPrometheus},
}

func killedTenTimes(s *shop) {
	const hold = 4 * time.Second
	s.service("orders", "v1", "v2")
	result := s.underLoad("orders", rate, func() {
		s.create(rollout("orders", step(5, hold), step(25, hold), step(50, hold), step(75, hold), step(100, hold)))
		for range 10 {
			time.Sleep(rand.N(1500 * time.Millisecond))
			s.Expect(kubemate.Kill()).To(Succeed())
			s.Expect(kubemate.Restart(s.ctx)).To(Succeed())
		}
		s.eventually("orders", v1alpha1.PhaseSucceeded, 0)
		s.eventuallyShares("orders", "v2", 1)
	})
	s.Expect(result.Err()).NotTo(HaveOccurred())
	numbers, at := stepsBegun(s.release("orders"))
	s.Expect(numbers).To(Equal([]int32{1, 2, 3, 4, 5}), "no step is repeated or skipped")
	for i := 1; i < len(at); i++ {
		took := at[i].Sub(at[i-1])
		s.Logf("step %d took %s", i, took)
		s.Expect(took).To(BeNumerically(">=", hold+settle), "a step was cut short")
		s.Expect(took).To(BeNumerically("<", 2*hold), "a hold began anew")
	}
}

// withoutPrometheus kills it for a few intervals of two seconds, in place of two minutes with intervals of a minute.
func withoutPrometheus(s *shop) {
	s.service("orders", "v1", "v2")
	made := judged(rollout("orders", step(20, time.Hour), step(100, 0)))
	made.Spec.Rollout.Analysis.ErrorLimit = ptr.To(int32(3))
	result := s.underLoad("orders", rate, func() {
		s.create(made)
		s.eventually("orders", v1alpha1.PhaseProgressing, 1)
		s.Expect(world.Prometheus.Kill()).To(Succeed())
		of := s.eventually("orders", v1alpha1.PhasePaused, 1)
		s.Expect(of.Status.Release.Reason).To(Equal(v1alpha1.ReasonAnalysisError))
		s.eventuallyShares("orders", "v2", 0.2)
		s.Expect(world.Prometheus.Restart(s.ctx)).To(Succeed())
		s.act("orders", v1alpha1.VerbResume, nil)
		s.eventually("orders", v1alpha1.PhaseProgressing, 1)
		s.Eventually(func() v1alpha1.Verdict {
			if analysis := s.release("orders").Status.Release.Analysis; analysis != nil {
				return analysis.Verdict
			}
			return ""
		}, soon, look).Should(Equal(v1alpha1.VerdictPass))
		s.Expect(world.Prometheus.Kill()).To(Succeed())
		defer func() { s.Expect(world.Prometheus.Restart(s.ctx)).To(Succeed()) }()
		began := time.Now()
		s.act("orders", v1alpha1.VerbAbort, nil)
		s.eventually("orders", v1alpha1.PhaseRolledBack, 0)
		s.Logf("rolled back without Prometheus in %s", time.Since(began))
		s.eventuallyShares("orders", "v1", 1)
	})
	s.Expect(result.Err()).NotTo(HaveOccurred())
}
