package release

import (
	"time"

	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// lostStatus restores a release without its status half-way, as some backups do: it is decided on as if it were new.
func lostStatus(s *shop) {
	s.service("orders", "v1", "v2")
	result := s.underLoad("orders", rate, func() {
		s.create(rollout("orders", step(20, 2*time.Second), step(60, 2*time.Second), step(100, 0)))
		s.eventually("orders", v1alpha1.PhaseProgressing, 2)
		s.Expect(admin.Status().Patch(s.ctx, s.release("orders"), client.RawPatch("application/merge-patch+json", []byte(`{"status":null}`)))).To(Succeed())
		s.eventually("orders", v1alpha1.PhaseSucceeded, 0)
		s.eventuallyShares("orders", "v2", 1)
	})
	s.Expect(result.Err()).NotTo(HaveOccurred())
	numbers, _ := stepsBegun(s.release("orders"))
	s.Expect(numbers).To(Equal([]int32{1, 2, 3}), "the steps are all taken again")
}

// namespaceDeleted deletes everything half-way: nothing of Kubemate's holds it up.
func namespaceDeleted(s *shop) {
	s.service("orders", "v1", "v2")
	s.create(rollout("orders", step(40, time.Hour), step(100, 0)))
	s.eventually("orders", v1alpha1.PhaseProgressing, 1)
	began := time.Now()
	s.Expect(admin.Delete(s.ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}})).To(Succeed())
	s.Eventually(func() bool {
		return apierrors.IsNotFound(admin.Get(s.ctx, client.ObjectKey{Name: s.namespace}, &corev1.Namespace{}))
	}, soon, look).Should(BeTrue())
	s.Logf("the namespace was gone after %s", time.Since(began))
}

// uninstalled takes the kinds and then the operator away half-way, and brings both back.
func uninstalled(s *shop) {
	s.service("orders", "v1", "v2")
	git, err := manifest(rollout("orders", step(40, time.Hour), step(100, 0)), s.namespace)
	s.Expect(err).NotTo(HaveOccurred())
	result := s.underLoad("orders", rate, func() {
		s.Expect(s.gitOps(git)).To(Succeed())
		s.eventually("orders", v1alpha1.PhaseProgressing, 1)
		s.eventuallyShares("orders", "v2", 0.4)
		profile := &v1alpha1.IngressProfile{}
		s.Expect(admin.Get(s.ctx, s.key("orders"), profile)).To(Succeed())

		_, err := world.Kubectl(s.ctx, "delete", "--ignore-not-found", "-f", root+"/config/crd/bases")
		s.Expect(err).NotTo(HaveOccurred())
		s.stands("orders", "v2", 0.4)
		s.Expect(kubemate.Stop(10 * time.Second)).To(Succeed())
		s.stands("orders", "v2", 0.4)

		s.Expect(world.InstallCRDs(s.ctx, root+"/config/crd/bases")).To(Succeed())
		s.create(&v1alpha1.IngressProfile{ObjectMeta: metav1.ObjectMeta{Name: "orders"}, Spec: profile.Spec})
		s.Expect(s.gitOps(git)).To(Succeed())
		s.Expect(kubemate.Restart(s.ctx)).To(Succeed())
		s.eventually("orders", v1alpha1.PhaseProgressing, 1)
		s.eventuallyShares("orders", "v2", 0.4)
	})
	s.Expect(result.Err()).NotTo(HaveOccurred())
}

// stands looks for longer than the operator waits with what follows from a deletion whether a version keeps its share.
func (s *shop) stands(service, version string, share float64) {
	s.Helper()
	s.Consistently(func() float64 { return s.sample(service, 200).Share(version) }, 8*time.Second, 200*time.Millisecond).Should(BeNumerically("~", share, 0.04))
}
