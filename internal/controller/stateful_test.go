package controller_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

var _ = Describe("Access rules for pods of a StatefulSet or DaemonSet", func() {
	probed := func(path string) corev1.PodTemplateSpec {
		return corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "ledger"}},
			Spec: corev1.PodSpec{Containers: []corev1.Container{{
				Name: "app", Image: "app", Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 9080}},
				LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromString("http")}}},
			}}},
		}
	}
	selector := &metav1.LabelSelector{MatchLabels: map[string]string{"app": "ledger"}}
	for kind, one := range map[string]struct {
		made func() client.Object
		edit func(ctx SpecContext, s shop)
	}{
		"StatefulSet": {
			func() client.Object {
				return &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{Name: "ledger"}, Spec: appsv1.StatefulSetSpec{Selector: selector, Template: probed("/live")}}
			},
			func(ctx SpecContext, s shop) {
				edit(ctx, s, "ledger", &appsv1.StatefulSet{}, func(o *appsv1.StatefulSet) { o.Spec.Template = probed("/alive") })
			},
		},
		"DaemonSet": {
			func() client.Object {
				return &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Name: "ledger"}, Spec: appsv1.DaemonSetSpec{Selector: selector, Template: probed("/live")}}
			},
			func(ctx SpecContext, s shop) {
				edit(ctx, s, "ledger", &appsv1.DaemonSet{}, func(o *appsv1.DaemonSet) { o.Spec.Template = probed("/alive") })
			},
		},
	} {
		It("follow the probes of its template: "+kind, func(ctx SpecContext) {
			s := newShop(ctx)
			s.create(ctx, &corev1.Service{
				ObjectMeta: metav1.ObjectMeta{Name: "ledger"},
				Spec:       corev1.ServiceSpec{ClusterIP: corev1.ClusterIPNone, Selector: map[string]string{"app": "ledger"}, Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromString("http")}}},
			})
			s.create(ctx, one.made())
			service, payment, exact := v1alpha1.ServiceName("ledger"), v1alpha1.NamespaceName("payment"), v1alpha1.PathValue("/entries")
			s.create(ctx, &v1alpha1.MeshPolicy{
				ObjectMeta: metav1.ObjectMeta{Name: "ledger"},
				Spec: v1alpha1.MeshPolicySpec{
					Target: v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &service},
					Access: &v1alpha1.Access{Rules: []v1alpha1.AccessRule{{
						From: []v1alpha1.Caller{{Namespace: &payment}}, To: []v1alpha1.Requests{{Paths: []v1alpha1.AccessPath{{Exact: &exact}}}},
					}}},
				},
			})
			rules := func() string {
				if found := s.configMap(ctx, "access.ledger"); found != nil {
					return found.Data["access"]
				}
				return ""
			}
			Eventually(rules).Should(ContainSubstring(`"/live"`))
			one.edit(ctx, s)
			Eventually(rules).Should(And(ContainSubstring(`"/alive"`), Not(ContainSubstring(`"/live"`))))
		})
	}
})
