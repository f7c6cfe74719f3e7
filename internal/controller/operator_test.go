package controller_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

var _ = Describe("The operator", Serial, func() {
	It("writes nothing when it starts and everything is as it should be", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		s.create(ctx, injection())
		Eventually(s.policy(ctx, v1alpha1.ConditionReady)).Should(Equal(v1alpha1.ReasonReady))
		before := len(calls(s.namespace))
		stopOperator()
		stopOperator = startOperator()
		s.ready(ctx, "orders", 3) // so that we know when it has looked
		Consistently(func() []string { return calls(s.namespace)[before:] }, 5*time.Second).Should(BeEmpty())

		edit(ctx, s, "orders", &v1alpha1.CanaryRelease{}, setWeights(70, 30))
		Eventually(func() string { return s.release(ctx).Status.Weights }).Should(Equal("v1 70%, v2 30%"))
	})

	It("leaves everything as it is when its kinds are uninstalled", func(ctx SpecContext) {
		s := newShop(ctx)
		s.released(ctx, 90, 10)
		Expect(cluster.Delete(ctx, &apiextensionsv1.CustomResourceDefinition{
			ObjectMeta: metav1.ObjectMeta{Name: "canaryreleases.kubemate.io"},
		})).To(Succeed())
		Consistently(func() map[string]int { return s.split(ctx) }, 8*time.Second).Should(Equal(map[string]int{s.leaf("v1"): 90, s.leaf("v2"): 10}))

		Expect(server.InstallCRDs(ctx, definitions)).To(Succeed())
		s.create(ctx, release(80, 20))
		Eventually(func() map[string]int { return s.split(ctx) }, 30*time.Second).Should(Equal(map[string]int{s.leaf("v1"): 80, s.leaf("v2"): 20}))
	})
})
