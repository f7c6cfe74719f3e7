package controller_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// isolation lets a namespace call orders, and isolates its pods.
func isolation(callers v1alpha1.NamespaceName) *v1alpha1.MeshPolicy {
	orders := v1alpha1.ServiceName("orders")
	return &v1alpha1.MeshPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "isolation"},
		Spec: v1alpha1.MeshPolicySpec{
			Target:  v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &orders},
			Access:  &v1alpha1.Access{Rules: []v1alpha1.AccessRule{{From: []v1alpha1.Caller{{Namespace: &callers}}}}},
			Network: &v1alpha1.Network{Isolate: true},
		},
	}
}

// networkCallers are the namespaces whose packets NetworkPolicies let pass to ports, by the name of the policy.
func (s shop) networkCallers(ctx context.Context) map[string][]string {
	GinkgoHelper()
	var list networkingv1.NetworkPolicyList
	Expect(cluster.List(ctx, &list, client.InNamespace(s.namespace))).To(Succeed())
	callers := map[string][]string{}
	for _, policy := range list.Items {
		names := []string{}
		for _, rule := range policy.Spec.Ingress {
			for _, peer := range rule.From {
				names = append(names, peer.NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"])
			}
		}
		callers[policy.Name] = names
	}
	return callers
}

var _ = Describe("A policy that isolates the pods of a Service", func() {
	It("writes a NetworkPolicy, follows its rules, keeps it while it is held and withdraws it when it is deleted", func(ctx SpecContext) {
		s := newShop(ctx)
		s.create(ctx, isolation("payment"))
		standing := func() map[string][]string { return s.networkCallers(ctx) }
		accepted := func() string {
			policy := get(ctx, s, "isolation", &v1alpha1.MeshPolicy{})
			return reason(policy, policy.Status.CommonStatus, v1alpha1.ConditionReady)
		}
		Eventually(standing).Should(ConsistOf(Equal([]string{"payment"})))
		Eventually(accepted).Should(Equal(v1alpha1.ReasonReady))

		edit(ctx, s, "isolation", &v1alpha1.MeshPolicy{}, func(p *v1alpha1.MeshPolicy) { p.Spec.Access = isolation("ops").Spec.Access })
		Eventually(standing).Should(ConsistOf(Equal([]string{"ops"})))

		edit(ctx, s, "isolation", &v1alpha1.MeshPolicy{}, func(p *v1alpha1.MeshPolicy) {
			p.Spec.Access = isolation("payment").Spec.Access
			p.Spec.Access.Rules[0].To = []v1alpha1.Requests{{Ports: []v1alpha1.PortNumber{81}}}
		})
		Eventually(accepted).Should(HavePrefix("!"))
		Consistently(standing, 300*time.Millisecond).Should(ConsistOf(Equal([]string{"ops"})))

		Expect(cluster.Delete(ctx, get(ctx, s, "isolation", &v1alpha1.MeshPolicy{}))).To(Succeed())
		Eventually(standing).Should(BeEmpty())
	})

	It("puts back what somebody else opens", func(ctx SpecContext) {
		s := newShop(ctx)
		s.create(ctx, isolation("payment"))
		Eventually(func() map[string][]string { return s.networkCallers(ctx) }).ShouldNot(BeEmpty())
		var list networkingv1.NetworkPolicyList
		Expect(cluster.List(ctx, &list, client.InNamespace(s.namespace))).To(Succeed())
		edit(ctx, s, list.Items[0].Name, &networkingv1.NetworkPolicy{}, func(p *networkingv1.NetworkPolicy) { p.Spec.Ingress = []networkingv1.NetworkPolicyIngressRule{{}} })
		Eventually(func() map[string][]string { return s.networkCallers(ctx) }).Should(ConsistOf(Equal([]string{"payment"})))
	})

	It("leaves what stands for a namespace as it is while the rules of a Service are held", func(ctx SpecContext) {
		s := newShop(ctx)
		ofNamespace := isolation("payment")
		ofNamespace.Spec = v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, Network: &v1alpha1.Network{Isolate: true}}
		s.create(ctx, ofNamespace)
		ofService := isolation("payment")
		ofService.Name, ofService.Spec.Network = "access", nil
		s.create(ctx, ofService)
		standing := func() map[string][]string { return s.networkCallers(ctx) }
		Eventually(standing).Should(ConsistOf(ConsistOf("payment", s.namespace), Equal([]string{s.namespace})))

		edit(ctx, s, "access", &v1alpha1.MeshPolicy{}, func(p *v1alpha1.MeshPolicy) {
			p.Spec.Access.Rules[0].To = []v1alpha1.Requests{{Ports: []v1alpha1.PortNumber{81}}}
		})
		Eventually(func() string {
			policy := get(ctx, s, "isolation", &v1alpha1.MeshPolicy{})
			return reason(policy, policy.Status.CommonStatus, v1alpha1.ConditionReady)
		}).Should(Equal("!" + v1alpha1.ReasonPending))
		Consistently(standing, 300*time.Millisecond).Should(HaveLen(2))
	})
})
