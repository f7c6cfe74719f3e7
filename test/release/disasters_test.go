package release

import (
	"math/rand/v2"
	"time"

	. "github.com/onsi/gomega"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// disasters happen one after the other: to the servers that all share, or against the clock, with nobody else on the machine.
var disasters = []story{
	{"all pods of v2 lost", lostPods},
	{"the operator is killed ten times", killedTenTimes},
	{"Kubemate is uninstalled", uninstalled},
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
