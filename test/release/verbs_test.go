package release

import (
	"bytes"
	"strings"
	"time"

	. "github.com/onsi/gomega"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/cli"
)

// kubectl runs kubectl kubemate release, which waits until the operator has answered.
func (s *shop) kubectl(args ...string) string {
	s.Helper()
	s.eventuallyVouched()
	var out, told bytes.Buffer
	args = append([]string{"release", "--kubeconfig", world.Kubeconfig(), "-n", s.namespace}, args...)
	code := cli.Run(s.ctx, "", args, genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &told})
	s.Expect(code).To(Equal(cli.ExitFine), out.String()+told.String())
	return out.String() + told.String()
}

// verbs follows each verb to the requests.
func verbs(s *shop) {
	s.service("orders", "v1", "v2")
	result := s.underLoad("orders", rate, func() {
		s.create(rollout("orders", approved(step(20, 0)), step(60, time.Hour), step(100, 0)))
		s.eventually("orders", v1alpha1.PhaseAwaitingApproval, 1)
		s.eventuallyShares("orders", "v2", 0.2)

		s.Expect(s.kubectl("approve", "orders", "--reason", "CHG-7")).To(ContainSubstring("applied: step 1 of 3 is approved"))
		s.eventually("orders", v1alpha1.PhaseProgressing, 2)
		s.eventuallyShares("orders", "v2", 0.6)

		s.Expect(s.kubectl("pause", "orders")).To(ContainSubstring("applied: the rollout is paused"))
		s.eventually("orders", v1alpha1.PhasePaused, 2)
		s.Expect(s.kubectl("status", "orders")).To(ContainSubstring("Paused"))
		s.Expect(s.kubectl("resume", "orders")).To(ContainSubstring("applied: the rollout goes on"))
		s.eventually("orders", v1alpha1.PhaseProgressing, 2)
		s.eventuallyShares("orders", "v2", 0.6)

		s.Expect(s.kubectl("abort", "orders", "--reason", "errors in payments")).To(ContainSubstring("applied: everything goes to stable"))
		s.eventually("orders", v1alpha1.PhaseRolledBack, 0)
		s.eventuallyShares("orders", "v1", 1)

		s.Expect(s.kubectl("retry", "orders")).To(ContainSubstring("applied: the rollout starts again"))
		s.eventually("orders", v1alpha1.PhaseAwaitingApproval, 1)
		s.eventuallyShares("orders", "v2", 0.2)

		s.kubectl("approve", "orders")
		s.eventually("orders", v1alpha1.PhaseProgressing, 2)
		s.kubectl("promote", "orders") // instead of the hour
		s.eventually("orders", v1alpha1.PhaseSucceeded, 0)
		s.eventuallyShares("orders", "v2", 1)
	})
	s.Expect(result.Err()).NotTo(HaveOccurred())
	numbers, _ := stepsBegun(s.release("orders"))
	s.Expect(numbers).To(Equal([]int32{1, 2, 1, 2, 3}))
}
