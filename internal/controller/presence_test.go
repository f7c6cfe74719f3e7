package controller_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// looking is how long it may take until the operator looks for a missing Secret again, and more.
const looking = 20 * time.Second

var _ = Describe("Secrets", func() {
	secured := func(name string) *v1alpha1.IngressProfile {
		made := profile("shop", name+".example")
		made.Spec.TLS = &v1alpha1.IngressTLS{SecretName: "shop-tls"}
		return made
	}

	It("are asked about where the configuration allows it, until they are there", func(ctx SpecContext) {
		s := newShopIn(ctx, metav1.ObjectMeta{Name: "asked"})
		s.create(ctx, secured("asked"))
		Eventually(s.profile(ctx, "shop", v1alpha1.ConditionSecretsReady)).Should(Equal("!" + v1alpha1.ReasonSecretMissing))
		Eventually(s.profile(ctx, "shop", v1alpha1.ConditionReady)).Should(Equal("!" + v1alpha1.ReasonSecretMissing))
		s.create(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "shop-tls"}, StringData: map[string]string{"tls.key": "secret"}})
		Eventually(s.profile(ctx, "shop", v1alpha1.ConditionSecretsReady)).WithTimeout(looking).Should(Equal(v1alpha1.ReasonPresent))
		Eventually(s.profile(ctx, "shop", v1alpha1.ConditionReady)).Should(Equal(v1alpha1.ReasonReady))
	})

	It("are not asked about elsewhere", func(ctx SpecContext) {
		s := newShop(ctx)
		s.create(ctx, secured(s.namespace))
		Eventually(s.profile(ctx, "shop", v1alpha1.ConditionSecretsReady)).Should(Equal("!" + v1alpha1.ReasonNotRead))
	})
})
