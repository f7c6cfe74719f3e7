package controller_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

var _ = Describe("A Service that somebody else takes over", func() {
	It("is told of on the release as long as it is so", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		accepted := func() string {
			release := s.release(ctx)
			return reason(release, release.Status.CommonStatus, v1alpha1.ConditionAccepted)
		}
		Expect(accepted()).To(Equal(v1alpha1.ReasonAccepted))
		taking := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "profile"}, Data: map[string]string{"takes-over": "orders"}}
		s.create(ctx, taking)
		Eventually(accepted).Should(Equal(v1alpha1.ReasonTakenOver))
		Expect(cluster.Delete(ctx, taking)).To(Succeed())
		Eventually(accepted).Should(Equal(v1alpha1.ReasonAccepted))
	})
})
