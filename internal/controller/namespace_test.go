package controller_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// manyServices is how many Services a large namespace has, and exempt how many of them have a policy of their own.
const manyServices, exempt = 500, 5

// heldBack is how long the operator holds back a status that says that something is under way.
const heldBack = 5 * time.Second

// patient is a policy with a timeout, for a Service or, without name, for the namespace.
func patient(service string, timeout v1alpha1.Duration) *v1alpha1.MeshPolicy {
	policy := &v1alpha1.MeshPolicy{ObjectMeta: metav1.ObjectMeta{Name: "patience"}, Spec: v1alpha1.MeshPolicySpec{
		Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetNamespace}, Resilience: &v1alpha1.Resilience{Timeout: &timeout},
	}}
	if service != "" {
		name := v1alpha1.ServiceName(service)
		policy.Name, policy.Spec.Target = service, v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &name}
	}
	return policy
}

// timeouts counts the Services of a namespace by the timeout that the mesh was told.
func (s shop) timeouts(ctx context.Context) map[string]int {
	GinkgoHelper()
	var written corev1.ConfigMapList
	Expect(cluster.List(ctx, &written, client.InNamespace(s.namespace))).To(Succeed())
	counts := map[string]int{}
	for i := range written.Items {
		for _, timeout := range []time.Duration{4 * time.Second, 5 * time.Second, 6 * time.Second} {
			if strings.Contains(written.Items[i].Data["routes"], fmt.Sprintf(`"Timeout":%d`, timeout)) {
				counts[timeout.String()]++
			}
		}
	}
	return counts
}

// quiet waits until the operator has asked for nothing for a while, and says how much it has asked for so far.
func (s shop) quiet() int {
	GinkgoHelper()
	before := -1
	Eventually(func() bool {
		now := len(calls(s.namespace))
		same := now == before
		before = now
		return same
	}, time.Minute, 2*time.Second).Should(BeTrue())
	return before
}

var _ = Describe("A policy for a namespace of 500 Services", Serial, func() {
	It("is edited with one write for each object that changes, and one status", func(ctx SpecContext) {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "large-"}}
		Expect(cluster.Create(ctx, namespace)).To(Succeed())
		s := shop{namespace.Name}
		http := "http"
		for i := range manyServices {
			s.create(ctx, &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("s%03d", i)}, Spec: corev1.ServiceSpec{
				Selector: map[string]string{"app": fmt.Sprint(i)}, Ports: []corev1.ServicePort{{Port: 80, AppProtocol: &http}},
			}})
		}
		for i := range exempt {
			s.create(ctx, patient(fmt.Sprintf("s%03d", i), "4s"))
		}
		s.create(ctx, patient("", "5s"))
		policyIs := func(name string) func() string {
			return func() string {
				policy := get(ctx, s, name, &v1alpha1.MeshPolicy{})
				return reason(policy, policy.Status.CommonStatus, v1alpha1.ConditionReady)
			}
		}
		for i := range exempt {
			Eventually(policyIs(fmt.Sprintf("s%03d", i)), time.Minute).Should(Equal(v1alpha1.ReasonReady))
		}
		Eventually(policyIs("patience"), time.Minute).Should(Equal(v1alpha1.ReasonReady))
		Expect(s.timeouts(ctx)).To(Equal(map[string]int{"4s": exempt, "5s": manyServices - exempt}))
		before := s.quiet()

		began := time.Now()
		edit(ctx, s, "patience", &v1alpha1.MeshPolicy{}, func(policy *v1alpha1.MeshPolicy) {
			longer := v1alpha1.Duration("6s")
			policy.Spec.Resilience.Timeout = &longer
		})
		Eventually(policyIs("patience"), time.Minute).Should(Equal(v1alpha1.ReasonReady))
		took := time.Since(began)
		Expect(s.timeouts(ctx)).To(Equal(map[string]int{"4s": exempt, "6s": manyServices - exempt}))

		var want []string
		for i := exempt; i < manyServices; i++ {
			want = append(want, fmt.Sprintf("patch configmaps/ routes.s%03d", i))
		}
		s.quiet()
		written := calls(s.namespace)[before:]
		isStatus := func(one string) bool { return one == "patch meshpolicies/status patience" }
		objects := slices.DeleteFunc(slices.Clone(written), isStatus)
		Expect(objects).To(ConsistOf(want))
		statuses := len(written) - len(objects)
		AddReportEntry("500 Services", fmt.Sprintf("%d writes and %d of status, ready after %s", len(objects), statuses, took))
		if took < heldBack {
			Expect(statuses).To(Equal(1))
		} else {
			Expect(statuses).To(BeNumerically("<=", 2), "people are told once that it takes long")
		}
	})
})
