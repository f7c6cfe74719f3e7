package controller_test

import (
	"context"
	"encoding/json"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
)

// shop is a namespace of its own for one test, with the Service orders and its Deployments orders-v1 and orders-v2.
type shop struct{ namespace string }

func newShop(ctx context.Context) shop {
	GinkgoHelper()
	return newShopIn(ctx, metav1.ObjectMeta{GenerateName: "shop-"})
}

// newShopIn is a shop in a namespace of a given name.
func newShopIn(ctx context.Context, name metav1.ObjectMeta) shop {
	GinkgoHelper()
	namespace := &corev1.Namespace{ObjectMeta: name}
	Expect(cluster.Create(ctx, namespace)).To(Succeed())
	s := shop{namespace.Name}
	s.create(ctx, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "orders"},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": "orders"}, Ports: []corev1.ServicePort{{Name: "http", Port: 8080, TargetPort: intstr.FromInt32(8080)}},
		},
	})
	for _, version := range []string{"v1", "v2"} {
		s.create(ctx, deployment("orders-"+version, map[string]string{"app": "orders", "version": version}))
	}
	s.ready(ctx, "orders", 2)
	return s
}

func (s shop) create(ctx context.Context, object client.Object) {
	GinkgoHelper()
	object.SetNamespace(s.namespace)
	Expect(cluster.Create(ctx, object)).To(Succeed())
}

// get reads an object; nil when there is none.
func get[T client.Object](ctx context.Context, s shop, name string, into T) T {
	GinkgoHelper()
	err := cluster.Get(ctx, client.ObjectKey{Namespace: s.namespace, Name: name}, into)
	if client.IgnoreNotFound(err) == nil && err != nil {
		var none T
		return none
	}
	Expect(err).NotTo(HaveOccurred())
	return into
}

func (s shop) configMap(ctx context.Context, name string) *corev1.ConfigMap {
	return get(ctx, s, name, &corev1.ConfigMap{})
}

// ready gives a Service that many ready endpoints.
func (s shop) ready(ctx context.Context, service string, count int) {
	GinkgoHelper()
	slice := &discoveryv1.EndpointSlice{
		TypeMeta:    metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"},
		ObjectMeta:  metav1.ObjectMeta{Namespace: s.namespace, Name: service + "-test", Labels: map[string]string{discoveryv1.LabelServiceName: service}},
		AddressType: discoveryv1.AddressTypeIPv4,
	}
	yes := true
	for i := range count {
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{
			Addresses: []string{fmt.Sprintf("10.244.9.%d", i+1)}, Conditions: discoveryv1.EndpointConditions{Ready: &yes},
		})
	}
	before := get(ctx, s, slice.Name, &discoveryv1.EndpointSlice{})
	if before == nil {
		Expect(cluster.Create(ctx, slice)).To(Succeed())
		return
	}
	slice.ResourceVersion = before.ResourceVersion
	Expect(cluster.Update(ctx, slice)).To(Succeed())
}

// leavesReady gives the leaves of both variants endpoints, as the cluster's own controller would.
func (s shop) leavesReady(ctx context.Context) {
	GinkgoHelper()
	for _, variant := range []string{"v1", "v2"} {
		s.ready(ctx, s.leaf(variant), 1)
	}
}

func (s shop) leaf(variant string) string { return compose.LeafName(s.namespace, "orders", variant) }

func deployment(name string, labels map[string]string) *appsv1.Deployment {
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "app"}}},
			},
		},
	}
}

// release shares orders out between v1 and v2.
func release(v1, v2 int32) *v1alpha1.CanaryRelease {
	name := func(of string) *v1alpha1.ObjectName { n := v1alpha1.ObjectName(of); return &n }
	return &v1alpha1.CanaryRelease{
		ObjectMeta: metav1.ObjectMeta{Name: "orders"},
		Spec: v1alpha1.CanaryReleaseSpec{
			Service: v1alpha1.ReleaseService{Name: "orders"}, Stable: "v1",
			Variants: []v1alpha1.Variant{
				{Name: "v1", Deployment: name("orders-v1"), Weight: &v1}, {Name: "v2", Deployment: name("orders-v2"), Weight: &v2},
			},
		},
	}
}

func (s shop) release(ctx context.Context) *v1alpha1.CanaryRelease {
	return get(ctx, s, "orders", &v1alpha1.CanaryRelease{})
}

// edit changes an object, trying again when somebody else was faster.
func edit[T client.Object](ctx context.Context, s shop, name string, into T, change func(T)) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		g.Expect(cluster.Get(ctx, client.ObjectKey{Namespace: s.namespace, Name: name}, into)).To(Succeed())
		change(into)
		g.Expect(cluster.Update(ctx, into)).To(Succeed())
	}).Should(Succeed())
}

// reason is the reason of a condition, with "!" in front when the condition is not True. Empty: there is none of this generation.
func reason(object client.Object, common v1alpha1.CommonStatus, condition string) string {
	found := meta.FindStatusCondition(common.Conditions, condition)
	if found == nil || common.ObservedGeneration != object.GetGeneration() {
		return ""
	}
	if found.Status != metav1.ConditionTrue {
		return "!" + found.Reason
	}
	return found.Reason
}

// released waits until a new release is programmed.
func (s shop) released(ctx context.Context, v1, v2 int32) {
	GinkgoHelper()
	s.create(ctx, release(v1, v2))
	Eventually(func() *corev1.Service { return get(ctx, s, s.leaf("v1"), &corev1.Service{}) }).ShouldNot(BeNil())
	s.leavesReady(ctx)
	Eventually(func() string { return s.release(ctx).Status.Weights }).Should(Equal(fmt.Sprintf("v1 %d%%, v2 %d%%", v1, v2)))
	Eventually(s.readiness(ctx)).Should(Equal(v1alpha1.ReasonReady))
}

// readiness is the reason of the release's condition Ready, as a function to be polled.
func (s shop) readiness(ctx context.Context) func() string {
	return func() string {
		r := s.release(ctx)
		return reason(r, r.Status.CommonStatus, v1alpha1.ConditionReady)
	}
}

// split is what the last line of the routing table gives to each backend.
func (s shop) split(ctx context.Context) map[string]int {
	GinkgoHelper()
	table := s.configMap(ctx, "routes.orders")
	if table == nil {
		return nil
	}
	var routes []model.Route
	Expect(json.Unmarshal([]byte(table.Data["routes"]), &routes)).To(Succeed())
	shares := map[string]int{}
	for _, share := range routes[len(routes)-1].Split {
		shares[share.Backend] = int(share.Weight)
	}
	return shares
}

func setWeights(v1, v2 int32) func(*v1alpha1.CanaryRelease) {
	return func(r *v1alpha1.CanaryRelease) { r.Spec.Variants[0].Weight, r.Spec.Variants[1].Weight = &v1, &v2 }
}

// told are the reasons of the Events on the Service orders.
func (s shop) told(ctx context.Context) []string {
	GinkgoHelper()
	var list eventsv1.EventList
	Expect(cluster.List(ctx, &list, client.InNamespace(s.namespace))).To(Succeed())
	var reasons []string
	for _, event := range list.Items {
		if event.Regarding.Kind == "Service" && event.Regarding.Name == "orders" {
			reasons = append(reasons, event.Reason)
		}
	}
	return reasons
}
